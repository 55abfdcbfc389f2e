/** The store's jobs. */
import type { Database } from "../database";
import { nextRevision } from "../revision";
import { claimJob, endJob, moveJob, patchJob, putBack, requestCancel } from "./change";
import type { JobStore } from "./contract";
import { createJobs } from "./create";
import {
  activeJobs,
  countJobs,
  getJob,
  getJobs,
  jobChanges,
  jobOfRun,
  listJobs,
  queuedJobs,
  queuedTargets,
  resolveJob,
} from "./read";
import { followerOf, type JobRow } from "./row";

/** Stands for all targets: no target has this name. */
const ALL = "";

export function makeJobs(db: Database): JobStore {
  return {
    create: (job) => createJobs(db, [job])[0]!,
    createMany: (jobs) => createJobs(db, jobs),
    get: (id) => getJob(db, id),
    getMany: (ids) => getJobs(db, ids),
    resolve: (reference) => resolveJob(db, reference),
    ofRun: (run) => jobOfRun(db, run),
    list: (query) => listJobs(db, query),
    counts: () => countJobs(db),
    changesSince: (revision) => jobChanges(db, revision),
    queued: (target, limit) => queuedJobs(db, target, limit),
    queuedTargets: () => queuedTargets(db),
    active: () => activeJobs(db),
    move: (id, from, to, patch) => moveJob(db, id, from, to, patch),
    end: (id, outcome, patch) => endJob(db, id, outcome, patch),
    patch: (id, patch) => patchJob(db, id, patch),
    claim: (id, from, to) => claimJob(db, id, from, to),
    putBack: (id) => putBack(db, id),
    follower(id) {
      const row = db.get<JobRow>("SELECT * FROM jobs WHERE id = ?", id);
      return row ? followerOf(row) : null;
    },
    requestCancel: (id, reason) => requestCancel(db, id, reason),
    setPaused(target, paused) {
      const sql = paused ? "INSERT OR IGNORE INTO paused VALUES (?)" : "DELETE FROM paused WHERE target = ?";
      db.write(() => {
        if (db.run(sql, target ?? ALL) > 0) nextRevision(db);
      });
    },
    paused: () =>
      db
        .all<{ target: string }>("SELECT target FROM paused ORDER BY target")
        .map(({ target }) => (target === ALL ? null : target)),
  };
}
