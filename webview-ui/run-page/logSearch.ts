/** Lines of a log that have a text in them. */

export interface LogMatch {
  /** Of the line, from 1, within the text. */
  number: number;
  before: string;
  match: string;
  after: string;
}

export interface LogMatches {
  lines: LogMatch[];
  /** All lines of the text. */
  total: number;
}

/** More lines than these would stand in the way of the page. */
const MOST_LINES = 2_000;

/** Upper and lower case are the same. Of very many lines the last ones. */
export function matchesOf(text: string, wanted: string): LogMatches {
  const all = text.replace(/\n$/, "").split("\n");
  const needle = wanted.trim().toLowerCase();
  if (needle === "") return { lines: [], total: all.length };
  const lines = all.flatMap((line, index): LogMatch[] => {
    const at = line.toLowerCase().indexOf(needle);
    if (at < 0) return [];
    const end = at + needle.length;
    return [{ number: index + 1, before: line.slice(0, at), match: line.slice(at, end), after: line.slice(end) }];
  });
  return { lines: lines.slice(-MOST_LINES), total: all.length };
}
