/** Files of a run's code, and what differs between two states of it. */
import { realpathSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { CodeVersion, Run } from "../../domain/run";
import { snapshotCode } from "../../snapshot/code";
import { type CodePlace, containsPath, diffTrees, readFileAt, type TreeDifference } from "../../snapshot/codeReader";
import type { Store } from "../../store/contract";
import type { CodeChange } from "./api";

const KINDS = { added: "added", removed: "deleted", changed: "modified", renamed: "renamed" } as const;

/** Bytes of a file as the run had it; null when its snapshot has no such file. */
export async function codeFile(store: Store, id: string, file: string): Promise<Uint8Array | null> {
  const place = placeOf(runOf(store, id));
  return (await containsPath(place, file)) ? readFileAt(place, file) : null;
}

/** Path in the run's code of a file on disk; null when the file is outside of it. */
export function codePath(run: Run, file: string): string | null {
  const { root } = run.snapshot.code;
  if (root === null) return null;
  const relative = path.relative(realPath(root), realPath(file));
  if (relative === "" || relative.startsWith("..") || path.isAbsolute(relative)) return null;
  return relative.replaceAll(path.sep, "/");
}

/**
 * From one run's code to another's, or with `to` null to the files as they are now. Files that the runs themselves wrote
 * are left out: git may not ignore them, but they came out of the code.
 */
export async function codeChanges(
  store: Store,
  from: string,
  to: string | null,
  signal: AbortSignal,
): Promise<CodeChange[]> {
  const before = runOf(store, from);
  const after = to === null ? undefined : runOf(store, to);
  const place = after ? placeOf(after) : await codeNow(store, before, signal);
  const differences = await diffTrees(placeOf(before), place);
  const written = new Set([before, after].flatMap((run) => (run ? filesWritten(store, run) : [])));
  return differences.filter(({ path }) => !written.has(path)).map(toChange);
}

/** Files that the run wrote, as paths in its code. */
function filesWritten(store: Store, run: Run): string[] {
  const data = run.snapshot.data.filter(({ role }) => role === "write");
  return [...data, ...run.artifacts].flatMap((file) => codePath(run, path.resolve(store.root, file.path)) ?? []);
}

const toChange = ({ status, path, oldPath }: TreeDifference): CodeChange => ({
  path,
  from: oldPath ?? null,
  kind: KINDS[status],
});

/** The present state is taken as a run takes it, so that the same files count. Equal states share one commit. */
async function codeNow(store: Store, run: Run, signal: AbortSignal): Promise<CodePlace> {
  const { code, gaps } = await snapshotCode(store.root, store.folder, { signal });
  signal.throwIfAborted();
  if (code.commit !== null) return toPlace(code, "of the files as they are now", gaps[0]?.message);
  throw new UserError(`The code as it is now could not be compared with ${run.name}. ${gaps[0]?.message ?? ""}`.trim());
}

function runOf(store: Store, id: string): Run {
  const run = store.getRun(id);
  if (!run) throw new UserError("This run is no longer there.");
  return run;
}

function placeOf({ name, snapshot, gaps }: Run): CodePlace {
  const reason = gaps.find(({ kind, path }) => path === undefined && kind !== "tracer" && kind !== "environment");
  return toPlace(snapshot.code, `of ${name}`, reason?.message);
}

function toPlace({ gitDir, commit, root }: CodeVersion, whose: string, reason: string | undefined): CodePlace {
  if (gitDir !== null && commit !== null) return { gitDir, commit, root };
  throw new UserError(["The code", whose, "was not captured."].join(" ") + (reason ? ` ${reason}` : ""));
}

/** With symbolic links followed as far as the path exists: a deleted file is compared by its folder. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const folder = path.dirname(file);
    return folder === file ? file : path.join(realPath(folder), path.basename(file));
  }
}
