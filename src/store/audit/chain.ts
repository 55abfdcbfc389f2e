/** How entries of the audit log hang together, and whether they do. Pure functions over entries: an export can be checked too. */
import { createHash } from "node:crypto";
import type { AuditEntry } from "../../domain/audit";
import { canonicalJson } from "../../domain/canonicalJson";

/** What the first entry has in place of the hash of the one before. */
export const NO_HASH = "0".repeat(64);

/** SHA-256 over the canonical JSON of all of the entry but its hash. */
export function hashOf(entry: Omit<AuditEntry, "hash">): string {
  const { sequence, time, actor, machine, through, action, subject, reason, evidence, previous } = entry;
  const content = { sequence, time, actor, machine, through, action, subject, reason, evidence, previous };
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

export interface ChainProblem {
  /** Of the first entry that does not fit. */
  sequence: number;
  problem: string;
}

export interface ChainCheck {
  /** Entries so far. */
  entries: number;
  head: string;
  /** Says what is wrong with the chain up to and with this entry; null: nothing. Not to be called again after that. */
  next(entry: AuditEntry): ChainProblem | null;
}

/** Looks at entries one after the other, the oldest first. */
export function checkChain(): ChainCheck {
  let last: Pick<AuditEntry, "sequence" | "hash"> = { sequence: 0, hash: NO_HASH };
  let entries = 0;
  return {
    get entries() {
      return entries;
    },
    get head() {
      return last.hash;
    },
    next(entry) {
      const problem = problemOf(entry, last);
      if (problem === null) {
        last = entry;
        entries++;
      }
      return problem;
    },
  };
}

function problemOf(entry: AuditEntry, last: Pick<AuditEntry, "sequence" | "hash">): ChainProblem | null {
  const { sequence } = entry;
  const due = last.sequence + 1;
  if (sequence > due) return { sequence: due, problem: missing(due, sequence - 1) };
  if (sequence < due) return { sequence, problem: `Entry ${sequence} comes after entry ${last.sequence}.` };
  if (hashOf(entry) !== entry.hash) return { sequence, problem: displaced(entry) ?? `Entry ${sequence} was changed.` };
  if (entry.previous !== last.hash) {
    const before = sequence === 1 ? "an entry before it" : `another entry ${last.sequence} than the one that is there`;
    return { sequence, problem: `Entry ${sequence} follows on ${before}.` };
  }
  return null;
}

export function missing(from: number, to: number): string {
  return from === to ? `Entry ${from} is missing.` : `Entries ${from} to ${to} are missing.`;
}

/** How far an entry is looked for from where it belonged. */
const FAR = 1_000;

/** An entry that is whole but for its number was put in another place. */
function displaced(entry: AuditEntry): string | null {
  for (let distance = 1; distance <= FAR; distance++) {
    for (const sequence of [entry.sequence - distance, entry.sequence + distance]) {
      if (sequence < 1 || hashOf({ ...entry, sequence }) !== entry.hash) continue;
      return `What is at place ${entry.sequence} is entry ${sequence}: they are out of order.`;
    }
  }
  return null;
}
