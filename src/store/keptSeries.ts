/** Series as the last large batch of a run left them, so that the next one need not read a thousand rows again. */
import type { Database } from "./database";
import type { Series } from "./metrics";

interface Kept {
  run: number;
  /** What the run is stamped with by the write that left the series so. */
  revision: number;
  rollbacks: number;
  /** By key. */
  series: Map<number, Series>;
}

const kept = new WeakMap<Database, Kept>();

/** Those that are known to be still so, by key; none where anybody has changed the run since. Inside a write only. */
export function keptSeries(db: Database, run: number): Map<number, Series> {
  const last = kept.get(db);
  // A stamp is given once, and who changes a run's metrics stamps it: nothing was changed while it is there.
  const isSame = last?.run === run && last.rollbacks === db.rollbacks && last.revision === revisionOf(db, run);
  return isSame ? last.series : new Map();
}

/** To be called in the write that changed them, before the run is stamped (`touchRun`). */
export function keep(db: Database, run: number, series: Map<number, Series>): void {
  const { revision } = db.get<{ revision: number }>("SELECT revision FROM state")!;
  kept.set(db, { run, revision: revision + 1, rollbacks: db.rollbacks, series });
}

/** To be called by all else that changes series of a run: it may be in the same write, and so under the same stamp. */
export function forget(db: Database): void {
  kept.delete(db);
}

function revisionOf(db: Database, run: number): number {
  return db.get<{ revision: number }>("SELECT revision FROM runs WHERE seq = ?", run)!.revision;
}
