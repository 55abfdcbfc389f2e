/** When two values of a param are the same, however they are written. */

/** Without zeros in front: "01" is a name more than a number. */
const INTEGER = /^[+-]?(?:0|[1-9][\d_]*)$/;
const NUMBER = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?$/i;
/** Words that Python, YAML and JSON write differently. */
const WORDS: Record<string, string> = {
  true: "true",
  false: "false",
  none: "null",
  null: "null",
  "~": "null",
  nan: "nan",
  ".nan": "nan",
  inf: "infinity",
  "+inf": "infinity",
  ".inf": "infinity",
  "-inf": "-infinity",
  "-.inf": "-infinity",
  "+infinity": "infinity",
  infinity: "infinity",
  "-infinity": "-infinity",
};

/**
 * A text that two values share when they mean the same: "0.1" and "1e-1", "True" and "true". A whole number is another value
 * than the same number with a point: for many a library `max_features=1` and `max_features=1.0` are different things.
 */
export function meaningOf(value: string): string {
  const text = value.trim();
  if (INTEGER.test(text)) return String(BigInt(text.replaceAll("_", "").replace(/^\+/, "")));
  if (NUMBER.test(text)) return `${Number(text.replaceAll("_", ""))} as a float`;
  return Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()]! : value;
}

/** What is left out of the comparison when it is undefined: the side cannot have a value. Null: it has none. */
export type Value = string | null | undefined;

/** Whether the values differ, between the sides that can have one. */
export function differ(values: readonly Value[]): boolean {
  let first: string | null | undefined;
  for (const value of values) {
    if (value === undefined || value === first) continue;
    if (first === undefined) first = value;
    else if (first === null || value === null || meaningOf(first) !== meaningOf(value)) return true;
  }
  return false;
}
