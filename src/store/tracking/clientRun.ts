/** A run as its client sees it: the store's row, and beside it what the client said itself. */
import type { RunStatus } from "../../domain/run";
import type { Database } from "../database";
import { processIdentity } from "../process";
import type { ClientStatus, TrackedRun } from "./contract";
import { deleteWhenEnded } from "./deletion";
import { Refusal } from "./refusal";

/** Tables of a client's run; `r`, `c` (may be missing) and `e` for what a condition wants. `r` is walked, the others looked up. */
export const CLIENT_RUNS = `runs r LEFT JOIN client_runs c ON c.run = r.seq
  CROSS JOIN experiments e ON e.id = coalesce(c.experiment, r.experiment)`;

const COLUMNS = `r.seq, r.id, r.name, r.note, e.id AS experiment, e.artifact_location, r.status, r.start_time, r.end_time,
  coalesce(c.deleted, r.deleted) AS deleted, c.owned, c.user, c.status AS client_status, c.start_time AS client_start,
  c.end_time AS client_end`;

export interface ClientRunRow {
  seq: number;
  id: string;
  name: string;
  note: string;
  experiment: number;
  artifact_location: string | null;
  status: RunStatus;
  start_time: number;
  end_time: number | null;
  deleted: number | null;
  /** Null: no client asked for this run. */
  owned: number | null;
  user: string | null;
  client_status: ClientStatus | null;
  client_start: number | null;
  client_end: number | null;
}

export function readClientRun(db: Database, id: string): ClientRunRow | undefined {
  return db.get<ClientRunRow>(`SELECT ${COLUMNS} FROM ${CLIENT_RUNS} WHERE r.id = ?`, id);
}

export function readClientRuns(db: Database, ids: readonly string[]): ClientRunRow[] {
  const sql = `SELECT ${COLUMNS} FROM ${CLIENT_RUNS} WHERE r.id IN (SELECT value FROM json_each(?))`;
  return db.all<ClientRunRow>(sql, JSON.stringify(ids));
}

/** Throws Refusal when there is no such run. */
export function needRun(db: Database, id: string): ClientRunRow {
  const row = readClientRun(db, id);
  if (!row) throw new Refusal("RESOURCE_DOES_NOT_EXIST", `Run with id=${id} not found`);
  return row;
}

/** Throws Refusal also when the run is deleted. */
export function needActiveRun(db: Database, id: string): ClientRunRow {
  const row = needRun(db, id);
  if (row.deleted === null) return row;
  const state = `The run ${id} must be in the 'active' state. Current state is deleted.`;
  throw new Refusal("INVALID_PARAMETER_VALUE", state);
}

export function toTrackedRun(row: ClientRunRow): TrackedRun {
  const own = speaksForItself(row);
  return {
    id: row.id,
    name: row.name,
    experiment: row.experiment,
    artifactLocation: row.artifact_location,
    user: row.user ?? "",
    status: own ? row.client_status! : CLIENT_STATUS[row.status],
    startTime: row.client_start ?? row.start_time,
    endTime: own ? row.client_end : row.end_time,
    deleted: row.deleted !== null,
    asked: row.owned !== null,
    owned: row.owned === 1,
  };
}

/** What the client says of the run's end is shown to it, unless it never said that the run is over and it is. */
function speaksForItself({ client_status, status }: ClientRunRow): boolean {
  if (client_status === null) return false;
  return status === "running" || !isGoing(client_status);
}

export function isGoing(status: ClientStatus): boolean {
  return status === "RUNNING" || status === "SCHEDULED";
}

export const CLIENT_STATUS: Record<RunStatus, ClientStatus> = {
  running: "RUNNING",
  finished: "FINISHED",
  failed: "FAILED",
  killed: "KILLED",
  lost: "KILLED",
};

const OUR_STATUS: Record<ClientStatus, RunStatus> = {
  RUNNING: "running",
  SCHEDULED: "running",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "killed",
};

/** Gives a run that its client owns the status that the client says; `endTime` for one that is over. Inside a write only. */
export function setOwnStatus(db: Database, seq: number, status: ClientStatus, endTime: number): void {
  const end = isGoing(status) ? null : endTime;
  const { host, pid, startToken } = processIdentity();
  db.run(
    `UPDATE runs SET status = ?, end_time = ?, recorder_pid = ?, recorder_start = ?, recorder_host = ? WHERE seq = ?`,
    OUR_STATUS[status],
    end,
    pid,
    startToken,
    host,
    seq,
  );
  if (end !== null) deleteWhenEnded(db, seq);
}
