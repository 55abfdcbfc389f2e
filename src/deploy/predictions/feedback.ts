/** What is told of predictions later: what turned out to be right, and what was done. */
import { existsSync } from "node:fs";
import type { Feedback } from "../../domain/prediction";
import type { Value } from "../../store/database";
import { openFile } from "../../store/openFile";
import { filesWith } from "./read";

/** Writes it to the prediction of that id. False: the log does not have it (any more). Throws UserError when the disk refuses. */
export function keepFeedback(folder: string, { id, label, action }: Feedback, now = Date.now()): boolean {
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
  for (const { path } of filesWith(folder, id)) {
    if (!existsSync(path)) continue;
    const db = openFile(path, false);
    try {
      if (db.write(() => db.run(`UPDATE predictions SET ${sets.join(", ")} WHERE id = ?`, ...values, id)) > 0)
        return true;
    } finally {
      db.close();
    }
  }
  return false;
}
