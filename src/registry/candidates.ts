/** What of a run can be registered: the models that it logged, and files of its that are models. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { basename, dirname, extname } from "node:path/posix";
import type { ModelFlavour, ModelFormat } from "../domain/bundle";
import type { Run } from "../domain/run";
import type { Store } from "../store/contract";
import { hasObject, objectPath } from "../store/objects";
import { fileFormat, MODEL_ENDINGS } from "./fileFormat";

/** A file of a candidate. */
export interface CandidateFile {
  /** Within the model, with `/`; of a model that is one file its name. */
  path: string;
  sha256: string;
  size: number;
  /** Where its bytes are; null: nowhere that we know. */
  from: string | null;
}

export interface Candidate {
  /** As the run names it: a file, or the folder of an MLflow model. */
  path: string;
  flavour: ModelFlavour;
  modelFormat: ModelFormat;
  /** Reading it runs code of whoever wrote it. */
  executesCode: boolean;
  /** Id of the logged model that it is. */
  loggedModel: string | null;
  /** Ms since the epoch; null when it is not told. */
  created: number | null;
  files: CandidateFile[];
}

interface KnownFile {
  path: string;
  sha256: string;
  size: number;
}

/** More files than these are not looked into. */
const MOST_LOOKED_INTO = 500;
const MLMODEL = "MLmodel";

/** The best first: models logged with MLflow, the newest first, then files, those that are called best or model first. */
export async function modelsOfRun(store: Store, run: Run): Promise<Candidate[]> {
  const files = filesOf(run);
  const folders = files.filter(({ path }) => basename(path) === MLMODEL).map(({ path }) => dirname(path));
  const logged = await Promise.all(folders.map((folder) => ofFolder(store, run, files, folder)));
  const inFolder = (path: string) => folders.some((folder) => folder === "." || path.startsWith(`${folder}/`));
  const single = files.filter(({ path }) => !inFolder(path) && MODEL_ENDINGS.has(extname(path).toLowerCase()));
  const found: Candidate[] = [];
  for (const file of single.slice(0, MOST_LOOKED_INTO)) {
    const candidate = await ofFile(store, run, file);
    if (candidate) found.push(candidate);
  }
  return [...logged.sort(byAge), ...found.sort(byName)];
}

const byAge = (a: Candidate, b: Candidate) => (b.created ?? 0) - (a.created ?? 0) || compare(a.path, b.path);
const byName = (a: Candidate, b: Candidate) => rank(a) - rank(b) || compare(a.path, b.path);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** How likely it is the one that is meant, 0 first: by what people call their files. */
function rank({ path, modelFormat }: Candidate): number {
  if (modelFormat === "python") return 5;
  const name = basename(path);
  const place = [/best/i, /^model\b/i, /model|final|last/i].findIndex((pattern) => pattern.test(name));
  return place < 0 ? 3 : place;
}

/** What it wrote and what clients logged for it, each once; not what could not be hashed. */
function filesOf({ artifacts, snapshot }: Run): KnownFile[] {
  const written = snapshot.data.filter(({ role }) => role === "write");
  const byPath = new Map<string, KnownFile>();
  for (const { path, sha256, size } of [...written, ...artifacts]) {
    if (sha256 !== null) byPath.set(path, { path, sha256, size });
  }
  return [...byPath.values()];
}

async function ofFile(store: Store, run: Run, file: KnownFile): Promise<Candidate | null> {
  const from = placeOf(store, run, file);
  if (from === null) return null;
  const format = await fileFormat({ name: file.path, content: { path: from } });
  if (!format) return null;
  const { path, sha256, size } = file;
  return { path, ...format, loggedModel: null, created: null, files: [{ path: basename(path), sha256, size, from }] };
}

async function ofFolder(store: Store, run: Run, all: readonly KnownFile[], folder: string): Promise<Candidate> {
  const start = folder === "." ? "" : `${folder}/`;
  const files = all
    .filter(({ path }) => path.startsWith(start))
    .map((file) => ({ ...file, path: file.path.slice(start.length), from: placeOf(store, run, file) }));
  const head = files.find(({ path }) => path === MLMODEL)!;
  const text = head.from === null ? "" : await readFile(head.from, "utf8");
  const id = /^model_id:\s*["']?(m-[0-9a-f]{32})["']?\s*$/m.exec(text)?.[1];
  const logged = id === undefined ? null : store.loggedModels.get(id);
  return {
    path: folder,
    flavour: flavourIn(text),
    modelFormat: "mlflow",
    executesCode: true,
    loggedModel: logged && !logged.deleted ? logged.id : null,
    created: logged?.created ?? null,
    files,
  };
}

/** What the file MLmodel calls the model besides a Python function. */
function flavourIn(text: string): ModelFlavour {
  const known = ["sklearn", "xgboost", "lightgbm", "onnx"] as const;
  return known.find((name) => new RegExp(`^ {2}${name}:`, "m").test(text)) ?? "mlflow";
}

/** The store's copy, else the file that the run wrote: whether that is still the same is seen when it is kept. */
function placeOf({ folder, root }: Store, run: Run, { path, sha256 }: KnownFile): string | null {
  if (hasObject(folder, sha256)) return objectPath(folder, sha256);
  const places = [resolve(root, path), resolve(folder, "runs", run.id, "artifacts", path)];
  return places.find((place) => existsSync(place)) ?? null;
}
