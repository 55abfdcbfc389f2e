/** Word that a process is putting objects which no run names yet: see freeing.ts. */
import type { Database } from "./database";
import { processIdentity, processState } from "./process";

export interface Leases {
  /** Gives the function that ends the lease. */
  take(): () => void;
  releaseAll(): void;
}

/** Whether any lease is held that began in this epoch or before. Those of dead processes are ended. Inside a write only. */
export function isLeaseHeld(db: Database, epoch = Number.MAX_SAFE_INTEGER): boolean {
  const leases = db.all<{ id: number; pid: number; start: string; host: string }>(
    "SELECT id, pid, start, host FROM leases WHERE epoch <= ?",
    epoch,
  );
  const dead = leases.filter(({ pid, start, host }) => processState({ pid, startToken: start, host }) === "dead");
  for (const { id } of dead) db.run("DELETE FROM leases WHERE id = ?", id);
  return leases.length > dead.length;
}

export function makeLeases(db: Database): Leases {
  const held = new Set<number>();

  function release(id: number): void {
    if (held.delete(id)) db.write(() => db.run("DELETE FROM leases WHERE id = ?", id));
  }

  return {
    take() {
      const { pid, startToken, host } = processIdentity();
      const sql = `INSERT INTO leases (epoch, pid, start, host) SELECT epoch, ?, ?, ? FROM state RETURNING id`;
      const { id } = db.write(() => db.get<{ id: number }>(sql, pid, startToken, host)!);
      held.add(id);
      return () => release(id);
    },
    releaseAll() {
      for (const id of [...held]) release(id);
    },
  };
}
