/** The folders of a store. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunId } from "../domain/runId";

/** Makes the store folder, hidden from the user's git. Throws what the file system says. */
export function makeStoreFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
}

/** Folder of the run's log, spool and so on; made if absent. */
export function runFolder(folder: string, id: string): string {
  // The id becomes a path: nothing but an id may pass.
  if (!isRunId(id)) throw new Error(`"${id}" is no run's id.`);
  const path = join(folder, "runs", id);
  mkdirSync(path, { recursive: true });
  return path;
}
