/** What a script's `add_argument` calls say about its command line, as the form shows it. */
import * as z from "zod";

/** How an argument is filled in. `flag`: given or not; `boolean`: yes, no or not given; `list`: several values at once. */
export const ArgumentInput = z.enum([
  "text",
  "integer",
  "number",
  "choice",
  "flag",
  "boolean",
  "list",
  "repeated",
  "count",
]);
export type ArgumentInput = z.infer<typeof ArgumentInput>;

/** A value taken from the source. Not `literal`: an expression that only running the script would tell. */
export const SourceValue = z.object({ text: z.string(), literal: z.boolean() });
export type SourceValue = z.infer<typeof SourceValue>;

export const ScriptArgument = z.object({
  /** Unique in the script: the subcommands above it and its destination, e.g. "train/lr". */
  id: z.string(),
  /** The attribute of the parsed arguments that receives it. */
  dest: z.string(),
  /** E.g. ["-l", "--lr"]; empty for a positional argument. */
  flags: z.array(z.string()),
  /** The flag that says no, of a `boolean` (e.g. "--no-cache"). */
  negativeFlag: z.string().nullable(),
  input: ArgumentInput,
  /** Number of values of a `list`, as argparse has it: a count, "?", "*", "+" or "..." (all the rest). Null: one value. */
  nargs: z.union([z.number().int(), z.enum(["?", "*", "+", "..."])]).nullable(),
  /** Type of each value. */
  type: z.enum(["text", "integer", "number"]),
  default: SourceValue.nullable(),
  choices: z.array(z.string()).nullable(),
  required: z.boolean(),
  help: z.string(),
  metavar: z.string().nullable(),
  /** Title of the argument group. */
  group: z.string().nullable(),
  /** Arguments with the same number exclude each other. */
  exclusive: z.number().int().nullable(),
  /** A file or folder is expected. */
  path: z.boolean(),
  /** What could not be read, as sentences. */
  notes: z.array(z.string()),
});
export type ScriptArgument = z.infer<typeof ScriptArgument>;

export interface ScriptCommand {
  /** Empty for the script itself. */
  name: string;
  help: string;
  arguments: ScriptArgument[];
  subcommands: { required: boolean; commands: ScriptCommand[] } | null;
}

export const ScriptCommand: z.ZodType<ScriptCommand> = z.lazy(() =>
  z.object({
    name: z.string(),
    help: z.string(),
    arguments: z.array(ScriptArgument),
    subcommands: z.object({ required: z.boolean(), commands: z.array(ScriptCommand) }).nullable(),
  }),
);

/** The whole command line of a script. */
export const ScriptArguments = z.object({ command: ScriptCommand, notes: z.array(z.string()) });
export type ScriptArguments = z.infer<typeof ScriptArguments>;
