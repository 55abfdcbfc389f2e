/** Who did what to models and deployments, when and on what evidence: a chain in which each entry holds the hash of the one before. */
import * as z from "zod/mini";

export const AuditEntry = z.object({
  /** From 1, without holes. */
  sequence: z.int(),
  /** Ms since the epoch. */
  time: z.number(),
  /** As git knows the user ("Ada <ada@example.org>"), else the account's name; with the machine's name. */
  actor: z.string(),
  machine: z.string(),
  /** Who it was done through: "cli", "vscode", "mlflow" (the endpoint), "trigger". */
  through: z.string(),
  /** What was done: "version.register", "alias.set", "gate.override", "deploy", "rollback". */
  action: z.string(),
  /** What it was done to: "models/wine/3", "deployments/wine". */
  subject: z.string(),
  /** Why, in the words of who did it. */
  reason: z.nullable(z.string()),
  /** What it was decided on: results of gates, metrics, hashes, what was before and after. JSON, without secrets. */
  evidence: z.record(z.string(), z.unknown()),
  /** The hash of the entry before, 64 hexadecimal digits; zeros for the first. */
  previous: z.string(),
  /** SHA-256 over the canonical JSON (RFC 8785) of all the above. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export type NewAuditEntry = Pick<AuditEntry, "action" | "subject"> & Partial<Pick<AuditEntry, "reason" | "evidence">>;

/** What entries about a model of the registry, or a version of it, name as their subject. */
export function modelSubject(name: string, version?: number): string {
  return version === undefined ? `models/${name}` : `models/${name}/${version}`;
}
