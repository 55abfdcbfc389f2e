/** How jobs change. Each change is one short transaction that looks at the state first, so that several processes can try. */
import type { JobOutcome, JobState } from "../../domain/job";
import type { ProcessIdentity } from "../contract";
import type { Database, Value } from "../database";
import { nextRevision } from "../revision";
import type { JobPatch } from "./contract";

/** See the contract. */
export function moveJob(
  db: Database,
  id: string,
  from: readonly JobState[],
  to: Exclude<JobState, "ended">,
  patch: JobPatch = {},
): boolean {
  // What it waited for is over.
  const begun = { reason: null, ...(to === "running" ? { started: Date.now() } : {}) };
  return change(db, id, "state IN (SELECT value FROM json_each(?))", [JSON.stringify(from)], {
    ...columns({ ...begun, ...patch }),
    state: to,
  });
}

export function endJob(db: Database, id: string, outcome: JobOutcome, patch: JobPatch = {}): boolean {
  return change(db, id, "state <> 'ended'", [], {
    ...columns({ ended: Date.now(), ...patch }),
    state: "ended",
    outcome,
    ...NO_FOLLOWER,
  });
}

export function patchJob(db: Database, id: string, patch: JobPatch): void {
  change(db, id, "state <> 'ended'", [], columns(patch));
}

const NO_FOLLOWER = { follower_pid: null, follower_start: null, follower_host: null };

export function claimJob(db: Database, id: string, from: ProcessIdentity | null, to: ProcessIdentity): boolean {
  const isFrom = from
    ? "follower_pid = ? AND follower_start = ? AND follower_host = ?"
    : "follower_pid IS NULL AND cancelling = 0";
  const values = from ? [from.pid, from.startToken, from.host] : [];
  return db.write(() => {
    const claimed = change(db, id, `state <> 'ended' AND ${isFrom}`, values, {
      follower_pid: to.pid,
      follower_start: to.startToken,
      follower_host: to.host,
    });
    if (claimed) change(db, id, "state = 'queued'", [], { state: "starting" });
    return claimed;
  });
}

export function putBack(db: Database, id: string): boolean {
  return change(db, id, "state = 'starting' AND run IS NULL AND cancelling = 0", [], {
    state: "queued",
    ...NO_FOLLOWER,
  });
}

export function requestCancel(db: Database, id: string, reason: string): boolean {
  return db.write(() => {
    // One that nobody has begun is over by this.
    const nobody = "state = 'queued' OR state = 'starting' AND run IS NULL AND follower_pid IS NULL";
    const over = { state: "ended", outcome: "refused", reason, ended: Date.now(), cancelling: 1 };
    if (change(db, id, `(${nobody})`, [], over)) return false;
    return change(db, id, "state <> 'ended'", [], { cancelling: 1, reason });
  });
}

/** The run has begun: its job is its own from now on. Inside a write only. */
export function beginJobRun(db: Database, id: string, run: string): void {
  change(db, id, "state <> 'ended'", [], { run });
}

/** The run has ended, and its job with it. Inside a write only. */
export function endJobOfRun(db: Database, run: string, outcome: JobOutcome, reason: string | null | undefined): void {
  const found = db.get<{ id: string }>("SELECT id FROM jobs WHERE run = ? AND state <> 'ended'", run);
  if (found) endJob(db, found.id, outcome, { reason });
}

/** Undefined: the column is left as it is. */
function columns(patch: JobPatch): Record<string, Value> {
  const { run, handle, reason, priority, limits, started, ended } = patch;
  const given: Record<string, Value | undefined> = {
    run,
    handle: handle === undefined ? undefined : JSON.stringify(handle),
    reason,
    priority,
    limits: limits && JSON.stringify(limits),
    started,
    ended,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** It begins once, and why it was cancelled stays its reason. */
const EXPRESSIONS: Record<string, string> = {
  started: "coalesce(started, ?)",
  reason: "coalesce(iif(cancelling = 1, reason, NULL), ?)",
};

/** Sets the columns of the job where `condition` holds; whether it did. */
function change(
  db: Database,
  id: string,
  condition: string,
  values: readonly Value[],
  set: Record<string, Value>,
): boolean {
  const names = Object.keys(set);
  if (names.length === 0) return false;
  return db.write(() => {
    // Looked at first: a revision that stands for nothing would wake every reader.
    const found = db.get(`SELECT 1 FROM jobs WHERE id = ? AND ${condition}`, id, ...values);
    if (!found) return false;
    const assignments = names.map((name) => `${name} = ${EXPRESSIONS[name] ?? "?"}`);
    const sql = `UPDATE jobs SET ${assignments.join(", ")}, revision = ? WHERE id = ?`;
    return db.run(sql, ...Object.values(set), nextRevision(db), id) > 0;
  });
}
