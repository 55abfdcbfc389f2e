/** A notebook's parameters as Run With Arguments shows those of a script: what its cell tagged "parameters" assigns. */
import { type Notebook, PARAMETERS_TAG } from "../../../domain/notebook";
import type { ScriptArgument, ScriptArguments } from "../../../protocol/scriptArguments";
import { readParameters } from "../../../recorder/notebook/parameters";

const NO_CELL =
  "No cell of the notebook is tagged “parameters”. Tag the one that sets them, and they can be filled in here.";

export function notebookArguments({ cells }: Notebook): ScriptArguments {
  const tagged = cells.filter(({ kind, tags }) => kind === "code" && tags.includes(PARAMETERS_TAG));
  const parameters = Object.assign({}, ...tagged.map(({ source }) => readParameters(source))) as Record<string, string>;
  const notes = tagged.length > 0 ? [] : [NO_CELL];
  const args = Object.entries(parameters).map(([name, value]) => argument(name, value));
  return { command: { name: "", help: "", arguments: args, subcommands: null }, notes };
}

function argument(name: string, value: string): ScriptArgument {
  const isYesNo = value === "True" || value === "False";
  const type = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? "number" : "text";
  return {
    id: name,
    dest: name,
    flags: [`--${name}`],
    negativeFlag: null,
    input: isYesNo ? "choice" : type,
    nargs: null,
    type,
    default: { text: value, literal: true },
    choices: isYesNo ? ["True", "False"] : null,
    required: false,
    help: "",
    metavar: null,
    group: null,
    exclusive: null,
    path: false,
    notes: [],
  };
}
