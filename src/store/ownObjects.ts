/** What would be without use if some runs were freed. */
import type { Database } from "./database";
import { hashesInManifest } from "./manifests";

/** Contents read at a time. */
const PORTION = 5_000;

/** See `Store.ownObjects`. Worked out in tables of this connection alone, since it may be more than fits into memory. */
export function* ownObjects(
  db: Database,
  folder: string,
  ids: readonly string[],
): Generator<{ sha256: string; place: number }> {
  if (ids.length === 0) return;
  db.exec(`DROP TABLE IF EXISTS temp.leaving; DROP TABLE IF EXISTS temp.leaving_objects;
    CREATE TEMP TABLE leaving (run INTEGER PRIMARY KEY, place INTEGER);
    CREATE TEMP TABLE leaving_objects (sha256 BLOB PRIMARY KEY, place INTEGER) WITHOUT ROWID`);
  db.read(() => {
    gather(db, folder, ids);
    removeOthers(db, folder);
  });
  const sql = `SELECT sha256, place FROM leaving_objects WHERE sha256 > ? ORDER BY sha256 LIMIT ${PORTION}`;
  for (let last: Uint8Array = Buffer.alloc(0); ; ) {
    const rows = db.all<{ sha256: Uint8Array; place: number }>(sql, last);
    for (const { sha256, place } of rows) yield { sha256: Buffer.from(sha256).toString("hex"), place };
    if (rows.length < PORTION) return;
    last = rows.at(-1)!.sha256;
  }
}

/** All that the runs name, also by way of the datasets that they used. */
function gather(db: Database, folder: string, ids: readonly string[]): void {
  db.run(
    "INSERT INTO leaving SELECT r.seq, j.key FROM json_each(?) j JOIN runs r ON r.id = j.value",
    JSON.stringify(ids),
  );
  db.run(`INSERT INTO leaving_objects SELECT f.sha256, max(l.place) FROM leaving l JOIN files f ON f.run = l.run
    WHERE f.sha256 IS NOT NULL GROUP BY f.sha256`);
  const versions = db.all<{ version: Uint8Array; place: number }>(
    `SELECT v.version, max(l.place) AS place FROM leaving l JOIN run_datasets u ON u.run = l.run
    JOIN dataset_versions v ON v.id = u.version GROUP BY v.version`,
  );
  const add = `INSERT INTO leaving_objects VALUES (?, ?)
    ON CONFLICT DO UPDATE SET place = max(place, excluded.place)`;
  for (const { version, place } of versions) {
    db.run(add, version, place);
    for (const sha256 of hashesInManifest(folder, toHex(version))) db.run(add, Buffer.from(sha256, "hex"), place);
  }
}

/** Takes out what other runs, or versions of models, name as well. */
function removeOthers(db: Database, folder: string): void {
  db.run(`DELETE FROM leaving_objects WHERE EXISTS (
    SELECT 1 FROM files f WHERE f.sha256 = leaving_objects.sha256 AND f.run NOT IN (SELECT run FROM leaving))`);
  db.run("DELETE FROM leaving_objects WHERE sha256 IN (SELECT sha256 FROM version_files)");
  const kept = db.all<{ version: Uint8Array }>(
    `SELECT DISTINCT v.version FROM run_datasets u JOIN dataset_versions v ON v.id = u.version
    WHERE u.run NOT IN (SELECT run FROM leaving)`,
  );
  const remove = "DELETE FROM leaving_objects WHERE sha256 = ?";
  for (const { version } of kept) {
    db.run(remove, version);
    for (const sha256 of hashesInManifest(folder, toHex(version))) db.run(remove, Buffer.from(sha256, "hex"));
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
