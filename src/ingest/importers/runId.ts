/** Ids for runs of trackers that name theirs otherwise. */
import { createHash } from "node:crypto";
import { isRunId } from "../../domain/runId";

/** The same for the same parts; a single part that is a run's id already is taken as it is. */
export function importedId(...parts: [string, ...string[]]): string {
  const last = parts.at(-1)!;
  if (isRunId(last)) return last;
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
