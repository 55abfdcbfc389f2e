/** The text of a Python file between its tokens: strings and comments are jumped over, so that a long file takes moments. */

/** The place after the string or comment that begins at `at`, where there is a quote or `#`. */
export function skipQuoted(source: string, at: number): number {
  if (source[at] === "#") return placeOr(source.indexOf("\n", at), source.length);
  const quote = source[at]!;
  const triple = quote.repeat(3);
  return source.startsWith(triple, at) ? skipTriple(source, at + 3, triple) : skipLine(source, at + 1, quote);
}

const placeOr = (found: number, otherwise: number) => (found < 0 ? otherwise : found);

function skipTriple(source: string, from: number, triple: string): number {
  for (let at = from; ; ) {
    const end = source.indexOf(triple, at);
    if (end < 0) return source.length;
    if (!isEscaped(source, end, from)) return end + 3;
    at = end + 1;
  }
}

function isEscaped(source: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && source[at - backslashes - 1] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** A string that is not closed, as while it is typed, ends with its line. */
function skipLine(source: string, from: number, quote: string): number {
  for (let at = from; at < source.length; at++) {
    const character = source[at];
    if (character === "\\") at++;
    else if (character === quote) return at + 1;
    else if (character === "\n") return at;
  }
  return source.length;
}

const BRACKET = /[()[\]{}"'#]/g;

/** The place of the bracket that closes the one at `open`; undefined when it is not before `limit`. */
export function closingPlace(source: string, open: number, limit: number): number | undefined {
  let depth = 0;
  BRACKET.lastIndex = open;
  for (let found = BRACKET.exec(source); found && found.index < limit; found = BRACKET.exec(source)) {
    const [character] = found;
    if ("\"'#".includes(character)) BRACKET.lastIndex = skipQuoted(source, found.index);
    else if ("([{".includes(character)) depth++;
    else if (--depth === 0) return found.index;
  }
  return undefined;
}

/** The lines of a text by their places. */
export interface LineTable {
  count: number;
  /** Place of the first character of a line (from 0). */
  start(line: number): number;
  /** Number of the line that has this place. */
  at(place: number): number;
}

export function lineTable(source: string): LineTable {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    count: starts.length,
    start: (line) => starts[line]!,
    at(place) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if (starts[middle]! <= place) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}
