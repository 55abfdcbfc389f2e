/** JSON as Python writes it: with NaN, Infinity and -Infinity where numbers are. */

const WORDS = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
/** What a string begins with that stands for a number here. */
const MARK = "\u0000number:";

/** The value; NaN and the infinities as numbers. Throws SyntaxError. */
export function parsePythonJson(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return JSON.parse(text);
  const marked = text.replace(WORDS, (word) => (word.startsWith('"') ? word : JSON.stringify(MARK + word)));
  return JSON.parse(marked, (_key, value) =>
    typeof value === "string" && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value,
  );
}

/** Numbers as Python and MLflow print them. Undefined for anything else. */
export function parsePythonNumber(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  const special = {
    nan: Number.NaN,
    inf: Infinity,
    "+inf": Infinity,
    infinity: Infinity,
    "-inf": -Infinity,
    "-infinity": -Infinity,
  }[word];
  if (special !== undefined) return special;
  return /^[-+]?(\d|\.\d)/.test(word) && !Number.isNaN(Number(word)) ? Number(word) : undefined;
}

/** A value of a configuration as the text of a param, as Python would print it. */
export function paramText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `{a: {b: 1}}` as `{"a.b": 1}`; lists stay whole, and so does an object without fields. */
export function flatten(value: Record<string, unknown>, separator: string, prefix = ""): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const name = prefix + key;
    const inner = item !== null && typeof item === "object" && !Array.isArray(item) ? Object.entries(item) : [];
    if (inner.length === 0) flat.set(name, item);
    else
      for (const [below, leaf] of flatten(item as Record<string, unknown>, separator, name + separator))
        flat.set(below, leaf);
  }
  return flat;
}
