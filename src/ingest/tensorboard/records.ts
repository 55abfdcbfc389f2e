/**
 * TFRecord files, of which TensorBoard's event files are one use. A record: its length (8 bytes, little-endian), the length's
 * checksum (4), the data, the data's checksum (4). Format: TensorFlow, `tensorflow/core/lib/io/record_writer.h`.
 */
import { maskedCrc32c } from "./crc32c";

const HEAD = 12;
const TAIL = 4;
/** A record of more bytes than this (a huge embedding) is passed over. */
const MAX_RECORD = 64 << 20;

export interface RecordsRead {
  /** Views of what `read` gave: to be used before it is asked again. */
  records: Uint8Array[];
  /** Where the next record begins. */
  offset: number;
  /** Records that were too large to be read. */
  skipped: number;
  /** The file cannot be read on from `offset`. */
  damaged: boolean;
  /** Whether there may be another whole record. */
  more: boolean;
}

/**
 * The whole records from `offset` on, up to about `limit` bytes but at least one. `size`: of the file now.
 * `read` gives so many bytes from there, or fewer at the end of the file.
 */
export function readRecords(
  read: (offset: number, length: number) => Uint8Array,
  offset: number,
  size: number,
  limit: number,
): RecordsRead {
  const result: RecordsRead = { records: [], offset, skipped: 0, damaged: false, more: false };
  let bytes = read(offset, Math.min(limit, size - offset));
  let at = 0;
  while (bytes.length - at >= HEAD) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const length = Number(view.getBigUint64(0, true));
    if (maskedCrc32c(bytes.subarray(at, at + 8)) !== view.getUint32(8, true)) return { ...result, damaged: true };
    const whole = HEAD + length + TAIL;
    if (result.offset + whole > size) return result;
    if (length > MAX_RECORD) return { ...result, offset: result.offset + whole, skipped: 1, more: true };
    if (at + whole > bytes.length) {
      if (result.records.length > 0) return { ...result, more: true };
      bytes = read(result.offset, whole);
      at = 0;
      // Shorter than it was a moment ago: written anew.
      if (bytes.length < whole) return result;
    }
    const data = bytes.subarray(at + HEAD, at + HEAD + length);
    const stored = new DataView(bytes.buffer, bytes.byteOffset + at + HEAD + length).getUint32(0, true);
    if (maskedCrc32c(data) !== stored) return { ...result, damaged: true };
    result.records.push(data);
    at += whole;
    result.offset += whole;
  }
  return { ...result, more: result.offset + HEAD <= size && result.records.length > 0 };
}
