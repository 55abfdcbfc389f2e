/** What a change of the registry works with: the audit log tells of each in the same transaction. */
import type { AuditStore } from "../audit/contract";
import type { Database } from "../database";

export interface RegistryWriter {
  db: Database;
  audit: Pick<AuditStore, "act">;
}
