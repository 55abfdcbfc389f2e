/** Word that a process is putting objects which no run names yet: see freeing.ts. */
import type { Database } from "./database";
import { processIdentity } from "./process";

export interface Leases {
  /** Gives the function that ends the lease. */
  take(): () => void;
  releaseAll(): void;
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
