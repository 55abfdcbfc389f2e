/** Which files runs have written: what lies about from earlier runs is told apart from the code by this. */
import type { Database } from "./database";

/** See `Store.writtenPaths`. */
export function writtenPaths(db: Database): string[] {
  // From one path to the next: thousands of runs that wrote the same files cost no more than one.
  const sql = `
    WITH RECURSIVE written (path) AS (
      SELECT min(path) FROM files WHERE kind = 'write'
      UNION ALL
      SELECT (SELECT min(f.path) FROM files f WHERE f.kind = 'write' AND f.path > written.path)
      FROM written WHERE written.path IS NOT NULL
    )
    SELECT n.name FROM written w JOIN names n ON n.id = w.path`;
  return db.read(() => db.all<{ name: string }>(sql)).map(({ name }) => name);
}
