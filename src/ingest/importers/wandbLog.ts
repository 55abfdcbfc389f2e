/**
 * W&B's `.wandb` files: LevelDB's log format in blocks of 32 KiB, with a header of its own and CRC-32 instead of CRC-32C.
 * https://github.com/google/leveldb/blob/main/doc/log_format.md
 */
import { crc32 } from "node:zlib";

const BLOCK = 32_768;
/** Of a piece: checksum (4 bytes), length (2), type (1). */
const HEAD = 7;
/** ":W&B", the magic number 0xBEE1, the version. */
const IDENT = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00]);
const FULL = 1;
const FIRST = 2;
const LAST = 4;

export interface WandbLog {
  records: Uint8Array[];
  /** Where reading ended because the file is not what it should be; null when all was read. */
  damagedAt: number | null;
}

/** Whether the bytes are the beginning of such a file. */
export const isWandbLog = (bytes: Uint8Array) => IDENT.equals(bytes.subarray(0, IDENT.length));

/** A part of a record, or a whole one. */
interface Piece {
  type: number;
  data: Buffer;
  /** Where the next begins. */
  end: number;
}

/** The records of a file, up to a last one that is not whole: it is still being written, or its writer died. */
export function readWandbLog(bytes: Buffer): WandbLog {
  if (!isWandbLog(bytes)) return { records: [], damagedAt: 0 };
  const records: Uint8Array[] = [];
  let pieces: Buffer[] = [];
  for (let at = IDENT.length; ; ) {
    const rest = BLOCK - (at % BLOCK);
    if (rest < HEAD) at += rest;
    const piece = readPiece(bytes, at);
    if (piece === null) return { records, damagedAt: null };
    const starts = piece.type === FULL || piece.type === FIRST;
    if (piece.type < 0 || (!starts && pieces.length === 0)) return { records, damagedAt: at };
    pieces = starts ? [piece.data] : [...pieces, piece.data];
    if (piece.type === FULL || piece.type === LAST) {
      records.push(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
      pieces = [];
    }
    at = piece.end;
  }
}

/** Null where the file ends; the type -1 when it is no piece. */
function readPiece(bytes: Buffer, at: number): Piece | null {
  if (at + HEAD > bytes.length) return null;
  const sum = bytes.readUInt32LE(at);
  const length = bytes.readUInt16LE(at + 4);
  const type = bytes[at + 6]!;
  const end = at + HEAD + length;
  // What a writer has set aside and not filled yet.
  if (type === 0 && length === 0 && sum === 0) return null;
  const none = { type: -1, data: bytes.subarray(0, 0), end };
  if (type < FULL || type > LAST || length > BLOCK - (at % BLOCK) - HEAD) return none;
  if (end > bytes.length) return null;
  return crc32(bytes.subarray(at + 6, end)) === sum ? { type, data: bytes.subarray(at + HEAD, end), end } : none;
}
