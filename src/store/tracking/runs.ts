/** Runs that clients ask for, change and delete. */
import type { NewRun } from "../contract";
import type { Database } from "../database";
import { renameRun } from "../edits";
import { processIdentity } from "../process";
import type { Recorders } from "../recorders";
import { touchRun } from "../revision";
import { isGoing, needActiveRun, needRun, readClientRun, setOwnStatus, toTrackedRun } from "./clientRun";
import type { ClientStatus, NewTrackedRun, TrackedRun } from "./contract";
import { deleteClientRun, restoreClientRun } from "./deletion";
import { need, secureDefault } from "./experiments";
import { writeTags } from "./log";
import { Refusal } from "./refusal";

/** See `TrackingStore.createRun`. What made it is what the client says of itself. */
export function createClientRun(db: Database, recorders: Recorders, run: NewTrackedRun): string {
  const script = run.tags["mlflow.source.name"];
  const newRun: NewRun = {
    experiment: needActiveExperiment(db, run.experiment),
    name: run.name ?? undefined,
    command: script ? [script] : [],
    cwd: "",
    script: null,
    parent: run.parent,
    startTime: run.startTime,
    recorder: processIdentity(),
    source: "mlflow",
  };
  return recorders.create(newRun, (id) => addClient(db, id, run, true));
}

/** See `TrackingStore.adoptRun`. */
export function adoptRun(db: Database, id: string, run: NewTrackedRun): void {
  db.write(() => {
    needActiveExperiment(db, run.experiment);
    needRun(db, id);
    if (run.name !== null) renameRun(db, id, run.name);
    addClient(db, id, run, false);
  });
}

function needActiveExperiment(db: Database, id: number): string {
  if (id === 0) secureDefault(db);
  const { name, deleted } = need(db, id);
  if (deleted === null) return name;
  const state = `The experiment ${id} must be in the 'active' state. Current state is deleted.`;
  throw new Refusal("INVALID_PARAMETER_VALUE", state);
}

function addClient(db: Database, id: string, run: NewTrackedRun, owned: boolean): void {
  const { seq } = readClientRun(db, id)!;
  db.run(
    `INSERT OR REPLACE INTO client_runs (run, owned, experiment, user, status, start_time, request)
    VALUES (?, ?, ?, ?, 'RUNNING', ?, ?)`,
    seq,
    owned ? 1 : 0,
    run.experiment,
    run.user,
    run.startTime,
    run.request ?? null,
  );
  const sql = "UPDATE runs SET asked_experiment = ?, asked_start = ? WHERE seq = ?";
  db.run(sql, run.experiment, run.startTime, seq);
  writeTags(db, seq, Object.entries(run.tags));
  touchRun(db, seq);
}

export function unansweredRuns(db: Database, request: string): string[] {
  const sql = "SELECT r.id FROM client_runs c JOIN runs r ON r.seq = c.run WHERE c.request = ? ORDER BY c.run";
  return db.read(() => db.all<{ id: string }>(sql, request)).map(({ id }) => id);
}

export function setAnswered(db: Database, id: string): void {
  const sql = "UPDATE client_runs SET request = NULL WHERE run = (SELECT seq FROM runs WHERE id = ?)";
  db.write(() => db.run(sql, id));
}

export function clientRun(db: Database, id: string): TrackedRun | null {
  const row = db.read(() => readClientRun(db, id));
  return row ? toTrackedRun(row) : null;
}

/**
 * See `TrackingStore.updateRun`. The status of a run that its client owns is the store's too: it may begin anew, as MLflow's
 * runs do when they are resumed.
 */
export function updateRun(
  db: Database,
  recorders: Recorders,
  id: string,
  change: { status?: ClientStatus; endTime?: number; name?: string },
): TrackedRun {
  const { status, endTime, name } = change;
  const run = db.write(() => {
    const row = needActiveRun(db, id);
    if (name) renameRun(db, id, name);
    if (row.owned !== null) {
      const sql = "UPDATE client_runs SET status = coalesce(?, status), end_time = coalesce(?, end_time) WHERE run = ?";
      db.run(sql, status ?? null, endTime ?? null, row.seq);
      if (row.owned === 1 && status) setOwnStatus(db, row.seq, status, endTime ?? Date.now());
      touchRun(db, row.seq);
    }
    return toTrackedRun(needRun(db, id));
  });
  if (status && !isGoing(status)) releaseOwned(db, recorders, id);
  return run;
}

/** The mark that the run's recorder lives is needed no more. That of an adopted run is its recorder's. */
function releaseOwned(db: Database, recorders: Recorders, id: string): void {
  if (readClientRun(db, id)?.owned === 1) recorders.release(id);
}

export function deleteRun(db: Database, id: string): void {
  db.write(() => deleteClientRun(db, needRun(db, id).seq));
}

export function restoreRun(db: Database, id: string): void {
  db.write(() => restoreClientRun(db, needRun(db, id).seq));
}
