/** A bundle as a folder that MLflow takes for a model: the model itself where it is MLflow's, else a few files that lead to the bundle. */
import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { BUNDLE_FILE, type BundleManifest, type InputSchema } from "../../domain/bundle";
import { MODEL_FOLDER } from "../bundle/fillFolder";
import type { ReadyBundle } from "../contract";
import { readSample } from "../sample";

/** Where the bundle is in what is written. */
const INSIDE = "bundle";
/** A request, and the table of it as MLflow keeps examples. */
const REQUEST = "serving_input_example.json";
const EXAMPLE = "input_example.json";
/** Of ours in every bundle; what else is beside the model is code of the project that the model needs. */
const OWN_FILE =
  /^(?:model|modeltrail_serve)\/|^(?:sample\.json|requirements\.txt|Dockerfile|\.dockerignore|score\.py|README\.md)$/;

/** The model's folder, when MLflow itself can read it there. */
export function mlflowModelOf({ folder, manifest }: Pick<ReadyBundle, "folder" | "manifest">): string | null {
  if (manifest.modelFormat !== "mlflow") return null;
  return path.join(folder, ...manifest.entry.split("/"));
}

/** Written to `folder`, which leads to the bundle where it is now. Quick, and the same each time. */
export async function linkModel(bundle: ReadyBundle, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWrapper(bundle, folder, bundle.folder);
}

/** All that MLflow needs, in `folder`, to be taken anywhere; what is in it is the user's own, to be changed as they like. */
export async function exportModel(bundle: ReadyBundle, folder: string): Promise<void> {
  const { manifest } = bundle;
  const model = mlflowModelOf(bundle);
  const alone = manifest.entry === MODEL_FOLDER && manifest.files.every(({ path: name }) => OWN_FILE.test(name));
  if (model !== null && alone) {
    const inside = manifest.files.filter(({ path: name }) => name.startsWith(`${MODEL_FOLDER}/`));
    return await copyFiles(
      model,
      folder,
      inside.map(({ path: name }) => name.slice(MODEL_FOLDER.length + 1)),
    );
  }
  const names = [...manifest.files.map(({ path: name }) => name), BUNDLE_FILE];
  await copyFiles(bundle.folder, path.join(folder, INSIDE), names);
  await writeWrapper(bundle, folder, INSIDE);
}

async function copyFiles(from: string, to: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const target = path.join(to, ...name.split("/"));
    await cp(path.join(from, ...name.split("/")), target);
    await chmod(target, 0o644);
  }
}

/** `place`: of the bundle, from the folder. */
async function writeWrapper(bundle: ReadyBundle, folder: string, place: string): Promise<void> {
  const { manifest } = bundle;
  const { python } = manifest;
  const sample = await readSample(bundle);
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  // MLflow's own way to make an environment asks for it in the list.
  const requirements = manifest.requirements.some((line) => /^mlflow\b/i.test(line))
    ? manifest.requirements
    : [...manifest.requirements, "mlflow"];
  const pip = { pip: ["-r requirements.txt"] };
  await write("requirements.txt", `${requirements.join("\n")}\n`);
  await write(
    "python_env.yaml",
    stringify({ python, build_dependencies: ["pip"], dependencies: ["-r requirements.txt"] }),
  );
  await write("conda.yaml", stringify({ name: "mlflow-env", dependencies: [`python=${python}`, "pip", pip] }));
  const example = sample && exampleOf(sample.request);
  if (sample) await write(REQUEST, `${JSON.stringify(sample.request)}\n`);
  if (example?.table) await write(EXAMPLE, `${JSON.stringify(example.table)}\n`);
  // Last: without it the folder is no model.
  await write("MLmodel", stringify(mlmodel(manifest, place, example?.info)));
}

interface Example {
  info: Record<string, string>;
  table?: unknown;
}

/** What MLflow says of the example; null for a form that it keeps none in. */
function exampleOf(request: Record<string, unknown>): Example | null {
  if ("dataframe_split" in request) {
    const info = { type: "dataframe", pandas_orient: "split", artifact_path: EXAMPLE, serving_input_path: REQUEST };
    return { info, table: request.dataframe_split };
  }
  if (!("inputs" in request)) return null;
  return { info: { type: "ndarray", format: "tf-serving", artifact_path: REQUEST, serving_input_path: REQUEST } };
}

function mlmodel(manifest: BundleManifest, place: string, example: Example["info"] | undefined) {
  const { python, input } = manifest;
  return {
    flavors: {
      python_function: {
        loader_module: "modeltrail_serve.pyfunc",
        data: place,
        code: place,
        env: { conda: "conda.yaml", virtualenv: "python_env.yaml" },
        python_version: python,
      },
    },
    ...(input ? { signature: { inputs: JSON.stringify(signatureOf(input)), outputs: null, params: null } } : {}),
    ...(example ? { saved_input_example_info: example } : {}),
    utc_time_created: manifest.created.replace("T", " ").replace("Z", ""),
    metadata: { modeltrail_model: manifest.model, modeltrail_version: manifest.version, modeltrail_run: manifest.run },
  };
}

/** As MLflow writes what a model takes. */
function signatureOf(input: InputSchema): object[] {
  if ("columns" in input) {
    return input.columns.map(({ name, type, required }) => ({ type, name, required }));
  }
  return input.tensors.map(({ name, dtype, shape }) => {
    const named = name === null ? {} : { name };
    return { type: "tensor", "tensor-spec": { dtype, shape }, ...named };
  });
}
