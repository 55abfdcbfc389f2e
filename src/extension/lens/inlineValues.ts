/** What stands behind lines of code and of config: last values of metrics, and what the best run was given. Pure. */
import { formatNumber } from "../../domain/format";
import { shorten } from "../markdown";
import type { EditorResults } from "../worker/fileResults";
import type { LineTable } from "./python/text";

/** Something in a text that results know, with the place behind it. */
export interface Named {
  name: string;
  end: number;
}

export interface NamedParam extends Named {
  /** The value in the text; null when it is not known. */
  written: string | null;
}

/** A note behind the end of a line (from 0). */
export interface LineNote {
  line: number;
  text: string;
}

const LONGEST = 40;

/** The last value of each metric that is named, one note a line. */
export function lastValueNotes(named: readonly Named[], { metrics }: EditorResults, lines: LineTable): LineNote[] {
  const byLine = new Map<number, Map<string, string>>();
  for (const { name, end } of named) {
    const metric = metrics[name];
    if (!metric) continue;
    const line = lines.at(end);
    const values = byLine.get(line) ?? new Map<string, string>();
    values.set(name, formatNumber(metric.last.value));
    byLine.set(line, values);
  }
  return [...byLine].map(([line, values]) => ({ line, text: `last ${joined(values)}` }));
}

/** What the best run was given for each param that is named; that it is what is written too is said. */
export function bestValueNotes(named: readonly NamedParam[], { best }: EditorResults, lines: LineTable): LineNote[] {
  if (!best) return [];
  const byLine = new Map<number, Map<string, string>>();
  for (const { name, end, written } of named) {
    if (!Object.hasOwn(best.params, name)) continue;
    const value = best.params[name]!;
    const line = lines.at(end);
    const values = byLine.get(line) ?? new Map<string, string>();
    values.set(name, written !== null && isSame(value, written) ? "the same" : shorten(value, LONGEST));
    byLine.set(line, values);
  }
  return [...byLine].map(([line, values]) => ({ line, text: `best run: ${joined(values)}` }));
}

/** Of several on one line each has its name. */
const joined = (values: ReadonlyMap<string, string>) =>
  [...values].map(([name, value]) => (values.size === 1 ? value : `${name} ${value}`)).join(" · ");

/** 1e-3 is 0.001; otherwise the texts count. */
function isSame(value: string, written: string): boolean {
  if (value === written) return true;
  const numbers = [value, written].map((text) => (text.trim() === "" ? Number.NaN : Number(text.replaceAll("_", ""))));
  return numbers[0] === numbers[1];
}
