/**
 * Columns of numbers on their way to a page. Typed arrays stay typed arrays over a worker's port and over a webview's, where a
 * Node Buffer would become a plain object with a key for each byte.
 *
 * Of a message to a page only the first two hundred and fifty or so arrays arrive: VS Code counts them in one byte. Many columns
 * are to share arrays (see packedCurves.ts). And what is no array arrives as JSON, which has no NaN and no infinities.
 */
import * as z from "zod";

export const Float64Column = z.instanceof(Float64Array);
export const Uint32Column = z.instanceof(Uint32Array);

const toBeMoved = new WeakMap<object, ArrayBuffer[]>();

/** Notes that `value`, the answer of a handler, owns these arrays: they are moved to the asker instead of copied. */
export function moving<T extends object>(value: T, arrays: readonly ArrayBufferView[]): T {
  const buffers = new Set(arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer));
  toBeMoved.set(value, [...buffers]);
  return value;
}

/** What a port is to move with this message; empty for most. */
export function movedWith(message: unknown): ArrayBuffer[] {
  if (typeof message !== "object" || message === null || !("value" in message)) return [];
  const { value } = message;
  return typeof value === "object" && value !== null ? (toBeMoved.get(value) ?? []) : [];
}
