/** JSON as protobuf's mapping has it: whole numbers of 64 bits, NaN and the infinities as strings. */

export type JsonObject = Record<string, unknown>;

/** A whole number that JavaScript's JSON would round. */
const LONG_INTEGER = /[\s:,[]-?\d{16,}\s*[,}\]]/;
const MAX_INT64 = 2n ** 63n - 1n;

// Both are in Node 22, and not yet in TypeScript's library.
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver?: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** The value; whole numbers beyond 2^53 as bigint. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return LONG_INTEGER.test(text) ? parseWith(text, exactInteger) : JSON.parse(text);
}

function exactInteger(_key: string, value: unknown, { source }: { source?: string }): unknown {
  const rounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return rounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** `value` as JSON. A bigint is written as a number, NaN and the infinities as strings. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item)) return String(item);
    return typeof item === "bigint" ? rawJSON(item.toString()) : item;
  });
}

/** A double of ours as an int64 of the wire: the nearest there is, where it is too large. */
export function toInt64(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  if (Number.isNaN(value)) return 0;
  if (Math.abs(value) >= 2 ** 63) return value > 0 ? MAX_INT64 : -MAX_INT64 - 1n;
  return BigInt(Math.trunc(value));
}
