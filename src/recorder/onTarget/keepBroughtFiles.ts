/** Artifacts that a run on a target has logged by their paths there. */
import { statSync } from "node:fs";
import type { KeptFiles, LoggedFile } from "../../ingest/api";
import { displayPath, fsPath } from "../../ingest/spoolPath";
import type { DataHasher } from "../../snapshot/data";
import { keepLoggedFiles } from "../loggedFiles";

/** Not all ways to bring files keep times to the nanosecond. */
const TICK_NS = 1_000_000_000n;

interface Brought {
  hasher: DataHasher;
  /** Where a path of the target's is here; null: it was not brought. */
  toStage(path: string): string | null;
  target: string;
}

/** What was not brought, or is not what it was when it was logged, is a gap. */
export async function keepBroughtFiles(
  logged: readonly LoggedFile[],
  { hasher, toStage, target }: Brought,
): Promise<KeptFiles> {
  const here: LoggedFile[] = [];
  const gaps: KeptFiles["gaps"] = [];
  for (const file of logged) {
    const path = toStage(file.path);
    if (path !== null) here.push({ ...file, path, mtimeNs: nearTime(path, file.mtimeNs) });
    else {
      const name = displayPath(file.path);
      const message = `${name} was logged on ${target} and lies outside of the project, so it was not brought.`;
      gaps.push({ kind: "missing", path: name, message });
    }
  }
  const kept = await keepLoggedFiles(hasher, here);
  return { artifacts: kept.artifacts, gaps: [...gaps, ...kept.gaps] };
}

/** The file's own time here where it means the same as `mtimeNs`, its time there. */
function nearTime(path: string, mtimeNs: string): string {
  const now = statSync(fsPath(path), { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  if (now === undefined) return mtimeNs;
  const difference = now - BigInt(mtimeNs);
  return difference < TICK_NS && difference > -TICK_NS ? String(now) : mtimeNs;
}
