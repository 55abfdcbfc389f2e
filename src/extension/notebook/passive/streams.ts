/** What a cell printed since one looked last: VS Code gives all of it each time. */
import type { ObservedOutput } from "./observed";

const TAIL = 32;

export interface StreamReader {
  /** What is new in the cell's outputs; all of an output that was replaced. */
  read(outputs: readonly ObservedOutput[]): string;
}

export function createStreamReader(): StreamReader {
  /** Bytes that were read of each output, and the last of them. */
  const read: { size: number; tail: Buffer }[] = [];
  return {
    read(outputs) {
      let fresh = "";
      read.length = Math.min(read.length, outputs.length);
      for (const [at, { kind, items }] of outputs.entries()) {
        if (kind !== "stdout" && kind !== "stderr") {
          read[at] = { size: 0, tail: Buffer.alloc(0) };
          continue;
        }
        const before = read[at] ?? { size: 0, tail: Buffer.alloc(0) };
        const parts = items.map(({ data }) => data);
        const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
        const goesOn =
          size >= before.size && before.tail.equals(slice(parts, before.size - before.tail.length, before.size));
        const added = slice(parts, goesOn ? before.size : 0, size);
        fresh += added.toString("utf8");
        read[at] = { size, tail: slice(parts, Math.max(0, size - TAIL), size) };
      }
      return fresh;
    },
  };
}

/** Bytes `from` up to `to` of the parts one after the other; only what is needed is copied. */
function slice(parts: readonly Uint8Array[], from: number, to: number): Buffer {
  const found: Uint8Array[] = [];
  let at = 0;
  for (const part of parts) {
    const start = Math.max(0, from - at);
    const end = Math.min(part.byteLength, to - at);
    if (start < end) found.push(part.subarray(start, end));
    at += part.byteLength;
  }
  return Buffer.concat(found);
}
