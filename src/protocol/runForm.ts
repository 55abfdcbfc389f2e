/** Run With Arguments: what its page and the extension host say to each other. */
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
  arguments: ScriptArguments,
  /** What was filled in last. */
  values: RunFormValues,
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
  /** A file or folder that the user picks, as it is to be written on the command line; null when they pick none. */
  browse: { argument: z.object({ label: z.string() }), result: z.string().nullable() },
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
