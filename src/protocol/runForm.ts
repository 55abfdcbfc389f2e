/**
 * Run With Arguments: what its page and the extension host say to each other, over `openChannel` with `checksFor`.
 *
 * 1. The page calls `load` as soon as it listens, after a reload too, and draws what it gets. Values in its own view state
 *    come before those of the content.
 * 2. It notifies `remember` a moment after the last change, valid or not.
 * 3. It calls `run` when it finds no fault. That is answered once the run was started; an error is shown in the page, what
 *    is filled in stays. Afterwards the page takes these values for `lastRun`, and remembers them without name and note.
 * 4. It calls `queue` likewise, to be started later or elsewhere: the host asks where.
 * 5. The host notifies `argumentsChanged` when the script was edited; what is filled in stays.
 */
import * as z from "zod";
import { FilledArguments, nothingFilled } from "./commandLine";
import type { Contract } from "./contract";
import { ScriptArguments } from "./scriptArguments";

/** Everything that can be filled in on the form. */
export const RunFormValues = FilledArguments.extend({
  experiment: z.string(),
  name: z.string(),
  note: z.string(),
  /** As typed: `key=value` words. */
  tags: z.string(),
});
export type RunFormValues = z.infer<typeof RunFormValues>;

export const emptyForm: RunFormValues = { ...nothingFilled, experiment: "", name: "", note: "", tags: "" };

export const RunFormContent = z.object({
  /** The script's URI, which the page keeps in its state. */
  script: z.string(),
  /** Its path for people, relative to the workspace folder. */
  label: z.string(),
  /** The interpreter for people: its path, from the workspace folder on when it is in there. Null when none was found. */
  interpreter: z.string().nullable(),
  arguments: ScriptArguments,
  /** What was filled in last. */
  values: RunFormValues,
  /** What the script was last run with from this form. */
  lastRun: RunFormValues.nullable(),
  /** Names to choose from. */
  experiments: z.array(z.string()),
  /** The beginning of the command line, e.g. ["python", "train.py"]. */
  command: z.array(z.string()),
});
export type RunFormContent = z.infer<typeof RunFormContent>;

/** What the page asks of the host. */
export const runFormHost = {
  load: { argument: z.object({}), result: RunFormContent },
  remember: { argument: RunFormValues, result: z.void() },
  run: { argument: RunFormValues, result: z.void() },
  /** False: the user has thought better of it. */
  queue: { argument: RunFormValues, result: z.boolean() },
  /** A file or folder that the user picks, as it is to be written on the command line; null when they pick none. */
  browse: {
    argument: z.object({ label: z.string(), kind: z.enum(["file", "folder"]) }),
    result: z.string().nullable(),
  },
  openScript: { argument: z.object({}), result: z.void() },
} satisfies Contract;

/** What the host tells the page. */
export const runFormPage = {
  /** The script was saved with other arguments. */
  argumentsChanged: { argument: ScriptArguments, result: z.void() },
} satisfies Contract;

/** What the page leaves with VS Code, to come back after a reload. */
export const RunFormState = z.object({ script: z.string(), values: RunFormValues });
export type RunFormState = z.infer<typeof RunFormState>;
