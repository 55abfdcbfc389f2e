/** Hashes of files by what the file system says of them: an unchanged file is not read again. */
import { sep } from "node:path";
import type { FileStamp } from "./contract";
import type { Database } from "./database";

/** Entries written in one transaction: others get their turn in between. */
const BATCH = 5_000;

interface Row {
  path: string;
  size: bigint;
  mtime: bigint;
  ctime: bigint;
  inode: bigint;
  sha256: Uint8Array;
}

export interface HashEntry {
  path: string;
  stamp: FileStamp;
  sha256: string;
}

/** The hash of the file at `path`, if it was hashed when it had exactly this stamp. */
export function cachedHash(db: Database, path: string, stamp: FileStamp): string | undefined {
  return db.read(() => {
    const sql = "SELECT sha256 FROM hashes WHERE path = ? AND size = ? AND mtime = ? AND ctime = ? AND inode = ?";
    const row = db.get<{ sha256: Uint8Array }>(sql, path, stamp.size, stamp.mtimeNs, stamp.ctimeNs, signed(stamp.ino));
    return row && toHex(row.sha256);
  });
}

export function cacheHashes(db: Database, entries: HashEntry[]): void {
  for (let from = 0; from < entries.length; from += BATCH) {
    db.write(() => {
      for (const { path, stamp, sha256 } of entries.slice(from, from + BATCH)) {
        db.run(
          "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)",
          path,
          stamp.size,
          stamp.mtimeNs,
          stamp.ctimeNs,
          signed(stamp.ino),
          Buffer.from(sha256, "hex"),
        );
      }
    });
  }
}

/** All entries of files below `folder` (absolute, without a separator at its end), by path. */
export function cachedHashesBelow(db: Database, folder: string): Map<string, { stamp: FileStamp; sha256: string }> {
  return db.read(() => {
    const statement = db.statement("SELECT * FROM hashes WHERE path >= ? AND path < ?");
    statement.setReadBigInts(true);
    const prefix = folder.endsWith(sep) ? folder : folder + sep;
    // The range of all paths with this prefix: up to the prefix with its last character moved on by one.
    const rows = statement.all(
      prefix,
      prefix.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1),
    ) as unknown as Row[];
    return new Map(rows.map((row) => [row.path, { stamp: toStamp(row), sha256: toHex(row.sha256) }]));
  });
}

function toStamp(row: Row): FileStamp {
  return { size: row.size, mtimeNs: row.mtime, ctimeNs: row.ctime, ino: BigInt.asUintN(64, row.inode) };
}

/** Inode numbers use all 64 bits on some file systems; SQLite's integers are signed. */
function signed(inode: bigint): bigint {
  return BigInt.asIntN(64, inode);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
