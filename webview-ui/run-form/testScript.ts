/** Makes descriptions of scripts for tests. */
import { emptyForm, type RunFormValues } from "../../src/protocol/runForm";
import type { ScriptArgument, ScriptArguments, ScriptCommand } from "../../src/protocol/scriptArguments";

/** An option that takes any text: `--name`, for the destination `name`. */
export function argumentOf(dest: string, more: Partial<ScriptArgument> = {}): ScriptArgument {
  return {
    id: dest,
    dest,
    flags: [`--${dest.replaceAll("_", "-")}`],
    negativeFlag: null,
    input: "text",
    nargs: null,
    type: "text",
    default: null,
    choices: null,
    required: false,
    help: "",
    metavar: null,
    group: null,
    exclusive: null,
    path: false,
    notes: [],
    ...more,
  };
}

export const literal = (text: string) => ({ text, literal: true });
export const computed = (text: string) => ({ text, literal: false });

export function scriptOf(all: ScriptArgument[], subcommands: ScriptCommand["subcommands"] = null): ScriptArguments {
  return { command: { name: "", help: "", arguments: all, subcommands }, notes: [] };
}

export const filled = (values: RunFormValues["values"], more: Partial<RunFormValues> = {}): RunFormValues => ({
  ...emptyForm,
  values,
  ...more,
});
