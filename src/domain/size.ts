import * as z from "zod/mini";
import { parseSize } from "./parseSize";

/** Bytes: a whole number, or a text like "50MB". */
export const Size = z.pipe(
  z
    .custom<string | number>((value) => sizeOf(value) !== undefined, 'is not a size like "50MB"')
    .check(z.meta({ type: ["string", "integer"], examples: ["50MB", "16GB"] })),
  z.transform((value) => sizeOf(value)!),
);

function sizeOf(value: unknown): number | undefined {
  if (typeof value === "string") return parseSize(value);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
