/** From what a person types to a run. */
import { UserError } from "../domain/errors";
import type { Database } from "./database";

interface Candidate {
  id: string;
  name: string;
  start_time: number;
}

/** As many candidates are named. */
const SHOWN = 5;

/** See the contract. */
export function resolveRun(db: Database, reference: string, options: { deleted?: boolean } = {}): string {
  const live = options.deleted ? "deleted IS NOT NULL" : "deleted IS NULL";
  const find = (condition: string, ...values: (string | number)[]) =>
    db.all<Candidate>(
      `SELECT id, name, start_time FROM runs WHERE ${live} AND ${condition} ORDER BY start_time DESC, seq DESC LIMIT 50`,
      ...values,
    );
  return db.read(() => {
    const typed = reference.trim();
    if (typed === "latest") {
      const latest = find("1");
      if (latest.length > 0) return latest[0]!.id;
      throw new UserError("No runs have been recorded here yet. Record one with `modeltrail run`.");
    }
    const named = find("name = ?", typed);
    const hex = typed.toLowerCase();
    // A range, not LIKE, so that the index on ids is used; "g" follows all hex digits.
    const found =
      named.length > 0 || !/^[0-9a-f]{4,32}$/.test(hex) ? named : find("id >= ? AND id < ?", hex, `${hex}g`);
    if (found.length === 1) return found[0]!.id;
    throw found.length > 1 ? ambiguous(typed, found) : notFound(db, typed, options.deleted ?? false);
  });
}

function ambiguous(reference: string, found: Candidate[]): UserError {
  const lines = found.slice(0, SHOWN).map((run) => {
    const start = new Date(run.start_time).toISOString().replace("T", " ").slice(0, 19);
    return `  ${run.id}  ${run.name}  started ${start} UTC`;
  });
  if (found.length > SHOWN) lines.push(`  and ${found.length === 50 ? "many" : found.length - SHOWN} more`);
  return new UserError(`"${reference}" means several runs. Give the id of one:\n${lines.join("\n")}`);
}

function notFound(db: Database, reference: string, deleted: boolean): UserError {
  if (deleted) return new UserError(`No deleted run fits "${reference}".`);
  const sql = "SELECT id FROM runs WHERE deleted IS NOT NULL AND ? IN (name, id) LIMIT 1";
  const gone = db.get<{ id: string }>(sql, reference);
  if (gone)
    return new UserError(
      `The run "${reference}" was deleted. Bring it back with \`modeltrail restore-run ${gone.id}\`.`,
    );
  return new UserError(`No run fits "${reference}". List the runs with \`modeltrail ls\`.`);
}
