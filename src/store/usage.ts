/** What takes how much, as far as the database knows; and which contents are named by whom. */
import type { ExperimentUsage, ObjectUse } from "./contract";
import type { Database } from "./database";
import { hashesInManifest } from "./manifests";

/** Bytes of a point: see columns.ts. */
const POINT_BYTES = 24;
/** Contents read at a time. */
const PORTION = 2_000;

/** See `Store.usage`. */
export function usage(db: Database): ExperimentUsage[] {
  const sql = `SELECT e.name AS experiment, count(*) AS runs, sum(r.deleted IS NOT NULL) AS deleted, sum(r.log_size) AS logs,
      coalesce(sum((SELECT sum(m.count) FROM metrics m WHERE m.run = r.seq)), 0) * ${POINT_BYTES} AS metrics
    FROM runs r JOIN experiments e ON e.id = r.experiment GROUP BY r.experiment ORDER BY e.name`;
  return db.read(() => db.all<ExperimentUsage>(sql)).map((row) => ({ ...row }));
}

/** Every content that a run or a version of a model names, manifests of datasets among them. */
const NAMED = `SELECT sha256 FROM files WHERE sha256 > ?1 UNION SELECT version FROM dataset_versions WHERE version > ?1
  UNION SELECT sha256 FROM version_files WHERE sha256 > ?1`;
/** With what the manifests list. */
const NAMED_OR_LISTED = `${NAMED} UNION SELECT sha256 FROM listed_uses WHERE sha256 > ?1`;

/** See `Store.referencedObjects`. Nothing is held between two portions, so that a long walk is in nobody's way. */
export function* referencedObjects(db: Database): Generator<string> {
  for (const portion of portions(db, NAMED)) for (const sha256 of portion) yield toHex(sha256);
}

/** See `Store.objectUses`. */
export function* objectUses(db: Database, folder: string): Generator<ObjectUse> {
  gatherListed(db, folder);
  for (const portion of portions(db, NAMED_OR_LISTED)) yield* usesBetween(db, portion[0]!, portion.at(-1)!);
}

/** What versions of datasets list, with the experiments that used them, in a table of this connection alone. */
function gatherListed(db: Database, folder: string): void {
  db.exec(`DROP TABLE IF EXISTS temp.listed_uses; CREATE TEMP TABLE listed_uses (
    sha256 BLOB, experiment INTEGER, deleted INTEGER, PRIMARY KEY (sha256, experiment, deleted)) WITHOUT ROWID`);
  const insert = "INSERT OR IGNORE INTO listed_uses VALUES (?, ?, ?)";
  db.read(() => {
    const users = db.all<{ version: Uint8Array; experiment: number; deleted: number }>(
      `SELECT DISTINCT v.version, r.experiment, r.deleted IS NOT NULL AS deleted FROM run_datasets u
      JOIN dataset_versions v ON v.id = u.version JOIN runs r ON r.seq = u.run`,
    );
    for (const { version, experiment, deleted } of users) {
      for (const sha256 of hashesInManifest(folder, toHex(version))) {
        db.run(insert, Buffer.from(sha256, "hex"), experiment, deleted);
      }
    }
  });
}

function* portions(db: Database, named: string): Generator<Uint8Array[]> {
  for (let last: Uint8Array = Buffer.alloc(0); ; ) {
    const rows = db.read(() => db.all<{ sha256: Uint8Array }>(`${named} ORDER BY 1 LIMIT ${PORTION}`, last));
    if (rows.length > 0) yield rows.map((row) => row.sha256);
    if (rows.length < PORTION) return;
    last = rows.at(-1)!.sha256;
  }
}

interface UseRow {
  sha256: Uint8Array;
  experiment: string;
  kind: ObjectUse["uses"][number]["kind"];
  deleted: number;
}

function* usesBetween(db: Database, first: Uint8Array, last: Uint8Array): Generator<ObjectUse> {
  const rows = db.read(() =>
    db.all<UseRow>(
      `SELECT DISTINCT f.sha256, e.name AS experiment, r.deleted IS NOT NULL AS deleted,
        iif(f.kind IN ('read', 'write'), 'data', f.kind) AS kind
      FROM files f JOIN runs r ON r.seq = f.run JOIN experiments e ON e.id = r.experiment
      WHERE f.sha256 BETWEEN ?1 AND ?2
      UNION
      SELECT v.version, e.name, r.deleted IS NOT NULL, 'manifest'
      FROM dataset_versions v JOIN run_datasets u ON u.version = v.id
      JOIN runs r ON r.seq = u.run JOIN experiments e ON e.id = r.experiment
      WHERE v.version BETWEEN ?1 AND ?2
      UNION
      SELECT l.sha256, e.name, l.deleted, 'data' FROM listed_uses l JOIN experiments e ON e.id = l.experiment
      WHERE l.sha256 BETWEEN ?1 AND ?2
      ORDER BY 1`,
      first,
      last,
    ),
  );
  let current: ObjectUse | undefined;
  for (const { sha256, experiment, kind, deleted } of rows) {
    const hash = toHex(sha256);
    if (current?.sha256 !== hash) {
      if (current) yield current;
      current = { sha256: hash, uses: [] };
    }
    current.uses.push({ experiment, kind, deleted: deleted === 1 });
  }
  if (current) yield current;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
