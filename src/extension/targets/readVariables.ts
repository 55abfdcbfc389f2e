/** Variables as VS Code keeps them for us: a text of JSON. */
import * as z from "zod/mini";

const Variables = z.record(z.string(), z.string());

/** Empty for what is none. */
export function readVariables(text: string): Record<string, string> {
  return Variables.safeParse(JSON.parse(text)).data ?? {};
}
