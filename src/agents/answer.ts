/** Asking one of the tools that read: the same for every caller, with the store opened for reading only. */
import * as z from "zod";
import { UserError } from "../domain/errors";
import { toJson } from "../domain/json";
import { storeExists } from "../store/locate";
import { openStore } from "../store/open";
import type { Tool } from "./tool";

/** The answer as JSON, with NaN and infinities as texts. Throws UserError for what cannot be answered. */
export async function askTool(tool: Tool, root: string, input: unknown, signal: AbortSignal): Promise<string> {
  const asked = parseInput(tool, input);
  if (!storeExists(root)) {
    throw new UserError(`No runs are recorded in ${root} yet. \`modeltrail run -- python train.py\` records one.`);
  }
  const store = openStore(root, { create: false, readOnly: true });
  try {
    return toJson(await tool.answer(store, asked, signal));
  } finally {
    store.close();
  }
}

/** Throws UserError that names what is wrong. */
export function parseInput<Input>({ name, input }: Pick<Tool<Input>, "name" | "input">, given: unknown): Input {
  const parsed = input.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  throw new UserError(`${name} cannot be asked this: ${z.prettifyError(parsed.error)}`);
}
