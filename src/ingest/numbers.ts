/** Numbers out of JSON-like text that programs other than strict ones write. */

const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\b(?:NaN|nan|Infinity|inf)\b|\b(?:True|False|None)\b/g;
/** No JSON text can contain this, so it cannot be mistaken for a string of the file's own. */
const MARK = "\u0000";
const WORDS: Record<string, string> = { True: "true", False: "false", None: "null" };
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/**
 * Parses JSON, also with what Python's `json` and `repr` write: NaN, Infinity, single quotes, True, False, None.
 * Undefined when it is neither, a half-written file for example.
 */
export function parseLooseJson(text: string): unknown {
  const strict = text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) return token;
    if (token.startsWith("'")) return JSON.stringify(token.slice(1, -1));
    return WORDS[token] ?? JSON.stringify(MARK + token);
  });
  try {
    return JSON.parse(strict);
  } catch {
    return undefined;
  }
}

/**
 * The numbers in nested objects, nested names joined by "/" as MLflow does. Lists, booleans and text are passed over;
 * with `strings`, text that is a number counts as one.
 */
export function flattenNumbers(value: unknown, { strings = false } = {}, prefix = ""): [key: string, value: number][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, item]): [string, number][] => {
    const key = prefix + name;
    if (typeof item === "number") return [[key, item]];
    if (typeof item === "string") {
      const number = textNumber(item, strings);
      return number === undefined ? [] : [[key, number]];
    }
    return flattenNumbers(item, { strings }, `${key}/`);
  });
}

function textNumber(text: string, strings: boolean): number | undefined {
  if (text.startsWith(MARK)) return Number(text.slice(1).replace("nan", "NaN").replace(/inf$/, "Infinity"));
  if (!strings) return undefined;
  return NUMBER.test(text) ? Number(text) : undefined;
}
