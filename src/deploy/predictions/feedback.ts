/** What is told of predictions later: what turned out to be right, and what was done. */
import { existsSync } from "node:fs";
import type { Feedback } from "../../domain/prediction";
import type { Database, Value } from "../../store/database";
import { openFile } from "../../store/openFile";
import { filesWith } from "./read";

/**
 * Writes each to the prediction of its id, those of one file at once. Gives the ids that the log does not have (any more). Throws
 * UserError when the disk refuses.
 */
export function keepFeedback(folder: string, feedback: readonly Feedback[], now = Date.now()): string[] {
  let left = feedback.map((one) => ({ one, files: filesWith(folder, one.id).map(({ path }) => path) }));
  // Most are in the first file that their id speaks of; the rest are looked for in the next ones.
  while (left.some(({ files }) => files.length > 0)) {
    const file = left.find(({ files }) => files.length > 0)!.files[0]!;
    const here = left.filter(({ files }) => files[0] === file);
    const kept = new Set(
      writeAll(
        file,
        here.map(({ one }) => one),
        now,
      ),
    );
    left = left
      .filter(({ one }) => !kept.has(one))
      .map((entry) => (entry.files[0] === file ? { ...entry, files: entry.files.slice(1) } : entry));
  }
  return left.map(({ one }) => one.id);
}

/** Those that the file has. */
function writeAll(path: string, feedback: readonly Feedback[], now: number): Feedback[] {
  if (!existsSync(path)) return [];
  const db = openFile(path, false);
  try {
    return db.write(() => feedback.filter((one) => write(db, one, now)));
  } finally {
    db.close();
  }
}

function write(db: Database, { id, label, action }: Feedback, now: number): boolean {
  const sets: string[] = [];
  const values: Value[] = [];
  if (label !== undefined) {
    sets.push("label = ?", "labelled = ?");
    values.push(JSON.stringify(label), now);
  }
  if (action !== undefined) {
    sets.push("action = ?");
    values.push(action);
  }
  if (sets.length === 0) return false;
  return db.run(`UPDATE predictions SET ${sets.join(", ")} WHERE id = ?`, ...values, id) > 0;
}
