/** What of the untracked files counts as code: git never took these in, so it must be decided here. */
import { formatSize } from "../../domain/format";
import type { Gap } from "../../domain/run";
import { displayPath, type GitPath, parentFolders } from "../gitPath";

export interface CodeLimits {
  /** Bytes; a larger file is data, not code, and left out. */
  fileBytes: number;
  /** At most so many untracked files, and bytes of them all, are kept with a run's code. */
  files: number;
  totalBytes: number;
}

export const DEFAULT_LIMITS: CodeLimits = { fileBytes: 10 * 2 ** 20, files: 20_000, totalBytes: 200 * 2 ** 20 };

export interface SizedPath {
  path: GitPath;
  size: number;
}

/** Folders whose content is made by tools: never code, wherever they stand. */
export const TOOL_FOLDERS: ReadonlySet<string> = new Set([
  "__pycache__",
  ".ipynb_checkpoints",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".hypothesis",
  ".tox",
  ".nox",
  ".eggs",
  ".modeltrail",
  "node_modules",
  "mlruns",
  "wandb",
]);

const TOOL_FILES = /(^|\/)(\.DS_Store|Thumbs\.db|[^/]+\.py[co])$/;
/** Each marks the folder that it lies in as an environment: of venv, of conda. */
export const ENVIRONMENT_MARKS = ["pyvenv.cfg", "conda-meta/history"];

/** Whether an untracked path is a tool's product, by its name. */
export function isToolProduct(gitPath: GitPath): boolean {
  if (TOOL_FILES.test(gitPath)) return true;
  return gitPath
    .split("/")
    .slice(0, -1)
    .some((name) => TOOL_FOLDERS.has(name));
}

/** The folders (ending in `/`) among untracked paths that are Python environments. */
export function environmentFolders(paths: readonly GitPath[]): GitPath[] {
  return paths.flatMap((gitPath) => {
    const mark = ENVIRONMENT_MARKS.find((name) => gitPath === name || gitPath.endsWith(`/${name}`));
    const folder = mark === undefined ? "" : gitPath.slice(0, gitPath.length - mark.length);
    return folder === "" ? [] : [folder];
  });
}

export interface Fitting {
  kept: SizedPath[];
  /** Single files left out. */
  gaps: Gap[];
  /** Folders (ending in `/`; "" is the top's own files) left out as a whole. */
  heavy: { folder: GitPath; gap: Gap }[];
}

/**
 * Cuts untracked files down to the limits: first single files that are too big, then, while there are too many or too
 * much, the folder that holds most of what is too much. Data folders go so, sources stay.
 */
export function fitToLimits(files: readonly SizedPath[], limits: CodeLimits): Fitting {
  const gaps: Gap[] = [];
  const heavy: Fitting["heavy"] = [];
  let kept = files.filter(({ path, size }) => {
    if (size <= limits.fileBytes) return true;
    gaps.push(tooBig(path, `${formatSize(size)} is over the limit of ${formatSize(limits.fileBytes)} for code`));
    return false;
  });
  for (;;) {
    const bytes = kept.reduce((sum, { size }) => sum + size, 0);
    const overFiles = kept.length > limits.files;
    if (!overFiles && bytes <= limits.totalBytes) return { kept, gaps, heavy };
    const folder = heaviestFolder(kept, overFiles);
    const left = kept.filter(({ path }) => isIn(path, folder));
    kept = kept.filter(({ path }) => !isIn(path, folder));
    const size = formatSize(left.reduce((sum, file) => sum + file.size, 0));
    const reason = `${left.length} untracked files (${size}) are more than is kept with a run's code`;
    heavy.push({ folder, gap: tooBig(folder || ".", reason) });
  }
}

/** The direct files of the top folder are the folder "". */
const isIn = (path: GitPath, folder: GitPath) => (folder === "" ? !path.includes("/") : path.startsWith(folder));

/** The deepest folder that still holds at least half of what its parent holds, going down from the heaviest at the top. */
function heaviestFolder(files: readonly SizedPath[], byCount: boolean): GitPath {
  const weights = new Map<GitPath, number>();
  const add = (folder: GitPath, weight: number) => weights.set(folder, (weights.get(folder) ?? 0) + weight);
  for (const { path, size } of files) {
    const weight = byCount ? 1 : size;
    if (!path.includes("/")) add("", weight);
    for (const folder of parentFolders(path)) add(folder, weight);
  }
  let heaviest: GitPath = "";
  for (const [folder, weight] of weights) {
    const depth = folder.split("/").length;
    if (depth <= 2 && weight > (weights.get(heaviest) ?? 0)) heaviest = folder;
  }
  for (let next: GitPath | undefined = heaviest; heaviest !== "" && next; ) {
    heaviest = next;
    const half = (weights.get(heaviest) ?? 0) / 2;
    next = [...weights.keys()].find(
      (folder) => folder !== heaviest && isChild(folder, heaviest) && weights.get(folder)! > half,
    );
  }
  return heaviest;
}

const isChild = (folder: GitPath, parent: GitPath) =>
  folder.startsWith(parent) && folder.indexOf("/", parent.length) === folder.length - 1;

function tooBig(path: GitPath, reason: string): Gap {
  const name = displayPath(path);
  return { kind: "too-big", path: name, message: `${name}: ${reason}. It is not in the code snapshot.` };
}
