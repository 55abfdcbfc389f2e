/** Hashes of files by what the file system says of them: an unchanged file is not read again. */
import { sep } from "node:path";
import type { FileStamp } from "./contract";
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

/**
 * All entries of files below `folder` (absolute, without a separator at its end), by path, their stamps as `stampText` has
 * them. The rows come as one JSON text: half the time of rows one by one, which counts when 50,000 files are checked.
 */
export function cachedHashesBelow(db: Database, folder: string): Map<string, { stamp: string; sha256: string }> {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  // The range of all paths with this prefix: up to the prefix with its last character moved on by one.
  const end = prefix.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1);
  const sql = `
    SELECT json_group_array(path) AS paths,
      json_group_array(size || ' ' || mtime || ' ' || ctime || ' ' || inode) AS stamps,
      json_group_array(lower(hex(sha256))) AS hashes
    FROM hashes WHERE path >= ? AND path < ?`;
  const row = db.read(() => db.get<{ paths: string; stamps: string; hashes: string }>(sql, prefix, end))!;
  const [paths, stamps, hashes] = [row.paths, row.stamps, row.hashes].map((text) => JSON.parse(text) as string[]);
  return new Map(paths!.map((path, index) => [path, { stamp: stamps![index]!, sha256: hashes![index]! }]));
}

/** A stamp as one text, for comparing very many: two are equal when the stamps are. */
export function stampText({ size, mtimeNs, ctimeNs, ino }: FileStamp): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino < HIGHEST_INTEGER ? ino : signed(ino)}`;
}

const HIGHEST_INTEGER = 2n ** 63n;

/** Inode numbers use all 64 bits on some file systems; SQLite's integers are signed. */
function signed(inode: bigint): bigint {
  return BigInt.asIntN(64, inode);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
