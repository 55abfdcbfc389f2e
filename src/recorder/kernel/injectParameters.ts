/** Parameters from outside, by papermill's convention: a cell of them goes behind the one that has the defaults. */
import { UserError } from "../../domain/errors";
import { INJECTED_TAG, type Notebook, type NotebookCell, PARAMETERS_TAG } from "../../domain/notebook";

/** Each `name=value`. Throws UserError for what is not. */
export function parseParameters(words: readonly string[]): Record<string, string> {
  const entries = words.map((word) => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name === undefined) throw new UserError(`"${word}" is no parameter. Write it as name=value, e.g. -p lr=0.1`);
    return [name, value!];
  });
  return Object.fromEntries(entries);
}

/** The notebook with them, in place of what an earlier injection left. Without any, it is as it was. */
export function injectParameters(notebook: Notebook, parameters: Record<string, string>): Notebook {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return notebook;
  const lines = entries.map(([name, value]) => `${name} = ${pythonValue(value)}`);
  const injected: NotebookCell = {
    id: "injected-parameters",
    kind: "code",
    language: "python",
    source: ["# Parameters", ...lines].join("\n"),
    tags: [INJECTED_TAG],
  };
  const cells = notebook.cells.filter(({ tags }) => !tags.includes(INJECTED_TAG));
  const at = cells.findIndex(({ tags }) => tags.includes(PARAMETERS_TAG)) + 1;
  return { ...notebook, cells: [...cells.slice(0, at), injected, ...cells.slice(at)] };
}

/** As papermill takes a value from its command line: a number, True, False or None where it reads as one, else a text. */
export function pythonValue(text: string): string {
  if (/^(?:True|False|None)$/.test(text)) return text;
  if (/^(?:true|false)$/.test(text)) return text === "true" ? "True" : "False";
  if (/^[+-]?(?:0|[1-9]\d*)$/.test(text)) return text;
  if (/^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=e))(?:e[+-]?\d+)?$/i.test(text)) return text;
  if (/^[+-]?(?:nan|inf)$/i.test(text)) return `float("${text}")`;
  // A text of JSON is one of Python.
  return JSON.stringify(text);
}
