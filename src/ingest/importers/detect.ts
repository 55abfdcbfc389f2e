/** What kind of tracker a folder, file or address is of. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";
import type { ImportKind, ImportPlace } from "./contract";
import { isDatabase, withDatabase } from "./readDatabase";
import { eventFiles } from "./tensorboard";

/** Where TensorBoard's files lie, as a rule. */
const LOG_FOLDERS = ["runs", "logs", "lightning_logs", "tb_logs", "tensorboard"];

/**
 * The trackers' places that `source` names: an address, a file, a tracker's own folder, or a project's folder with any number
 * of them in it. `temporary`: a folder of ours. Throws UserError when there is none.
 */
export async function detectPlaces(source: string, temporary: string): Promise<ImportPlace[]> {
  if (/^https?:/i.test(source)) return [{ kind: "mlflow-server", location: source }];
  const location = path.resolve(source);
  const stats = statSync(location, { throwIfNoEntry: false });
  if (!stats)
    throw new UserError(
      `There is no ${maskText(source)}. Give a folder, a database or the address of an MLflow server.`,
    );
  const places = stats.isDirectory() ? await inFolder(location, temporary) : await ofFile(location, temporary);
  if (places.length > 0) return places;
  throw new UserError(
    `${location} is nothing that runs can be imported from: no mlruns folder, mlflow.db, DVC experiments, TensorBoard logs, W&B runs, Trackio database or Aim repository. With --kind it can be said what it is. An archive of Modeltrail's own is for \`modeltrail import\`.`,
  );
}

async function ofFile(file: string, temporary: string): Promise<ImportPlace[]> {
  if (file.endsWith(".wandb")) return [{ kind: "wandb", location: path.dirname(file) }];
  if (/\.tfevents\./.test(file)) return [{ kind: "tensorboard", location: path.dirname(file) }];
  if (!isDatabase(file)) return [];
  return withDatabase(file, temporary, (database) => {
    if (database.columns("runs").has("run_uuid")) return [{ kind: "mlflow-database", location: file } as const];
    return database.columns("metrics").has("run_name") ? [{ kind: "trackio", location: file } as const] : [];
  });
}

async function inFolder(folder: string, temporary: string): Promise<ImportPlace[]> {
  const own = await ownFolder(folder);
  if (own) return [own];
  const names = await readdir(folder);
  const places: ImportPlace[] = [];
  for (const name of ["mlruns", "wandb", ".aim"]) {
    const place = names.includes(name) ? await ownFolder(path.join(folder, name)) : undefined;
    if (place) places.push(place);
  }
  for (const name of names.filter((entry) => /\.(?:db|sqlite3?)$/.test(entry))) {
    const file = path.join(folder, name);
    // What cannot be read is no tracker's that we could read.
    if (statSync(file).isFile()) places.push(...(await ofFile(file, temporary).catch(() => [])));
  }
  if (names.includes(".dvc") && hasExperiments(path.join(folder, ".git")))
    places.push({ kind: "dvc", location: folder });
  places.push(...(await logFolders(folder, names, places)));
  return places;
}

/** Whether there may be experiments of DVC's: its refs are files, or lines in one. */
function hasExperiments(gitDir: string): boolean {
  // Of a work tree or a submodule: refs are elsewhere.
  if (statSync(gitDir, { throwIfNoEntry: false })?.isFile()) return true;
  if (existsSync(path.join(gitDir, "refs", "exps")) || existsSync(path.join(gitDir, "reftable"))) return true;
  const packed = path.join(gitDir, "packed-refs");
  return existsSync(packed) && readFileSync(packed, "latin1").includes(" refs/exps/");
}

/** The folder as a tracker's own. */
async function ownFolder(folder: string): Promise<ImportPlace | undefined> {
  const name = path.basename(folder);
  const names: string[] = await readdir(folder).catch(() => []);
  const make = (kind: ImportKind): ImportPlace => ({ kind, location: folder });
  if (name === ".aim" && names.includes("meta")) return { kind: "aim", location: path.dirname(folder) };
  if (names.some((entry) => /^(?:offline-)?run-\d{8}_\d{6}-/.test(entry) || /^run-.+\.wandb$/.test(entry)))
    return make("wandb");
  const isExperiment = (entry: string) => /^\d+$/.test(entry) && existsSync(path.join(folder, entry, "meta.yaml"));
  if (names.some(isExperiment)) return make("mlflow-folder");
  return names.some((entry) => /\.tfevents\./.test(entry)) ? make("tensorboard") : undefined;
}

/** In a project only those of the usual names; where there is nothing else, the folder itself may be one. */
async function logFolders(folder: string, names: readonly string[], others: ImportPlace[]): Promise<ImportPlace[]> {
  const places: ImportPlace[] = [];
  for (const name of LOG_FOLDERS.filter((entry) => names.includes(entry))) {
    const location = path.join(folder, name);
    if ((await eventFiles(location).catch(() => [])).length > 0) places.push({ kind: "tensorboard", location });
  }
  const isProject =
    names.some((name) => name === ".git" || name === ".modeltrail") || others.length + places.length > 0;
  if (!isProject && (await eventFiles(folder)).length > 0) places.push({ kind: "tensorboard", location: folder });
  return places;
}
