/** From a run to a version of a model. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../domain/errors";
import type { Run } from "../domain/run";
import { readFileAt } from "../snapshot/codeReader";
import type { Store } from "../store/contract";
import { hasObject, putBytes, putFile } from "../store/objects";
import type { ModelVersion, VersionFile } from "../store/registry/contract";
import { type Candidate, type CandidateFile, modelsOfRun } from "./candidates";
import { fileFormat } from "./fileFormat";
import { giveAliases, type PastGates } from "./giveAliases";
import { checkAlias, checkModelName, toModelName } from "./names";

export interface Registration {
  /** Id of a run that has ended. */
  run: string;
  /** Which of its models: as the run names it. Default: the best (see `modelsOfRun`). */
  artifact?: string | undefined;
  /** Of the model, made when there is none. Default: after the run's experiment. */
  name?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string> | undefined;
  /** Given to the version at once, without asking gates. */
  aliases?: readonly string[] | undefined;
  /** Gates that are passed over by that. */
  past?: PastGates | null | undefined;
}

export interface Registered {
  version: ModelVersion;
  /** Which of the run's models it is; null for a file of its code. */
  path: string;
  /** False: this very model of this run was registered before; it gets the description, tags and aliases that are given now. */
  isNew: boolean;
}

/**
 * Makes a version whose files outlive the run and its folder. Throws UserError when the run has no such model, or its bytes are
 * nowhere any more.
 */
export async function registerModel(store: Store, asked: Registration): Promise<Registered> {
  const run = store.getRun(asked.run);
  if (!run) throw new UserError(`There is no run ${asked.run}.`);
  if (run.status === "running") {
    throw new UserError(`The run ${run.name} is running. What it writes is known when it has ended: register it then.`);
  }
  const name = checkModelName(asked.name ?? toModelName(run.experiment));
  asked.aliases?.forEach(checkAlias);
  const release = store.holdObjects();
  try {
    const chosen = await choose(store, run, asked.artifact);
    const files = await keep(store, run, chosen);
    const known = alreadyThere(store, run.id, name, chosen, files);
    const version = known ? change(store, known, asked) : create(store, run, name, asked, chosen, files);
    return { version, path: chosen.path, isNew: known === null };
  } finally {
    release();
  }
}

async function choose(store: Store, run: Run, artifact: string | undefined): Promise<Candidate> {
  const candidates = await modelsOfRun(store, run);
  if (artifact === undefined) {
    if (candidates[0]) return candidates[0];
    const near = await modelsNear(store, run);
    if (near.length > 0) throw new UserError(`The run ${run.name} has no model that can be served. ${near.join(" ")}`);
    throw new UserError(
      `The run ${run.name} has no model that can be served. Let it write one (joblib, pickle, skops, XGBoost, LightGBM, ONNX, TorchScript), log one with MLflow, or name a Python file with a function predict: --artifact serve.py`,
    );
  }
  const wanted = artifact.replaceAll("\\", "/").replace(/^\.\/|\/$/g, "");
  const found = candidates.find(({ path, loggedModel }) => path === wanted || loggedModel === wanted);
  if (found) return found;
  const ending = candidates.filter(({ path }) => path.endsWith(`/${wanted}`));
  if (ending.length === 1) return ending[0]!;
  const code = await codeFile(store, run, wanted);
  if (code) return code;
  const there = candidates.map(({ path }) => path);
  throw new UserError(
    `The run ${run.name} has no model "${artifact}". ${there.length > 0 ? `It has: ${there.join(", ")}.` : "It has none."}`,
  );
}

/** Where else there are models: what a script writes is its own run's, also when MLflow logs the training as a run below it. */
export async function modelsNear(store: Store, run: Run): Promise<string[]> {
  const above = run.parent === null ? null : store.getRun(run.parent);
  const below = store.listRuns({ parent: run.id, limit: MOST_BELOW }).runs.flatMap(({ id }) => store.getRun(id) ?? []);
  const said: string[] = [];
  for (const other of above ? [above, ...below] : below) {
    if ((await modelsOfRun(store, other)).length === 0) continue;
    const which = other === above ? "which it belongs to" : "which belongs to it";
    said.push(`The run ${other.name}, ${which}, has one: modeltrail models register ${other.id}`);
  }
  return said;
}

/** Runs below one that are looked at. */
const MOST_BELOW = 5;

/** A Python file with `predict`, as it was when the run began. */
async function codeFile(store: Store, run: Run, path: string): Promise<Candidate | null> {
  const { gitDir, commit, root } = run.snapshot.code;
  if (gitDir === null || commit === null || !path.endsWith(".py")) return null;
  // Paths of a run are relative to the project's folder, those of its code to the repository's.
  const below = root === null ? "" : store.root.slice(root.length).replaceAll("\\", "/").replace(/^\//, "");
  const bytes = await readFileAt({ gitDir, commit, root }, below ? `${below}/${path}` : path).catch((error) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  const name = path.split("/").at(-1)!;
  const format = bytes && (await fileFormat({ name, content: { bytes } }));
  if (!format) return null;
  const { sha256, size } = await putBytes(store.folder, bytes);
  const files: CandidateFile[] = [{ path: name, sha256, size, from: null }];
  return { path, ...format, loggedModel: null, created: null, files };
}

/** All of its bytes as objects. Throws UserError when they are nowhere any more. */
async function keep(store: Store, run: Run, { files, path: model }: Candidate): Promise<VersionFile[]> {
  const kept: VersionFile[] = [];
  for (const { path, sha256, size, from } of files) {
    if (!hasObject(store.folder, sha256)) {
      const object = from === null ? null : await putFile(store.folder, from);
      if (object?.sha256 !== sha256) {
        const file = files.length > 1 ? `${model}/${path}` : model;
        throw new UserError(
          `${file} is not what the run ${run.name} wrote any more, and its bytes were not kept. Run it again, and register that.`,
        );
      }
    }
    kept.push({ path, sha256, size });
  }
  return kept;
}

/** The newest version of the model that is this run's and has the same files, unless it was archived. */
function alreadyThere(
  { registry }: Store,
  run: string,
  name: string,
  { loggedModel }: Candidate,
  files: readonly VersionFile[],
): ModelVersion | null {
  const wanted = fingerprint(files);
  const versions = registry.versionsOfRun(run).filter(({ model, stage }) => model === name && stage !== "Archived");
  for (const version of versions) {
    const there = registry.files(name, version.version);
    const isSame = version.loggedModel === loggedModel;
    // A client of MLflow's has registered it, and where its files are was all that it said.
    if (isSame && loggedModel !== null && there.length === 0) registry.keepFiles(name, version.version, files);
    else if (!isSame || fingerprint(there) !== wanted) continue;
    return version;
  }
  return null;
}

const fingerprint = (files: readonly VersionFile[]) =>
  files
    .map(({ path, sha256 }) => `${sha256} ${path}`)
    .sort()
    .join("\n");

/** What is asked for beside its files; all in one transaction. */
function change(store: Store, known: ModelVersion, { description, tags = {}, aliases = [], past }: Registration) {
  const { model, version } = known;
  const { registry, audit } = store;
  return audit.act(
    () => {
      if (description !== undefined) registry.describeVersion(model, version, description);
      for (const [key, value] of Object.entries(tags)) registry.setVersionTag(model, version, key, value);
      giveAliases(store, known, aliases, past);
      return registry.version(model, version)!;
    },
    () => null,
  );
}

/** All in one transaction. */
function create(
  store: Store,
  run: Run,
  name: string,
  { description = "", tags = {}, aliases = [], past }: Registration,
  { path, loggedModel }: Candidate,
  files: readonly VersionFile[],
): ModelVersion {
  const { registry, audit, folder } = store;
  const source = loggedModel === null ? `runs:/${run.id}/${path}` : `models:/${loggedModel}`;
  const location = loggedModel === null ? source : pathToFileURL(join(folder, "models", loggedModel, "artifacts")).href;
  return audit.act(
    () => {
      if (!registry.model(name)) registry.createModel({ name, description: "", tags: {} });
      const made = registry.createVersion({
        model: name,
        description,
        source,
        location,
        run: run.id,
        runLink: "",
        loggedModel,
        tags,
      });
      registry.keepFiles(name, made.version, files);
      giveAliases(store, made, aliases, past);
      return registry.version(name, made.version)!;
    },
    () => null,
  );
}
