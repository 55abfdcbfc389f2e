/** The audit log: entries are added and read, never changed. */
import type { AuditEntry, NewAuditEntry } from "../../domain/audit";

export interface AuditQuery {
  /** Of this subject and what is below it: "models/wine" finds "models/wine/3". */
  subject?: string;
  /** Actions, or beginnings of them with a dot at the end: "gate.". */
  actions?: readonly string[];
  /** Default 100; at most 10,000. */
  limit?: number;
  /** Entries before this sequence number. */
  before?: number;
}

export type AuditVerdict =
  | { intact: true; entries: number; head: string }
  /** The first entry that does not fit, and how: changed, missing, out of order, not the head that was asked for. */
  | { intact: false; entries: number; sequence: number; problem: string };

export interface AuditStore {
  /** In the same transaction as what it tells of, when called within one. Values that look like secrets are masked. */
  add(entry: NewAuditEntry): AuditEntry;
  /**
   * Carries out `body` and adds what `entry` says of it, both or neither; null: there is nothing to tell. `body` is called again
   * when another process was in the way, so it changes nothing but the database.
   */
  act<T>(body: () => T, entry: (result: T) => NewAuditEntry | null): T;
  /** What is added within `body`, which is not async, was done through this: "mlflow". */
  through<T>(name: string, body: () => T): T;
  /** Who entries of this process name: see AuditEntry. */
  actor(): string;
  /** The newest first. */
  list(query: AuditQuery): AuditEntry[];
  /** The newest entry; null when there is none. Costs one look. */
  head(): Pick<AuditEntry, "sequence" | "hash"> | null;
  /** Reads the whole chain. `head`: a hash noted earlier, which must still be in it. */
  verify(head?: string): AuditVerdict;
  /** Oldest first, a page at a time, for export. */
  after(sequence: number, limit: number): AuditEntry[];
}
