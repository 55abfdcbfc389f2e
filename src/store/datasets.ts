/** Datasets and their versions: written with the runs that used them, listed by them. */
import type { RunDataset } from "../domain/run";
import type {
  DatasetKind,
  DatasetSummary,
  DatasetUse,
  DatasetUsePage,
  DatasetVersionPage,
  DatasetVersionSummary,
  PageOptions,
  RunDatasetVersion,
} from "./contract";
import type { Database } from "./database";
import { readPage, takePage } from "./page";

/** Inside a write only. */
export function addDataset(db: Database, run: number, dataset: RunDatasetVersion): void {
  const { name, kind, version, files, size, role, md5 = null } = dataset;
  const id = db.get<{ id: number }>(
    "INSERT INTO datasets (name, kind) VALUES (?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind RETURNING id",
    name,
    kind,
  )!.id;
  const sha256 = Buffer.from(version, "hex");
  db.run(
    `INSERT INTO dataset_versions (dataset, version, files, size, md5) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET md5 = coalesce(excluded.md5, md5)`,
    id,
    sha256,
    files,
    size,
    md5,
  );
  db.run(
    `INSERT INTO run_datasets (run, dataset, role, version)
    SELECT ?, dataset, ?, id FROM dataset_versions WHERE dataset = ? AND version = ?
    ON CONFLICT DO UPDATE SET version = excluded.version`,
    run,
    role,
    id,
    sha256,
  );
}

/** Those that the run used, by name. Inside a read only. */
export function readRunDatasets(db: Database, run: number): RunDataset[] {
  const rows = db.all<Omit<RunDataset, "version"> & { version: Uint8Array }>(
    `SELECT d.name, v.version, v.files, v.size, u.role FROM run_datasets u
    JOIN dataset_versions v ON v.id = u.version JOIN datasets d ON d.id = u.dataset
    WHERE u.run = ? ORDER BY d.name, u.role`,
    run,
  );
  return rows.map((row) => ({ ...row, version: toHex(row.version) }));
}

/** Uses by runs that are not deleted. */
const LIVE_USES = "run_datasets u JOIN runs r ON r.seq = u.run AND r.deleted IS NULL";

/** See `Store.datasetNames`. */
export function datasetNames(db: Database): { name: string; kind: DatasetKind }[] {
  return db.read(() => db.all<{ name: string; kind: DatasetKind }>("SELECT name, kind FROM datasets"));
}

/** See `Store.listDatasets`. */
export function listDatasets(db: Database): DatasetSummary[] {
  const sql = `SELECT d.name, d.kind, a.versions, a.runs, a.last_used AS lastUsed, lower(hex(v.version)) AS current,
      v.files, v.size
    FROM (SELECT u.dataset, count(DISTINCT u.version) AS versions, count(DISTINCT u.run) AS runs,
        max(r.start_time) AS last_used
      FROM ${LIVE_USES} GROUP BY u.dataset) a
    JOIN datasets d ON d.id = a.dataset
    -- A run that read one version and wrote another left the dataset as it wrote it.
    JOIN dataset_versions v ON v.id = (SELECT u.version FROM ${LIVE_USES} WHERE u.dataset = a.dataset
      ORDER BY r.start_time DESC, r.seq DESC, u.role DESC LIMIT 1)
    ORDER BY d.name`;
  return db.read(() => db.all<DatasetSummary & { kind: DatasetKind }>(sql)).map((row) => ({ ...row }));
}

/** See `Store.listDatasetVersions`. */
export function listDatasetVersions(db: Database, name: string, page: PageOptions = {}): DatasetVersionPage {
  const order = `versions of ${name}`;
  const { limit, after } = readPage(order, page);
  return db.read(() => {
    const groups = `SELECT u.version AS id, min(r.start_time) AS firstSeen, max(r.start_time) AS lastSeen,
        count(DISTINCT u.run) AS runs
      FROM ${LIVE_USES} WHERE u.dataset = (SELECT id FROM datasets WHERE name = ?) GROUP BY u.version`;
    const rows = db.all<DatasetVersionSummary & { id: number }>(
      `SELECT a.*, lower(hex(v.version)) AS version, v.files, v.size, v.md5 FROM (${groups}) a
      JOIN dataset_versions v ON v.id = a.id
      ${after ? "WHERE (a.lastSeen, a.id) < (?, ?)" : ""} ORDER BY a.lastSeen DESC, a.id DESC LIMIT ?`,
      name,
      ...(after ? [after.value, after.seq] : []),
      limit + 1,
    );
    const { total } = db.get<{ total: number }>(`SELECT count(*) AS total FROM (${groups})`, name)!;
    const taken = takePage(order, limit, rows, (row) => ({ value: row.lastSeen, seq: row.id }));
    return { versions: taken.rows.map(({ id: _, ...version }) => version), next: taken.next, total };
  });
}

/** See `Store.runsOfDataset`. */
export function runsOfDataset(
  db: Database,
  name: string,
  version: string | null,
  page: PageOptions = {},
): DatasetUsePage {
  const order = `runs of ${name} ${version}`;
  const { limit, after } = readPage(order, page);
  return db.read(() => {
    const from = `${LIVE_USES} JOIN dataset_versions v ON v.id = u.version
      WHERE u.dataset = (SELECT id FROM datasets WHERE name = ?) ${version === null ? "" : "AND v.version = ?"}`;
    const values = version === null ? [name] : [name, Buffer.from(version, "hex")];
    // A run has two rows at most, told apart by the sign of its number.
    const seq = "iif(u.role = 'read', -r.seq, r.seq)";
    const rows = db.all<DatasetUse & { seq: number }>(
      `SELECT r.id AS run, lower(hex(v.version)) AS version, u.role, r.start_time AS startTime, ${seq} AS seq FROM ${from}
      ${after ? `AND (r.start_time, r.seq, ${seq}) < (?, ?, ?)` : ""}
      ORDER BY r.start_time DESC, r.seq DESC, ${seq} DESC LIMIT ?`,
      ...values,
      ...(after ? [after.value, Math.abs(after.seq), after.seq] : []),
      limit + 1,
    );
    const { total } = db.get<{ total: number }>(`SELECT count(*) AS total FROM ${from}`, ...values)!;
    const taken = takePage(order, limit, rows, (row) => ({ value: row.startTime, seq: row.seq }));
    return { uses: taken.rows.map(({ seq: _, ...use }) => use), next: taken.next, total };
  });
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
