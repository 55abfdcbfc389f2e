/** What can be said of bundles without Python; with it: test/deploy. */
import { existsSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../../store/contract";
import { putBytes } from "../../store/objects";
import { newRun, tempDisk, tempStore } from "../../store/testStore";
import { sourceOf } from "../trust/trust";
import { makeBundle } from "./makeBundle";
import { findModelFiles } from "./modelFiles";
import { findFormat } from "./modelFormat";

const options = {
  env: {},
  trust: async () => true,
  onStep() {},
  signal: new AbortController().signal,
};

/** A version of what a run left as these files. */
async function versionOf(store: Store, files: Record<string, string | Buffer>, at: string) {
  const run = store.createRun(newRun());
  const artifacts = await Promise.all(
    Object.entries(files).map(async ([name, text]) => ({
      path: name,
      ...(await putBytes(store.folder, Buffer.from(text))),
    })),
  );
  store.endRun(run, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 }, { artifacts });
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  const source = at.startsWith("runs:") || at.includes("://") ? at : `runs:/${run}/${at}`;
  const head = { model: "wine", description: "", runLink: "", loggedModel: null, tags: {} };
  return store.registry.createVersion({ ...head, source, location: source, run });
}

const formatOf = async (files: Record<string, string | Buffer>, at: string) => {
  const store = tempStore();
  return findFormat(await findModelFiles(store, await versionOf(store, files, at)));
};

test("models are told apart by name and content, in files and folders", async () => {
  expect(await formatOf({ "out/model.joblib": "x" }, "out/model.joblib")).toMatchObject({
    modelFormat: "joblib",
    entry: "model.joblib",
    executesCode: true,
  });
  expect(await formatOf({ "out/model.pkl": "\x80\x04", "out/log.txt": "words" }, "out")).toMatchObject({
    modelFormat: "pickle",
    entry: "model.pkl",
  });
  const beside = { "serve/predict.py": "def predict(inputs):\n    return 1\n", "serve/model.joblib": "x" };
  expect(await formatOf(beside, "serve")).toMatchObject({ modelFormat: "python", entry: "predict.py" });
  await expect(formatOf({ "a/one.onnx": "", "a/two.onnx": "" }, "a")).rejects.toThrow(
    "There are several models: one.onnx, two.onnx",
  );
  await expect(formatOf({ "a/notes.md": "" }, "a/notes.md")).rejects.toThrow("notes.md: no model that can be served");
});

test("of an MLflow model it is told whether reading it runs code, whatever it says of itself", async () => {
  const mlmodel = (flavors: string) => ({ "m/MLmodel": `flavors:\n${flavors}`, "m/model.x": "" });
  const python = "  python_function: {loader_module: mlflow.sklearn}\n";
  const skops = `${python}  sklearn: {pickled_model: model.x, serialization_format: skops`;
  const cases: [string, boolean][] = [
    [`${skops}}\n`, false],
    [`${skops}, skops_trusted_types: [os.system]}\n`, true],
    [`${python}  sklearn: {pickled_model: model.x, serialization_format: cloudpickle}\n`, true],
    ["  python_function: {loader_module: mlflow.xgboost}\n  xgboost: {data: model.x}\n", false],
    ["  python_function: {loader_module: mlflow.xgboost, code: code}\n  xgboost: {data: model.x}\n", true],
    ["  python_function: {loader_module: mlflow.pyfunc.model}\n", true],
    ["  python_function: {loader_module: mlflow.onnx}\n  onnx: {data: model.x}\n", false],
    // What would be looked at is not what would be read.
    [`${python}  onnx: {data: decoy}\n  sklearn: {pickled_model: model.x, serialization_format: pickle}\n`, true],
    ["  python_function: {loader_module: mlflow.sklearn, model_path: model.x}\n  onnx: {data: decoy}\n", true],
    ["  python_function: {loader_module: loader}\n  onnx: {data: decoy}\n", true],
    ["  onnx: {data: decoy}\n", true],
  ];
  for (const [flavors, executesCode] of cases) {
    expect(await formatOf(mlmodel(flavors), "m"), flavors).toMatchObject({
      modelFormat: "mlflow",
      entry: "",
      executesCode,
    });
  }
  await expect(formatOf({ "m/MLmodel": "[", "m/x": "" }, "m")).rejects.toThrow("MLmodel cannot be understood");
});

test("files that are elsewhere, or nowhere any more, are named", async () => {
  const store = tempStore();
  const away = await versionOf(store, {}, "s3://bucket/model");
  await expect(findModelFiles(store, away)).rejects.toThrow(
    "The files of wine/1 are at s3://bucket/model, and not on this",
  );
  await expect(formatOf({}, "gone.joblib")).rejects.toThrow("The files of wine/1 are not here any more");
  // An address may not lead out of the store.
  const outside = { ...away, location: "mlflow-artifacts:/runs/../../../../etc/passwd" };
  await expect(findModelFiles(store, outside)).rejects.toThrow("not here any more");
});

test("a full disk is said, and nothing half is left", async ({ skip }) => {
  const disk = tempDisk("8m");
  if (!disk) return skip("no disk of its own may be mounted here");
  const root = path.join(disk, "project");
  mkdirSync(root);
  const store = tempStore(root);
  const version = await versionOf(store, { "serve.py": "def predict(inputs):\n    return 1\n" }, "serve.py");
  store.trust.trust(sourceOf(store, version).key);
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(path.join(disk, "ballast"), Buffer.alloc(bavail * bsize - 16 * 1024));
  await expect(makeBundle(store, version, options)).rejects.toThrow(
    "The disk is full: the bundle could not be written",
  );
  expect(readdirSync(path.join(store.folder, "tmp"))).toEqual([]);
  expect(existsSync(path.join(store.folder, "bundles"))).toBe(false);
});
