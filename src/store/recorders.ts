/** Which recorders live: this process's own say so with a lock, others are looked for. */
import { join } from "node:path";
import type { NewRun, ProcessIdentity, RunningRun } from "./contract";
import type { Database } from "./database";
import { runFolder } from "./folders";
import { holdLifeLock, isLifeLockHeld } from "./lifeLock";
import { hostToken, isThisBoot, type ProcessState, processState } from "./process";
import { claimRun, createRun, newRunId } from "./runs";

/** The locks of the runs that this process records, by run. */
export interface Recorders {
  /** `also` is done in the same transaction. */
  create(run: NewRun, also?: (id: string) => void): string;
  claim(id: string, from: ProcessIdentity, to: ProcessIdentity): boolean;
  state(run: RunningRun): ProcessState;
  /** The run has ended: its recorder need not be seen any more. */
  release(id: string): void;
  releaseAll(): void;
}

export function makeRecorders(db: Database, folder: string): Recorders {
  const held = new Map<string, () => void>();

  function hold(id: string, recorder: ProcessIdentity): void {
    if (held.has(id) || recorder.pid !== process.pid || recorder.host !== hostToken()) return;
    const release = holdLifeLock(runFolder(folder, id));
    if (release) held.set(id, release);
  }

  function release(id: string): void {
    held.get(id)?.();
    held.delete(id);
  }

  return {
    create(run, also) {
      const id = newRunId();
      // Before others can see the run.
      hold(id, run.recorder);
      try {
        db.write(() => {
          createRun(db, id, run);
          also?.(id);
        });
      } catch (error) {
        release(id);
        throw error;
      }
      return id;
    },
    claim(id, from, to) {
      if (!claimRun(db, id, from, to)) return false;
      hold(id, to);
      return true;
    },
    state({ id, recorder }) {
      const state = processState(recorder);
      if (state !== "unknown" || !isThisBoot(recorder.host)) return state;
      const alive = isLifeLockHeld(join(folder, "runs", id));
      return alive === null ? "unknown" : alive ? "alive" : "dead";
    },
    release,
    releaseAll() {
      for (const id of [...held.keys()]) release(id);
    },
  };
}
