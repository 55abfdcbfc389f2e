/** The files of a run, page by page: there may be tens of thousands. */
import type { FileRole, ListedFiles, ListFilesOptions } from "./contract";
import type { Database } from "./database";
import { namesOf } from "./names";

const PAGE = 5_000;

/** See `Store.listFiles`. */
export function listFiles(db: Database, id: string, role: FileRole, options: ListFilesOptions = {}): ListedFiles {
  const { after = 0, limit = PAGE } = options;
  return db.read(() => {
    // One row of JSON: a row for each file takes twice as long.
    const sql = `
      SELECT json_group_array(path) AS numbers, json_group_array(lower(hex(sha256))) AS hashes, json_group_array(size) AS sizes
      FROM (
        SELECT path, sha256, size FROM files
        WHERE run = (SELECT seq FROM runs WHERE id = ?) AND kind = ? AND path > ? ORDER BY path LIMIT ?
      )`;
    const row = db.get<Record<string, string>>(sql, id, role, after, limit)!;
    const numbers = JSON.parse(row.numbers!) as number[];
    const hashes = JSON.parse(row.hashes!) as string[];
    const sizes = JSON.parse(row.sizes!) as (number | null)[];
    const name = namesOf(db, numbers);
    const files = numbers.map((number, at) => ({
      number,
      path: name(number),
      sha256: hashes[at] || null,
      size: sizes[at] ?? 0,
    }));
    return { files, next: files.length < limit ? null : numbers.at(-1)! };
  });
}
