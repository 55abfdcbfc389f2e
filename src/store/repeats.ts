/** Runs with equal inputs: which they are, and keeping readers told of them. */
import type { RunSummary } from "../domain/run";
import type { Database } from "./database";
import { nextRevision } from "./revision";
import { seqOf } from "./runs";

/** Of very many repeats, the latest are marked: the others are seldom looked at, and a run's end is not to take long. */
const MOST_MARKED = 200;

/** Runs came or went: marks their repeats as changed, since each shows how many there are. Inside a write only. */
export function touchRepeatsOf(db: Database, seqs: readonly number[]): void {
  const groups = db.all<{ inputs: Uint8Array }>(
    "SELECT DISTINCT inputs FROM runs WHERE seq IN (SELECT value FROM json_each(?)) AND inputs IS NOT NULL",
    JSON.stringify(seqs),
  );
  for (const { inputs } of groups) {
    db.run(
      `UPDATE runs SET revision = ? WHERE seq IN (SELECT seq FROM runs WHERE inputs = ? AND deleted IS NULL
        ORDER BY start_time DESC LIMIT ${MOST_MARKED})`,
      nextRevision(db),
      inputs,
    );
  }
}

/** See `Store.setInputs`. */
export function setInputs(db: Database, id: string, sha256: string | null): void {
  db.write(() => {
    const seq = seqOf(db, id);
    touchRepeatsOf(db, [seq]);
    db.run(
      "UPDATE runs SET inputs = ?, revision = ? WHERE seq = ?",
      sha256 === null ? null : Buffer.from(sha256, "hex"),
      nextRevision(db),
      seq,
    );
    touchRepeatsOf(db, [seq]);
  });
}

/** See `Store.listRepeats`. */
export function listRepeats(db: Database, inputs: string): string[] {
  const sql = "SELECT id FROM runs WHERE inputs = ? AND deleted IS NULL ORDER BY start_time, seq";
  return db.read(() => db.all<{ id: string }>(sql, Buffer.from(inputs, "hex"))).map(({ id }) => id);
}

/** What the condition "is a repeat of an earlier run" is in SQL, of table `runs r`. */
export const IS_REPEAT = `EXISTS (SELECT 1 FROM runs e WHERE e.inputs = r.inputs AND e.deleted IS NULL
  AND (e.start_time, e.seq) < (r.start_time, r.seq))`;

/** Completes summaries whose `inputs` are there. `deleted`: which of them are, by id. Inside a read only. */
export function addRepeats(db: Database, runs: Iterable<RunSummary>, deleted: ReadonlySet<string>): void {
  const known = [...runs].filter((run) => run.inputs !== null);
  if (known.length === 0) return;
  // Once for each inputs, not for each run: ten thousand may have the same.
  const rows = db.all<{ inputs: Uint8Array; count: number; first: string }>(
    `SELECT inputs, count(*) AS count, (SELECT id FROM runs f WHERE f.inputs = r.inputs AND f.deleted IS NULL
      ORDER BY f.start_time, f.seq LIMIT 1) AS first
    FROM runs r WHERE inputs IN (SELECT unhex(value) FROM json_each(?)) AND deleted IS NULL GROUP BY inputs`,
    JSON.stringify([...new Set(known.map((run) => run.inputs))]),
  );
  const groups = new Map(rows.map((row) => [Buffer.from(row.inputs).toString("hex"), row]));
  for (const run of known) {
    const group = groups.get(run.inputs!);
    if (!group) continue;
    run.repeatOf = group.first === run.id ? null : group.first;
    run.repeats = group.count + (deleted.has(run.id) ? 1 : 0);
  }
}
