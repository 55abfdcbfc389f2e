/** Brings back one file of a run: to its own place or another, never over something else unless asked, and then undoably. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { UserError } from "../domain/errors";
import type { RestoredFile, RestorePart, RestoreReport } from "../domain/restore";
import { hashFile } from "../store/objects";
import type { HashPoolOptions } from "./hashPool";
import { type RestoreStore, restoreInto, runOf } from "./restore";
import { findCode } from "./restore/findCode";
import { createRestoring } from "./restore/restoring";

export interface RestoreFileOptions {
  /** Absolute. Default: where the run had it. */
  to?: string | undefined;
  /** Whether it may take the place of another file, of which an undo copy is kept. */
  overwrite?: boolean | undefined;
  /** As the run left it instead of as the run found it. */
  written?: boolean | undefined;
  signal?: AbortSignal | undefined;
  pool?: HashPoolOptions;
}

/**
 * `file`: as the run names it, relative to the project with `/` or absolute outside of it; of several, the first that the run
 * has. Throws UserError when it has none (any more), or when another file is there and must not be overwritten.
 */
export async function restoreFile(
  store: RestoreStore,
  id: string,
  file: string | readonly string[],
  options: RestoreFileOptions = {},
): Promise<RestoredFile> {
  const names = typeof file === "string" ? [file] : file;
  const { signal, pool = {} } = options;
  const run = runOf(store, id);
  const found = await findCode(store, run.snapshot.code, signal);
  const parts: RestorePart[] = options.written ? ["artifacts"] : ["code", "data", "config"];
  // Beside its place, so that it can be moved there.
  const near = existingFolder(path.dirname(options.to ?? path.resolve(store.root, names[0]!)));
  const scratch = path.join(near, `.modeltrail-file-${randomBytes(4).toString("hex")}`);
  try {
    const restoring = createRestoring(store, run, found, { parts, only: (name) => names.includes(name), signal, pool });
    const report = await restoreInto(scratch, restoring);
    signal?.throwIfAborted();
    const name = names.find((candidate) => isThere(report, candidate, found.root ?? store.root));
    if (name === undefined) {
      const problem = report.problems.find((other) => names.includes(other.path) || other.path === ".");
      throw new UserError(problem?.message ?? `${names.at(-1)} is not in what was kept of ${run.name}.`);
    }
    const made = placeIn(report, name, found.root ?? store.root);
    const to = options.to ?? path.resolve(store.root, name);
    const size = fs.lstatSync(made).size;
    return { run: id, part: partOf(report), path: name, to, size, ...(await put(made, to, store.folder, options)) };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function existingFolder(folder: string): string {
  return fs.existsSync(folder) ? folder : existingFolder(path.dirname(folder));
}

/** Where the restore puts it. */
function placeIn(report: RestoreReport, name: string, codeRoot: string): string {
  const outside = report.outside.find(({ from }) => from === name)?.to;
  const inside = path.isAbsolute(name) ? path.join(report.folder, path.relative(codeRoot, name)) : null;
  return outside ?? inside ?? path.join(report.project, name);
}

function isThere(report: RestoreReport, name: string, codeRoot: string): boolean {
  const place = placeIn(report, name, codeRoot);
  // Not what only seems to be in the folder.
  if (path.relative(report.folder, place).startsWith("..")) return false;
  return fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === false;
}

function partOf({ written }: RestoreReport): RestorePart {
  const parts: RestorePart[] = ["data", "config", "artifacts"];
  return parts.find((part) => written[part].files > 0) ?? "code";
}

async function put(
  made: string,
  to: string,
  storeFolder: string,
  { overwrite }: RestoreFileOptions,
): Promise<Pick<RestoredFile, "outcome" | "undo">> {
  const present = fs.lstatSync(to, { throwIfNoEntry: false });
  if (!present) {
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.renameSync(made, to);
    return { outcome: "written", undo: null };
  }
  if (present.isDirectory()) throw new UserError(`${to} is a folder. Name a file to restore to.`);
  if (await isSame(made, to)) return { outcome: "same", undo: null };
  if (!overwrite) {
    throw new UserError(
      `${to} is another file than the run had. It was left as it is; to replace it and keep an undo copy of it, use --force.`,
    );
  }
  const undo = await keepUndo(to, storeFolder);
  fs.renameSync(made, to);
  return { outcome: "replaced", undo };
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = [fs.lstatSync(a), fs.lstatSync(b)];
  if (first.isSymbolicLink() || second.isSymbolicLink()) {
    return first.isSymbolicLink() && second.isSymbolicLink() && fs.readlinkSync(a) === fs.readlinkSync(b);
  }
  if (first.size !== second.size || !second.isFile()) return false;
  return (await hashFile(a)).sha256 === (await hashFile(b)).sha256;
}

/** How long undo copies are kept. */
const UNDO_DAYS = 30;

/** A copy of what is about to be replaced, in the store: whatever happens then, it is there. */
async function keepUndo(file: string, storeFolder: string): Promise<string> {
  const undos = path.join(storeFolder, "undo");
  sweep(undos);
  const name = `${new Date().toISOString().replaceAll(":", "-")}-${randomBytes(2).toString("hex")}`;
  const undo = path.join(undos, name, path.basename(file));
  fs.mkdirSync(path.dirname(undo), { recursive: true });
  if (fs.lstatSync(file).isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(file), undo);
  else await fs.promises.copyFile(file, undo, fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL);
  return undo;
}

/** Removes the copies of long ago: their folders are named by time. */
function sweep(undos: string): void {
  const oldest = new Date(Date.now() - UNDO_DAYS * 24 * 60 * 60 * 1000).toISOString().replaceAll(":", "-");
  const names = fs.existsSync(undos) ? fs.readdirSync(undos) : [];
  for (const name of names) if (name < oldest) fs.rmSync(path.join(undos, name), { recursive: true, force: true });
}
