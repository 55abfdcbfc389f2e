/** Hashes of files by what the file system says of them: an unchanged file is not read again. */
import { sep } from "node:path";
import type { FileStamp, HashLookup } from "./contract";
import type { Database } from "./database";

/** Entries written in one transaction: others get their turn in between. */
const BATCH = 5_000;

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

/** See `Store.forgetHash`. */
export function forgetHash(db: Database, sha256: string): void {
  db.write(() => db.run("DELETE FROM hashes WHERE sha256 = ?", Buffer.from(sha256, "hex")));
}

/**
 * Looks up very many files below `folder` (absolute, without a separator at its end). The rows come as JSON texts of numbers,
 * and are compared as numbers: together half the time of rows and big integers, which counts when 50,000 files are checked.
 */
export function cachedHashesBelow(db: Database, folder: string): HashLookup {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  // The range of all paths with this prefix: up to the prefix with its last character moved on by one.
  const end = prefix.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1);
  const sql = `
    SELECT json_group_array(path) AS paths, json_group_array(size) AS sizes, json_group_array(mtime) AS mtimes,
      json_group_array(ctime) AS ctimes, json_group_array(inode) AS inodes, json_group_array(lower(hex(sha256))) AS hashes
    FROM hashes WHERE path >= ? AND path < ?`;
  const row = db.read(() => db.get<Record<string, string>>(sql, prefix, end))!;
  const numbers = (column: string) => JSON.parse(row[column]!) as number[];
  const [sizes, mtimes, ctimes, inodes] = ["sizes", "mtimes", "ctimes", "inodes"].map(numbers) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const hashes = JSON.parse(row.hashes!) as string[];
  const places = new Map((JSON.parse(row.paths!) as string[]).map((path, place) => [path, place]));
  return (path, stats) => {
    const place = places.get(path);
    const isSame =
      place !== undefined &&
      sizes[place] === stats.size &&
      isSameTime(mtimes[place]!, stats.mtimeMs) &&
      isSameTime(ctimes[place]!, stats.ctimeMs) &&
      isSameInode(inodes[place]!, stats.ino);
    return isSame ? hashes[place] : undefined;
  };
}

/** A number holds a time of today to a quarter of a microsecond; no file is changed, hashed and changed within one. */
function isSameTime(nanoseconds: number, milliseconds: number): boolean {
  return Math.abs(nanoseconds / 1e6 - milliseconds) < 0.001;
}

function isSameInode(stored: number, inode: number): boolean {
  const unsigned = stored < 0 ? stored + 2 ** 64 : stored;
  return unsigned === inode || Math.abs(unsigned - inode) <= unsigned * Number.EPSILON * 4;
}

/** Inode numbers use all 64 bits on some file systems; SQLite's integers are signed. */
function signed(inode: bigint): bigint {
  return BigInt.asIntN(64, inode);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
