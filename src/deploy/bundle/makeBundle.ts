/** Makes a bundle of a model version: a folder with all that is needed to serve it, here or in a container. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { BUNDLE_FILE, type BundleManifest } from "../../domain/bundle";
import { UserError } from "../../domain/errors";
import type { Run } from "../../domain/run";
import { maskText } from "../../domain/secrets";
import type { Store } from "../../store/contract";
import { hasObject, objectPath } from "../../store/objects";
import type { ModelVersion } from "../../store/registry/contract";
import type { ReadyBundle } from "../contract";
import { findPython } from "../environment/findPython";
import { type AskTrust, requireTrust } from "../trust/trust";
import { keepBundle, removeBundle, touchBundle } from "./bundleFolder";
import { DOCKERIGNORE, dockerfile, readme, SCORE, SCORE_FILE } from "./containerFiles";
import { type DescribeRequest, describeModel, type ModelDescription, NotLoaded } from "./describeModel";
import { copyApp, copyModel, MODEL_FOLDER } from "./fillFolder";
import { keyOf, madeBefore, noteMade } from "./madeBefore";
import { findModelFiles } from "./modelFiles";
import { type FoundFormat, findFormat } from "./modelFormat";
import { addModule } from "./projectModules";
import { pinRequirements } from "./requirements";
import { type SampleHints, sampleHints, sampleSource, TABLE } from "./sampleHints";

export interface BundleOptions {
  /** Reads the model; default: that of the run, else the project's. */
  python?: string;
  env: NodeJS.ProcessEnv;
  /** Asked before a model runs code here, once for each source. */
  trust: AskTrust;
  /** What is being done, or is worth knowing, in a sentence. */
  onStep(detail: string): void;
  signal: AbortSignal;
}

const SAMPLE_FILE = "sample.json";
/** Tables that are looked at for a sample. */
const MOST_TABLES = 20;

type Draft = Omit<BundleManifest, "files" | "created">;

/**
 * The version's bundle. The same version gives the same bundle, with the same hash. Throws UserError when the model is not
 * here, is none that can be served, may not be read, or cannot be; nothing half is left then.
 */
export async function makeBundle(store: Store, version: ModelVersion, options: BundleOptions): Promise<ReadyBundle> {
  const { signal, onStep } = options;
  onStep("Looking for the model's files");
  const files = await findModelFiles(store, version);
  const format = await findFormat(files);
  if (format.executesCode) await requireTrust(store, version, options.trust);
  signal.throwIfAborted();
  const run = version.run === null ? null : store.getRun(version.run);
  const hints = await sampleHints(store.root, version.model);
  const tables = run === null ? [] : tablesOf(store, run);
  const environment = run?.snapshot.environment ?? null;
  const facts = [
    version.model,
    version.version,
    run?.id,
    format,
    environment?.python,
    environment?.packages,
    tables,
    hints.state,
  ];
  const key = await keyOf(files, [...facts, options.python ?? environment?.executable]);
  const known = await madeBefore(store.folder, key);
  if (known) {
    if (known.manifest.executesCode) await requireTrust(store, version, options.trust);
    await touchBundle(known.folder);
    return known;
  }
  const folder = path.join(store.folder, "tmp", `bundle-${randomBytes(8).toString("hex")}`);
  try {
    await mkdir(folder, { recursive: true });
    await copyModel(files, folder);
    await copyApp(folder);
    const found = await look(store, version, run, format, folder, { ...hints, tables }, options);
    const manifest = await writeParts(folder, found, run, format, onStep);
    signal.throwIfAborted();
    const bundle = await keepBundle(store.folder, folder, manifest);
    // Why a sample was not answered may be another the next time.
    if (found.description.failure === null) await noteMade(store.folder, key, bundle.hash);
    return bundle;
  } catch (error) {
    await removeBundle(folder);
    throw explain(error, store.folder);
  }
}

interface Table {
  name: string;
  path: string;
}

/** What was learned from is most often the largest. */
function tablesOf(store: Store, { snapshot }: Run): Table[] {
  return snapshot.data
    .filter(({ path: name, sha256, role }) => role === "read" && sha256 !== null && TABLE.test(name))
    .filter(({ sha256 }) => hasObject(store.folder, sha256!))
    .sort((one, other) => other.size - one.size || (one.path < other.path ? -1 : 1))
    .slice(0, MOST_TABLES)
    .map(({ path: name, sha256 }) => ({ name, path: objectPath(store.folder, sha256!) }));
}

/** Loads the model once, with the code that will serve it. */
async function look(
  store: Store,
  version: ModelVersion,
  run: Run | null,
  format: FoundFormat,
  folder: string,
  hints: SampleHints & { tables: Table[] },
  options: BundleOptions,
): Promise<{ draft: Draft; description: ModelDescription }> {
  const { env, signal, onStep } = options;
  const python = options.python ?? (await findPython(store, run?.snapshot.environment ?? null, options)).executable;
  onStep("Reading the model, and asking it a sample");
  const ask = async (executesCode: boolean) => {
    const draft = firstDraft(version, run, { ...format, executesCode });
    await writeFile(path.join(folder, BUNDLE_FILE), JSON.stringify(draft));
    const request: DescribeRequest = {
      bundle: folder,
      manifest: draft,
      signature: format.mlflow?.signature?.inputs ?? null,
      given: hints.given,
      example: exampleOf(format, folder),
      data: [...hints.tables, ...(hints.table ? [hints.table] : [])],
      features: hints.features,
      label: hints.label,
    };
    return { draft, description: await describeModel(python, request, { env, signal }) };
  };
  const added = new Set<string>();
  let { executesCode } = format;
  for (;;) {
    try {
      return await ask(executesCode);
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error;
      const module = error.missing?.split(".")[0];
      if (error.unsafe && !executesCode) {
        await requireTrust(store, version, options.trust);
        executesCode = true;
      } else if (run && module && !added.has(module) && (await addModule(run, store.root, module, folder))) {
        added.add(module);
        onStep(`The model needs ${module} of the project: it comes along`);
      } else throw error;
    }
  }
}

function firstDraft(version: ModelVersion, run: Run | null, format: FoundFormat): Draft {
  const { flavour, modelFormat, executesCode, entry } = format;
  return {
    format: 1,
    model: version.model,
    version: version.version,
    run: run?.id ?? null,
    flavour,
    modelFormat,
    executesCode,
    entry: entry === "" ? MODEL_FOLDER : `${MODEL_FOLDER}/${entry}`,
    python: "",
    requirements: [],
    input: null,
    sample: null,
  };
}

/** The file of a request that MLflow kept with the model; whether it is there is seen when it is read. */
function exampleOf({ mlflow }: FoundFormat, folder: string): string | null {
  const info = mlflow?.saved_input_example_info;
  const name = info && (info.serving_input_path ?? info.artifact_path);
  if (!name || name.split(/[\\/]/).includes("..") || path.isAbsolute(name)) return null;
  return path.join(folder, MODEL_FOLDER, name);
}

async function writeParts(
  folder: string,
  { draft, description }: { draft: Draft; description: ModelDescription },
  run: Run | null,
  format: FoundFormat,
  onStep: (detail: string) => void,
): Promise<Draft> {
  const environment = run?.snapshot.environment ?? null;
  const exact = environment?.python ?? description.python;
  const python = exact.split(".").slice(0, 2).join(".");
  const requirements = pinRequirements({
    python,
    needed: description.packages,
    recorded: environment?.packages ?? null,
    listed: format.flavour === "mlflow" ? await listedBy(folder) : [],
  });
  for (const notice of requirements.notices) onStep(notice);
  const { request, answer, failure } = description;
  if (failure !== null) {
    const asked = description.source;
    if (asked === "given" || asked === "example" || asked === "rows") throw fails(asked, failure);
    onStep(`The model could not answer the sample that was made for it: ${failure}`);
  }
  const sample = request !== null && failure === null ? SAMPLE_FILE : null;
  const source = sample === null ? undefined : sampleSource(description);
  const manifest: Draft = {
    ...draft,
    python,
    requirements: requirements.lines,
    input: description.input,
    sample,
    ...(source && { sampleSource: source }),
  };
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  if (sample !== null) await write(sample, `${JSON.stringify({ request, response: answer }, null, 2)}\n`);
  await write("requirements.txt", `${requirements.lines.join("\n")}\n`);
  await write("Dockerfile", dockerfile(manifest, exact));
  await write(".dockerignore", DOCKERIGNORE);
  await write(SCORE_FILE, SCORE);
  await write("README.md", readme(manifest));
  return manifest;
}

const FAILURES = {
  given: ["the request that modeltrail.yaml names under `samples`", "Change that request, or the model."],
  example: ["the example that was kept with it", "Try it in Python, then log it again."],
  rows: [
    "rows of a table that its run read",
    "If the run changed them before the model learned from them, log the model with MLflow and an input_example of what it takes, or name a request for it under `samples` of modeltrail.yaml.",
  ],
} as const;

/** What it was made for it has to be able to do; only what nobody ever asked of it need not be. */
function fails(source: keyof typeof FAILURES, failure: string): UserError {
  const [asked, help] = FAILURES[source];
  return new UserError(`The model could not answer ${asked}: ${maskText(failure)}. ${help}`);
}

async function listedBy(folder: string): Promise<string[]> {
  const text = await readFile(path.join(folder, MODEL_FOLDER, "requirements.txt"), "utf8").catch(() => "");
  return text.split(/\r?\n/);
}

function explain(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new UserError(
    `The disk is full: the bundle could not be written to ${folder}. Free some space, then try again.`,
    {
      cause: error,
    },
  );
}
