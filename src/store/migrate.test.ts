import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { MIGRATIONS } from "./schema";
import { tempFolder, tempStore } from "./testStore";

/** Hashes of the steps as they were published. */
const PUBLISHED = ["92af3d3d"];

test("published steps are never edited", () => {
  const hashes = MIGRATIONS.map((step) => createHash("sha256").update(step).digest("hex").slice(0, 8));
  expect(hashes.slice(0, PUBLISHED.length)).toEqual(PUBLISHED);
});

/** A store as version 1 left it, with rows in each of its tables. */
function versionOne(): { root: string; rows: Record<string, unknown[]> } {
  const root = tempFolder();
  mkdirSync(join(root, ".modeltrail"));
  const db = new DatabaseSync(join(root, ".modeltrail", "db.sqlite"));
  db.exec(MIGRATIONS[0]!);
  db.exec(`
    PRAGMA user_version = 1;
    UPDATE state SET revision = 9, series = 1;
    INSERT INTO names VALUES (1, 'lr'), (2, 'loss'), (3, 'output'), (4, 'data/a.csv');
    INSERT INTO experiments VALUES (1, 'wine', 5);
    INSERT INTO environments VALUES (1, x'${"aa".repeat(32)}', '{"python":"3.8.1"}');
    INSERT INTO runs VALUES
      (1, '${"1".repeat(32)}', 'calm-otter', 1, 'finished', 0, NULL, 1000, 2000, '["python","train.py"]', '/p', 'train.py', 'good',
        NULL, 'cli', 3, 0, NULL, 8, 2000, 7, 't', 'h', 8, 't', 'h', '{"commit":"c"}', 1),
      (2, '${"2".repeat(32)}', 'bold-heron', 1, 'failed', 1, NULL, 3000, 4000, '["python"]', '/p', NULL, '',
        '${"1".repeat(32)}', 'cli', 0, 0, 5000, 9, 4000, 7, 't', 'h', NULL, NULL, NULL, NULL, NULL);
    INSERT INTO checkpoints VALUES (1, '{"at":1}');
    INSERT INTO params VALUES (1, 1, '0.1', 0.1);
    INSERT INTO tags VALUES (1, 'user', 'ada');
    INSERT INTO gaps VALUES (1, 1, 'too-big', 'big.bin', 'big');
    INSERT INTO warnings VALUES (1, 1, 'slow');
    INSERT INTO files VALUES (1, 'read', 4, x'${"bb".repeat(32)}', 7);
    INSERT INTO metrics VALUES (1, 2, 1, '3', 1, 0.5, 0.5, 0.5, 0, 1500, 1);
    INSERT INTO chunks VALUES (1, 1, 3, 1, 0, 0, 1500, 1500, 0.5, 0.5, 0.5, x'${"00".repeat(24)}');
    INSERT INTO hashes VALUES ('/p/data/a.csv', 7, 1, 2, 3, x'${"bb".repeat(32)}');
  `);
  const rows = allRows(db, columnsOf(db));
  db.close();
  return { root, rows };
}

function columnsOf(db: DatabaseSync): Record<string, string[]> {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      (db.prepare(`SELECT name FROM pragma_table_info('${name}')`).all() as { name: string }[]).map((one) => one.name),
    ]),
  );
}

function allRows(db: DatabaseSync, columns: Record<string, string[]>): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(columns).map(([table, names]) => [
      table,
      db.prepare(`SELECT ${names} FROM ${table} ORDER BY 1`).all(),
    ]),
  );
}

test("a store of version 1 is brought up to date without loss", () => {
  const { root, rows } = versionOne();
  for (const [table, list] of Object.entries(rows)) expect(list, table).not.toEqual([]);
  const store = tempStore(root);
  const db = new DatabaseSync(join(store.folder, "db.sqlite"), { readOnly: true });
  const columns = Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [table, Object.keys(list[0] as object)]),
  );
  expect(allRows(db, columns)).toEqual(rows);
  expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  db.close();

  const [old] = store.listRuns({}).runs;
  expect(old).toMatchObject({ name: "calm-otter", pinned: false, inputs: null, repeatOf: null, repeats: 1 });
  expect(store.getRun(old!.id)!.snapshot.datasets).toEqual([]);
  expect(store.fileUses({ path: "data/a.csv" }).uses).toMatchObject([{ run: old!.id, sha256: "bb".repeat(32) }]);
  expect(store.listRuns({ deleted: true }).total).toBe(1);
});
