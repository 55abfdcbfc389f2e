/** Files of a run's code, and what differs between two states of it. */
import { realpathSync } from "node:fs";
import path from "node:path";
import type { CodeChange } from "../domain/comparison";
import { UserError } from "../domain/errors";
import type { CodeVersion, Gap, Run } from "../domain/run";
import type { RunHead, Store } from "../store/contract";
import { snapshotCode } from "./code";
import {
  type CodePlace,
  containsPath,
  diffPlaces,
  type PlaceDifference,
  readFileAt,
  type TreeDifference,
} from "./codeReader";

const KINDS = { added: "added", removed: "deleted", changed: "modified", renamed: "renamed" } as const;

/** Bytes of a file as the run had it; null when its snapshot has no such file. */
export async function codeFile(store: Store, id: string, file: string): Promise<Uint8Array | null> {
  const { place } = codeOfRun(headOf(store, id));
  return (await containsPath(place, file)) ? readFileAt(place, file) : null;
}

/** Path in the run's code of a file on disk; null when the file is outside of it. */
export function codePath({ snapshot: { code } }: Pick<Run, "snapshot"> | RunHead, file: string): string | null {
  return code.root === null ? null : pathBelow(realPath(code.root), realPath(file));
}

/** A state of the code: a run's, or the files as they are now. */
export interface CodeState {
  code: CodeVersion;
  place: CodePlace;
  /** The run whose code it is; null: nobody's. */
  run: string | null;
}

/** Throws UserError when the run's code was not captured. */
export function codeOfRun({ id, name, snapshot: { code }, gaps }: RunHead): CodeState {
  const reason = gaps.find(({ kind, path }) => path === undefined && kind !== "tracer" && kind !== "environment");
  return { code, place: toPlace(code, `of ${name}`, reason?.message), run: id };
}

/** The state that a code version stands for; `run`: whose it is. Throws UserError when there is none. */
export function codeStateOf(code: CodeVersion, run: string | null): CodeState {
  return { code, place: toPlace(code, run === null ? "as it is now" : "of this run", undefined), run };
}

/**
 * The files as they are now, taken as a run takes them, so that the same files count. Equal states share one commit. Throws
 * UserError when they cannot be taken.
 */
export async function codeNow(
  store: Pick<Store, "root" | "folder">,
  signal?: AbortSignal,
): Promise<CodeState & { gaps: Gap[] }> {
  const { code, gaps } = await snapshotCode(store.root, store.folder, { signal });
  signal?.throwIfAborted();
  return { code, place: toPlace(code, "as it is now", gaps[0]?.message), run: null, gaps };
}

/** From one run's code to another's, or with `to` null to the files as they are now. See `changesBetween`. */
export async function codeChanges(
  store: Store,
  from: string,
  to: string | null,
  signal: AbortSignal,
): Promise<CodeChange[]> {
  const before = codeOfRun(headOf(store, from));
  const after = to === null ? await codeNow(store, signal) : codeOfRun(headOf(store, to));
  return await changesBetween(store, before, after);
}

/**
 * The files that differ. Those that the runs themselves wrote are left out: git may not ignore them, but they came out of the
 * code. Throws UserError when one of the states is gone.
 */
export async function changesBetween(store: Store, before: CodeState, after: CodeState): Promise<CodeChange[]> {
  const places = await placesBetween(store, before, after);
  return places.flatMap(({ prefix, differences }) => differences.map((difference) => toChange(prefix, difference)));
}

/** The same by repository. */
export async function placesBetween(store: Store, before: CodeState, after: CodeState): Promise<PlaceDifference[]> {
  if (before.code.tree !== null && before.code.tree === after.code.tree) return [];
  const places = await diffPlaces(before.place, after.place);
  if (places.every(({ differences }) => differences.length === 0)) return places;
  const written = new Set<string>();
  for (const state of [before, after]) for (const file of filesWritten(store, state)) written.add(file);
  return places.map((place) => ({
    ...place,
    differences: place.differences.filter(({ path }) => !written.has(place.prefix + path)),
  }));
}

/** Files that a state's run wrote, as paths in its code. */
function* filesWritten(store: Store, { run, place }: CodeState): Generator<string> {
  if (run === null || place.root === null) return;
  const toCodePath = codePaths(realPath(place.root), realPath(store.root));
  for (const role of ["write", "artifact"] as const) {
    for (let after: number | null | undefined; after !== null; ) {
      const page = store.listFiles(run, role, { after });
      for (const file of page.files) {
        const found = toCodePath(file.path);
        if (found !== null) yield found;
      }
      after = page.next;
    }
  }
}

/** From a project's path to the code's; looks at each folder once, as very many files may have been written. */
function codePaths(codeRoot: string, projectRoot: string): (file: string) => string | null {
  const folders = new Map<string, string>();
  return (file) => {
    const absolute = path.resolve(projectRoot, file);
    const folder = path.dirname(absolute);
    const real = folders.get(folder) ?? realPath(folder);
    folders.set(folder, real);
    return pathBelow(codeRoot, path.join(real, path.basename(absolute)));
  };
}

function toChange(prefix: string, { status, path, oldPath }: TreeDifference): CodeChange {
  return { path: prefix + path, from: oldPath === undefined ? null : prefix + oldPath, kind: KINDS[status] };
}

function headOf(store: Store, id: string): RunHead {
  const run = store.getRunHead(id);
  if (!run) throw new UserError("This run is no longer there.");
  return run;
}

function toPlace({ gitDir, commit, root }: CodeVersion, whose: string, reason: string | undefined): CodePlace {
  if (gitDir !== null && commit !== null) return { gitDir, commit, root };
  throw new UserError(["The code", whose, "was not captured."].join(" ") + (reason ? ` ${reason}` : ""));
}

/** Relative to `folder` with `/`; null for what is not below it. */
function pathBelow(folder: string, file: string): string | null {
  const relative = path.relative(folder, file);
  if (relative === "" || relative.startsWith("..") || path.isAbsolute(relative)) return null;
  return relative.replaceAll(path.sep, "/");
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
