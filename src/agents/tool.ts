/** What a language model can ask of the runs: one definition for VS Code's own tools and for the MCP server. */
import type * as z from "zod";
import type { Store } from "../store/contract";

export interface Tool<Input = unknown> {
  /** E.g. "list_runs"; in VS Code "modeltrail_list_runs". */
  name: string;
  title: string;
  /** For the model: when to use it, what it answers. */
  description: string;
  input: z.ZodType<Input>;
  /**
   * Something that can be written as JSON, of bounded size. Reads only. Throws UserError for what cannot be answered.
   * `store` may be opened for reading only.
   */
  answer(store: Store, input: Input, signal: AbortSignal): Promise<Answer> | Answer;
}

export type Answer = Record<string, unknown>;

/** Keeps the type of the input between its schema and its answer. */
export const tool = <Input>(definition: Tool<Input>): Tool<Input> => definition;
