/** Params of a notebook: what its cell of parameters assigns. */
import { INJECTED_TAG, PARAMETERS_TAG } from "../../domain/notebook";

/** Whether a cell with these tags says what the notebook's params are. */
export const isParameters = (tags: readonly string[]) => tags.includes(PARAMETERS_TAG) || tags.includes(INJECTED_TAG);

const ASSIGNMENT = /^([A-Za-z_]\w*)\s*(?::[^=#]+)?=(?!=)\s*(.+)$/;
/** A text, a number or anything else up to a comment. */
const VALUE =
  /^(?:([rbu]{0,2})("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|((?:[^#"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+))\s*(?:#.*)?$/i;

/** Names and values of simple assignments, one a line, as papermill takes them; texts without their quotes. */
export function readParameters(source: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of source.split(/\r?\n/)) {
    const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
    const value = rest === undefined ? null : VALUE.exec(rest.trim());
    if (name === undefined || !value) continue;
    const [, , text, other] = value;
    found[name] = text === undefined ? other!.trim().replace(/;$/, "") : text.slice(1, -1);
  }
  return found;
}
