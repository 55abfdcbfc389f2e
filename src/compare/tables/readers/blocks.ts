/** Reads a text in large blocks that begin where a row begins. */
import type { ByteSource } from "./byteSource";

/** A row that is longer is not read. */
export const LONGEST_ROW = 16 * 2 ** 20;
const FIRST_BLOCK = 1 << 20;

export interface Block {
  /** Has one more byte behind `end`, which the reader may set to what ends its loops. */
  bytes: Buffer;
  end: number;
  /** Whether the text ends at `end`. */
  isLast: boolean;
  /** Whether the block cannot grow any more: what is not taken now will not be complete later. */
  isFull: boolean;
}

/**
 * Calls `take` with one block after the other; it returns how many bytes it has taken, and gets the others again with more
 * behind them; undefined ends the reading. An error of the source is thrown once the rows before it have been taken.
 */
export async function readBlocks(source: ByteSource, take: (block: Block) => number | undefined): Promise<void> {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BLOCK + 1);
  let end = 0;
  let failure: unknown = null;
  for (let isLast = false; !isLast; ) {
    // A source gives less than is asked for, a block is handed on when it is full.
    while (end < bytes.length - 1 && !isLast) {
      const read = await source.read(bytes.subarray(0, bytes.length - 1), end).catch((error: unknown) => {
        failure = error;
        return 0;
      });
      if (read === 0) isLast = true;
      end += read;
    }
    const isFull = bytes.length > LONGEST_ROW;
    let taken = take({ bytes, end, isLast: isLast && failure === null, isFull });
    if (taken === undefined) return;
    // The row in which the text breaks off is not one.
    if (failure !== null) take({ bytes, end: 0, isLast: true, isFull });
    if (isLast) break;
    if (taken === 0 && isFull) taken = end;
    if (taken === 0) bytes = Buffer.concat([bytes.subarray(0, end)], 2 * (bytes.length - 1) + 1);
    else bytes.copyWithin(0, taken, end);
    end -= taken;
  }
  if (failure !== null) throw failure;
}
