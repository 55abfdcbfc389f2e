/** The store's audit log. The database itself refuses to change or delete its rows: see schema.ts. */
import { hostname } from "node:os";
import type { AuditEntry, NewAuditEntry } from "../../domain/audit";
import type { Database, Value } from "../database";
import { nextRevision } from "../revision";
import { actorIn } from "./actor";
import { checkChain, hashOf, missing, NO_HASH } from "./chain";
import type { AuditQuery, AuditStore, AuditVerdict } from "./contract";
import { cleanText, evidenceOf, writeEvidence } from "./evidence";

const MOST = 10_000;
/** Entries read at a time. */
const PAGE = 1_000;

interface Row extends Omit<AuditEntry, "evidence"> {
  evidence: string;
}

/** `root`: where git is asked who acts; `through`: see AuditEntry. */
export function makeAudit(db: Database, root: string, through: string): AuditStore {
  let way = through;

  function add(entry: NewAuditEntry): AuditEntry {
    // Before the transaction, which others wait for.
    const actor = cleanText(actorIn(root));
    const content = {
      actor,
      machine: cleanText(hostname()),
      through: way,
      action: entry.action,
      subject: cleanText(entry.subject),
      reason: entry.reason == null ? null : cleanText(entry.reason),
      evidence: evidenceOf(entry.evidence ?? {}),
    };
    return db.write(() => append(db, content));
  }

  return {
    add,
    act(body, entry) {
      actorIn(root);
      return db.write(() => {
        const result = body();
        const told = entry(result);
        if (told) add(told);
        return result;
      });
    },
    through(name, body) {
      const before = way;
      way = name;
      try {
        return body();
      } finally {
        way = before;
      }
    },
    actor: () => cleanText(actorIn(root)),
    list: (query) => list(db, query),
    head: () => db.get<Row>("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") ?? null,
    verify: (head) => db.read(() => verify(db, head)),
    after: (sequence, limit) => after(db, sequence, Math.min(limit, MOST)),
  };
}

/** Inside a write. */
function append(db: Database, content: Omit<AuditEntry, "sequence" | "time" | "previous" | "hash">): AuditEntry {
  const last = db.get<{ hash: string }>("SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1");
  const sequence = highest(db) + 1;
  const entry = { sequence, time: Date.now(), ...content, previous: last?.hash ?? NO_HASH };
  const hash = hashOf(entry);
  db.run(
    `INSERT INTO audit (sequence, time, actor, machine, through, action, subject, reason, evidence, previous, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    entry.sequence,
    entry.time,
    entry.actor,
    entry.machine,
    entry.through,
    entry.action,
    entry.subject,
    entry.reason,
    writeEvidence(entry.evidence),
    entry.previous,
    hash,
  );
  nextRevision(db);
  return { ...entry, hash };
}

/** The highest number ever given: SQLite remembers it, so that entries cut off from the end are missed. */
function highest(db: Database): number {
  return db.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")?.seq ?? 0;
}

function list(db: Database, { subject, actions = [], limit = 100, before }: AuditQuery): AuditEntry[] {
  const conditions: string[] = [];
  const values: Value[] = [];
  if (subject !== undefined) {
    // "0" is the character after "/".
    conditions.push("(subject = ? OR (subject >= ? AND subject < ?))");
    values.push(subject, `${subject}/`, `${subject}0`);
  }
  if (actions.length > 0) {
    const ways = actions.map((action) => (action.endsWith(".") ? "substr(action, 1, length(?)) = ?" : "action = ?"));
    conditions.push(`(${ways.join(" OR ")})`);
    values.push(...actions.flatMap((action) => (action.endsWith(".") ? [action, action] : [action])));
  }
  if (before !== undefined) {
    conditions.push("sequence < ?");
    values.push(before);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  const sql = `SELECT * FROM audit ${where} ORDER BY sequence DESC LIMIT ?`;
  return db.all<Row>(sql, ...values, Math.min(limit, MOST)).map(toEntry);
}

function after(db: Database, sequence: number, limit: number): AuditEntry[] {
  const sql = "SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?";
  return db.all<Row>(sql, sequence, limit).map(toEntry);
}

function verify(db: Database, head: string | undefined): AuditVerdict {
  const before = db.get<{ count: number }>("SELECT count(*) AS count FROM audit WHERE sequence < 1")!.count;
  if (before > 0) return { intact: false, entries: 0, sequence: 0, problem: slippedIn(before) };
  const chain = checkChain();
  let found = head === undefined || head === NO_HASH;
  for (let last = 0; ; ) {
    const rows = db.all<Row>("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?", last, PAGE);
    for (const row of rows) {
      const wrong = chain.next(toEntry(row));
      if (wrong) return { intact: false, entries: chain.entries, ...wrong };
      if (row.hash === head) found = true;
    }
    if (rows.length < PAGE) break;
    last = rows.at(-1)!.sequence;
  }
  const { entries } = chain;
  const due = highest(db);
  if (due > entries) return { intact: false, entries, sequence: entries + 1, problem: missing(entries + 1, due) };
  if (found) return { intact: true, entries, head: chain.head };
  const problem = `The log does not contain ${head}: entries were cut off from its end, or all of it was replaced.`;
  return { intact: false, entries, sequence: entries, problem };
}

/** They are counted from 1. */
function slippedIn(count: number): string {
  return count === 1
    ? "An entry was slipped in before the first."
    : `${count} entries were slipped in before the first.`;
}

/** Evidence that is no JSON any more is shown as it is: it has been changed, which `verify` says. */
function toEntry({ evidence, ...row }: Row): AuditEntry {
  return { ...row, evidence: parseEvidence(evidence) };
}

function parseEvidence(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    // Other spellings of the same value count as changed: which of two equal names holds is for nobody to choose.
    if (writeEvidence(value) === text) return value;
  } catch {}
  return { unreadable: text };
}
