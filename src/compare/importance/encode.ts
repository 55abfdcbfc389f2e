/** Params as numbers that trees can split by. */

export interface Param {
  name: string;
  /** By run; null where the run has no such param. */
  values: readonly (string | null)[];
}

export interface EncodedParam {
  name: string;
  /** How many values it has, "none" being one. */
  distinct: number;
  /** The values of a param that is a number wherever it is there, the middle one where it is not; else null. */
  numbers: number[] | null;
  columns: number[][];
}

/** Rarer words have no column of their own: no split by them would hold for runs that were not seen. */
const MOST_WORDS = 30;

/** Numbers are one column, words one for each word, and where some runs do not have the param, one that says so. */
export function encode(name: string, values: readonly (string | null)[]): EncodedParam {
  const distinct = new Set(values).size;
  const given = values.filter((value) => value !== null);
  const numbers = given.length > 0 && given.every(isNumber) ? filled(values) : null;
  const isMissing = values.map((value) => Number(value === null));
  const missing = given.length < values.length ? [isMissing] : [];
  const words = numbers ? [] : frequent(given);
  const ofWords = words.map((word) => values.map((value) => Number(value === word)));
  return { name, distinct, numbers, columns: [...(numbers ? [numbers] : ofWords), ...missing] };
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));

function filled(values: readonly (string | null)[]): number[] {
  const given = values.flatMap((value) => (value === null ? [] : [Number(value)])).sort((a, b) => a - b);
  const middle = given[Math.floor(given.length / 2)]!;
  return values.map((value) => (value === null ? middle : Number(value)));
}

function frequent(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.slice(0, MOST_WORDS).map(([word]) => word);
}
