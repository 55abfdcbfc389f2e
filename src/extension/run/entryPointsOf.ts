/** What can be started in a folder, looked for in a thread of its own. */
import type { EntryPoint, EntryPoints } from "../../targets/entryPoints/contract";
import type { Chores } from "../stores/chores";

export type EntryPointsOf = (folder: string) => Promise<EntryPoints>;

/** Several ask at the same moment: the task list, and the tasks in it. */
const FRESH_MS = 3_000;

export function createEntryPointsOf(chores: Pick<Chores, "quietly">): EntryPointsOf {
  const known = new Map<string, { at: number; points: Promise<EntryPoints> }>();
  return (folder) => {
    const found = known.get(folder);
    if (found && Date.now() - found.at < FRESH_MS) return found.points;
    const points = chores.quietly("findEntryPoints", { folder }, new AbortController().signal);
    known.set(folder, { at: Date.now(), points });
    points.catch(() => known.delete(folder));
    return points;
  };
}

/** How tasks.json names an entry point besides its kind. Scripts and notebooks are named by their path. */
export function addressOf({ kind, name, file }: EntryPoint): string {
  if (kind === "stage" && file === "dvc.yaml") return name;
  return kind === "stage" || kind === "project" ? `${file}:${name}` : name;
}
