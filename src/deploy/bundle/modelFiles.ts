/** Where the files of a model version are on this machine. */
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../domain/errors";
import type { ModelFile } from "../../registry/fileFormat";
import { readFileAt } from "../../snapshot/codeReader";
import type { Store } from "../../store/contract";
import { hasObject, objectPath } from "../../store/objects";
import type { ModelVersion } from "../../store/registry/contract";

export interface ModelFiles {
  /** By their names within the model, with `/`; in the order of these; not empty. */
  files: ModelFile[];
  /** The version is a folder, and not one file. */
  isFolder: boolean;
}

/** Throws UserError, which names where they should be, when they are not on this machine. */
export async function findModelFiles(store: Store, version: ModelVersion): Promise<ModelFiles> {
  const found = await lookFor(store, version);
  if (found) return { ...found, files: found.files.sort((one, other) => (one.name < other.name ? -1 : 1)) };
  const name = `${version.model}/${version.version}`;
  const place = version.location || version.source;
  throw new UserError(
    /^(?!file:|runs:|models:|mlflow-artifacts:)[a-z][a-z0-9+.-]+:/i.test(place)
      ? `The files of ${name} are at ${place}, and not on this machine. Fetch them there, log them with a run, and register that.`
      : `The files of ${name} are not here any more: there is nothing at ${place}. Register the model again from a run that has them.`,
  );
}

async function lookFor(store: Store, version: ModelVersion): Promise<ModelFiles | null> {
  const { loggedModel, location } = version;
  const kept = keptWith(store, version);
  if (kept) return kept;
  if (loggedModel !== null) {
    const found = await inFolder(path.join(store.folder, "models", loggedModel, "artifacts"));
    if (found) return found;
  }
  const [, run, within] = /^runs:\/([0-9a-f]{32})(?:\/(.*))?$/.exec(location) ?? [];
  if (run !== undefined) return await ofRun(store, run, within ?? "");
  const folder = localFolder(store, location);
  const there = folder && (await inFolder(folder));
  if (there) return there;
  // Clients' folders may be gone, their contents are kept with the run.
  return version.run === null ? null : await keptOf(store, version.run, location);
}

/** What was kept when it was registered. */
function keptWith(store: Store, { model, version, location }: ModelVersion): ModelFiles | null {
  const files = store.registry.files(model, version).map(({ path: name, sha256 }): ModelFile => {
    return { name, content: { path: objectPath(store.folder, sha256) } };
  });
  if (files.length === 0 || !files.every(({ content }) => "path" in content && existsSync(content.path))) return null;
  const [only] = files;
  return { files, isFolder: files.length > 1 || path.posix.basename(location) !== only!.name };
}

/** What the run kept under this name: a file, or a folder of them; else a file of its code. */
async function ofRun(store: Store, id: string, within: string): Promise<ModelFiles | null> {
  const run = store.getRun(id);
  if (!run) return null;
  const name = within.replace(/\/+$/, "");
  const written = run.snapshot.data.filter(({ role }) => role === "write");
  const kept = [...run.artifacts, ...written].flatMap((file): ModelFile[] => {
    if (file.sha256 === null || !hasObject(store.folder, file.sha256)) return [];
    return [{ name: file.path, content: { path: objectPath(store.folder, file.sha256) } }];
  });
  const found = below(kept, name);
  if (found) return found;
  const inRun = await inFolder(path.join(store.folder, "runs", id, "artifacts", ...name.split("/")));
  if (inRun) return inRun;
  return await codeFile(run.snapshot.code, store.root, name);
}

/** Of a folder that clients wrote to, what the run kept of it: the end of its address is the name there. */
async function keptOf(store: Store, run: string, location: string): Promise<ModelFiles | null> {
  const name = decodeURI(location).split("/artifacts/").at(-1) ?? "";
  return await ofRun(store, run, name);
}

function below(files: readonly ModelFile[], name: string): ModelFiles | null {
  const file = files.find((one) => one.name === name);
  if (file) return { files: [{ ...file, name: path.posix.basename(name) }], isFolder: false };
  const start = name === "" ? "" : `${name}/`;
  const inside = new Map(
    files.filter((one) => one.name.startsWith(start)).map((one) => [one.name.slice(start.length), one]),
  );
  if (inside.size === 0) return null;
  return { files: Array.from(inside, ([inner, one]) => ({ ...one, name: inner })), isFolder: true };
}

async function codeFile(
  code: { gitDir: string | null; commit: string | null; root: string | null },
  root: string,
  name: string,
): Promise<ModelFiles | null> {
  const { gitDir, commit } = code;
  if (gitDir === null || commit === null || !name.endsWith(".py")) return null;
  // Paths of a run are relative to the project's folder, those of its code to the repository's.
  const prefix = code.root === null ? "" : path.relative(code.root, root).split(path.sep).join("/");
  const bytes = await readFileAt({ gitDir, commit, root: code.root }, path.posix.join(prefix, name)).catch((error) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  return bytes && { files: [{ name: path.posix.basename(name), content: { bytes } }], isFolder: false };
}

function localFolder(store: Store, location: string): string | null {
  const served = /^mlflow-artifacts:\/+(?:[^/]*:\d+\/)?((?:runs|models)\/.+)$/.exec(location)?.[1];
  if (served !== undefined) return within(store.folder, decodeURIComponent(served));
  const model = /^models:\/(m-[0-9a-f]{32})$/.exec(location)?.[1];
  if (model !== undefined) return path.join(store.folder, "models", model, "artifacts");
  try {
    if (/^file:/i.test(location)) return fileURLToPath(location);
  } catch {
    return null;
  }
  return path.isAbsolute(location) ? location : null;
}

/** Null for what leads out of the folder. */
function within(folder: string, name: string): string | null {
  const full = path.resolve(folder, name);
  return full.startsWith(folder + path.sep) ? full : null;
}

/** A file, or all plain files of a folder; nothing behind links, which may lead anywhere. Null when there is none. */
async function inFolder(place: string): Promise<ModelFiles | null> {
  if (!existsSync(place)) return null;
  if ((await stat(place)).isFile()) {
    return { files: [{ name: path.basename(place), content: { path: place } }], isFolder: false };
  }
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry): ModelFile => {
      const file = path.join(entry.parentPath, entry.name);
      return { name: path.relative(place, file).split(path.sep).join("/"), content: { path: file } };
    });
  return files.length > 0 ? { files, isFolder: true } : null;
}
