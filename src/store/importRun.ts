/** Adding a run that was recorded elsewhere. */
import { appendChunks } from "./chunks";
import { type Columns, concatColumns } from "./columns";
import type { ImportedRun, ImportedSeries, RunDatasetVersion } from "./contract";
import type { Database } from "./database";
import { applyBatch } from "./ingest";
import { newSeries, type Series, summarise, writeSeries } from "./metrics";
import { nameId } from "./names";
import { touchRepeatsOf } from "./repeats";
import { nextRevision } from "./revision";
import { experimentId } from "./runs";

/** See `Store.importRun`. */
export function importRun(db: Database, { run, datasetKinds = {}, series, cells }: ImportedRun): boolean {
  if (run.status === "running") throw new Error(`The run ${run.id} is running and cannot be imported.`);
  return db.write(() => {
    if (db.get("SELECT 1 FROM runs WHERE id = ?", run.id)) return false;
    const { code, data, config, environment, datasets } = run.snapshot;
    const { seq } = db.get<{ seq: number }>(
      `INSERT INTO runs (id, name, experiment, status, exit_code, signal, start_time, end_time, command, cwd, script, note,
        parent, source, log_size, revision, written, recorder_pid, recorder_start, recorder_host, code, pinned, inputs)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'import', ?, ?, ?, 0, '', '', ?, ?, ?) RETURNING seq`,
      run.id,
      run.name,
      experimentId(db, run.experiment),
      run.status,
      run.exitCode,
      run.signal,
      run.startTime,
      run.endTime,
      JSON.stringify(run.command),
      run.cwd,
      run.script,
      run.note,
      run.parent,
      run.logSize,
      nextRevision(db),
      Date.now(),
      JSON.stringify(code),
      run.pinned ? 1 : 0,
      run.inputs === null ? null : Buffer.from(run.inputs, "hex"),
    )!;
    const kinds = new Map(Object.entries(datasetKinds));
    applyBatch(db, seq, {
      params: run.params,
      tags: run.tags,
      data,
      config,
      artifacts: run.artifacts,
      cells,
      datasets: datasets.map((one): RunDatasetVersion => ({ ...one, kind: kinds.get(one.name) ?? "read" })),
      gaps: run.gaps,
      warnings: run.warnings,
      environment: environment ?? undefined,
    });
    importSeries(db, seq, series);
    touchRepeatsOf(db, [seq]);
    return true;
  });
}

/** A series of an ended run is settled: its points are taken as they are. Inside a write only. */
export function importSeries(db: Database, run: number, pieces: Iterable<ImportedSeries>): void {
  const known = new Map<number, Series>();
  for (const { key, sources, steps, times, values } of pieces) {
    const id = nameId(db, key);
    const series = known.get(id) ?? newSeries(db);
    known.set(id, series);
    for (const source of sources.map((name) => nameId(db, name))) {
      if (!series.sources.includes(source)) series.sources.push(source);
    }
    const columns: Columns = concatColumns([{ steps, times, values }]);
    // Which of the sources gave a point is not known any more; it only decides what replaces what in a run that goes on.
    if (steps.length > 0) appendChunks(db, series.series, series.sources[0] ?? nameId(db, "import"), columns);
  }
  for (const [key, series] of known) {
    summarise(db, series);
    if (series.count > 0) writeSeries(db, run, key, series);
  }
}
