/** A run as an archive describes it, and as a store takes it: the same but for the places that differ between machines. */
import { realpathSync } from "node:fs";
import path from "node:path";
import type { CodeVersion, Gap, Run } from "../domain/run";
import { allCells } from "../store/cells/all";
import type { DatasetKind, Store } from "../store/contract";
import type { ArchivedCode, ArchivedPath, ArchivedRun } from "./archive/format";
import { listSeries } from "./archive/series";

/** How gaps begin that a run got on its way into another store. */
const IMPORTED = "Imported";

/** Something that the archive does not have. */
export const leftOut = (gap: Gap): Gap => ({ ...gap, message: `${IMPORTED} without ${gap.message}` });
/** The code lies otherwise to the project than it did. */
export const movedCode = (message: string): Gap => ({
  kind: "other",
  message: `${IMPORTED} to another place: ${message}`,
});
export const isFromImport = (gap: Gap): boolean => gap.message.startsWith(`${IMPORTED} `);

export type EndedRun = Run & { status: ArchivedRun["run"]["status"] };

/** All that the store says of an ended run. `code`: which commits the archive has of it. `kinds`: of datasets, by name. */
export function describeRun(
  store: Store,
  run: EndedRun,
  code: Pick<ArchivedCode, "commits" | "submodules">,
  kinds: ReadonlyMap<string, DatasetKind>,
): ArchivedRun {
  const { metrics, cwd, snapshot, revision: _revision, repeatOf: _repeatOf, repeats: _repeats, ...rest } = run;
  const { gitDir: _gitDir, root, ...version } = snapshot.code;
  const datasetKinds: Record<string, DatasetKind> = {};
  for (const { name } of snapshot.datasets) datasetKinds[name] = kinds.get(name) ?? "read";
  return {
    run: rest,
    cwd: toArchived(store.root, cwd),
    snapshot: { ...snapshot, code: { ...version, project: root === null ? null : below(root, store.root), ...code } },
    datasetKinds,
    series: listSeries(store, run.id, Object.keys(metrics)),
    cells: [...allCells(store, run.id)],
    leftOut: [],
  };
}

/** The run as it is in the project `root`, with its code where it is here. */
export function toRun(archived: ArchivedRun, root: string, place: Pick<CodeVersion, "gitDir" | "root">): Run {
  const { run, cwd, snapshot } = archived;
  const { project: _project, commits: _commits, submodules: _submodules, ...version } = snapshot.code;
  return {
    ...run,
    cwd: fromArchived(root, cwd),
    snapshot: { ...snapshot, code: { ...version, gitDir: place.gitDir, root: place.root } },
    gaps: [...run.gaps, ...archived.leftOut],
    // The store knows these better.
    metrics: {},
    revision: 0,
    repeatOf: null,
    repeats: 1,
  };
}

function toArchived(root: string, file: string): ArchivedPath {
  const inside = below(root, file);
  return inside === null ? { inProject: false, path: file } : { inProject: true, path: inside };
}

function fromArchived(root: string, { inProject, path: file }: ArchivedPath): string {
  return inProject ? path.join(root, file) : file;
}

/** The path of `file` from `folder`, links followed, with `/`; "" when they are the same, null when it is not within. */
export function below(folder: string, file: string): string | null {
  const relative = path.relative(realPath(folder), realPath(file));
  if (relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return null;
  return relative.replaceAll(path.sep, "/");
}

/** As it is where the folder is gone, or is on another machine. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}
