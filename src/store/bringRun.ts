/** Taking in runs of other trackers, again and again: what went on there since is brought up to date here. */
import type { BroughtRun, ImportedRun } from "./contract";
import type { Database } from "./database";
import { importRun, importSeries } from "./importRun";
import { applyBatch, setTag } from "./ingest";
import { touchRun } from "./revision";

/** What the run was like there when it was taken in last. Kept as the run's checkpoint, which an ended run has no other use for. */
interface Origin {
  state: string;
  name: string;
  note: string;
  tags: Record<string, string>;
}

/** See `Store.bringRun`. */
export function bringRun(db: Database, imported: ImportedRun, state: string): BroughtRun {
  return db.write(() => {
    const { run } = imported;
    const sql = "SELECT seq, source, deleted FROM runs WHERE id = ?";
    const known = db.get<{ seq: number; source: string; deleted: number | null }>(sql, run.id);
    const origin: Origin = { state, name: run.name, note: run.note, tags: run.tags };
    if (!known) {
      importRun(db, imported);
      saveOrigin(db, db.get<{ seq: number }>(sql, run.id)!.seq, origin);
      return "imported";
    }
    if (known.source !== "import") return "recorded";
    if (known.deleted !== null) return "deleted";
    const before = readOrigin(db, known.seq);
    if (before?.state === state) return "present";
    update(db, known.seq, imported, before);
    saveOrigin(db, known.seq, origin);
    touchRun(db, known.seq);
    return "updated";
  });
}

/** See `Store.broughtState`. */
export function broughtState(db: Database, id: string): string | null {
  return db.read(() => {
    const row = db.get<{ seq: number }>("SELECT seq FROM runs WHERE id = ? AND source = 'import'", id);
    return (row && readOrigin(db, row.seq)?.state) ?? null;
  });
}

/** All is as it is there now, except for what somebody has changed here. */
function update(db: Database, seq: number, { run, series }: ImportedRun, before: Origin | undefined): void {
  db.run(
    `UPDATE runs SET status = ?, exit_code = ?, signal = ?, start_time = ?, end_time = ?, command = ?, script = ?, parent = ?,
      log_size = ?, code = ?, name = iif(name = ?, ?, name), note = iif(note = ?, ?, note) WHERE seq = ?`,
    run.status,
    run.exitCode,
    run.signal,
    run.startTime,
    run.endTime,
    JSON.stringify(run.command),
    run.script,
    run.parent,
    run.logSize,
    JSON.stringify(run.snapshot.code),
    before?.name ?? run.name,
    run.name,
    before?.note ?? run.note,
    run.note,
    seq,
  );
  for (const table of ["params", "gaps", "warnings", "metrics"]) db.run(`DELETE FROM ${table} WHERE run = ?`, seq);
  db.run("DELETE FROM files WHERE run = ? AND kind IN ('artifact', 'config')", seq);
  updateTags(db, seq, run.tags, before?.tags ?? {});
  const { params, gaps, warnings, artifacts } = run;
  const { config, environment } = run.snapshot;
  applyBatch(db, seq, { params, gaps, warnings, artifacts, config, environment: environment ?? undefined });
  importSeries(db, seq, series);
}

/** What changed there since, and no other: a tag that was changed here stays as it is. */
function updateTags(db: Database, seq: number, now: Record<string, string>, before: Record<string, string>): void {
  const value = new Map(Object.entries(now));
  const old = new Map(Object.entries(before));
  for (const key of new Set([...value.keys(), ...old.keys()])) {
    if (value.get(key) !== old.get(key)) setTag(db, seq, key, value.get(key) ?? null);
  }
}

function saveOrigin(db: Database, seq: number, origin: Origin): void {
  const sql = "INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT DO UPDATE SET content = excluded.content";
  db.run(sql, seq, JSON.stringify({ origin }));
}

function readOrigin(db: Database, seq: number): Origin | undefined {
  const row = db.get<{ content: string }>("SELECT content FROM checkpoints WHERE run = ?", seq);
  return row && (JSON.parse(row.content) as { origin?: Origin }).origin;
}
