/** Models of every format, as bundles: each answers, to the bit, what its own library says. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { pythonThatServes, runPython } from "./python";

const python = pythonThatServes();
if (!python) console.warn("No MODELTRAIL_TEST_SERVE_PYTHON: what serves models is not tried.");

const FORMATS = ["joblib", "pickle", "unknown", "mixed", "skops", "xgboost", "lightgbm", "onnx", "tensors", "function"];

const torch = process.env.MODELTRAIL_TEST_TORCH_PYTHON;
if (!torch) console.warn("No MODELTRAIL_TEST_TORCH_PYTHON: TorchScript is not tried.");

async function check(kinds: readonly string[], by = python!): Promise<Record<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-formats-"));
  await runPython(by, "make_bundles.py", folder, ...kinds);
  return JSON.parse(await runPython(by, "check_formats.py", folder));
}

describe.skipIf(!python)("models of every format", { timeout: 300_000 }, () => {
  test("answer as their libraries do, without a warning", async () => {
    expect(await check(FORMATS)).toEqual(Object.fromEntries([...FORMATS, "xgboost-booster"].map((name) => [name, ""])));
  });

  test("answer as MLflow would, which is not needed for what one library reads alone", async () => {
    const names = [
      "lightgbm",
      "onnx",
      "pyfunc",
      "sklearn",
      "sklearn-proba",
      "sklearn-skops",
      "xgboost",
      "xgboost-booster",
    ];
    expect(await check(["mlflow"])).toEqual(Object.fromEntries(names.map((name) => [`mlflow-${name}`, ""])));
  });

  test("run no code when the bundle says that they hold data only, whatever they say of themselves", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-no-code-"));
    await runPython(python!, "make_bundles.py", folder, "joblib", "pickle", "function");
    const decoys = {
      sklearn: "python_function: {loader_module: mlflow.sklearn, model_path: model.bin}",
      pyfunc: "python_function: {loader_module: loader, data: model.bin}",
    };
    const model = path.join(folder, "pickle", "model");
    for (const [name, loader] of Object.entries(decoys)) {
      mkdirSync(path.join(model, name));
      writeFileSync(path.join(model, name, "MLmodel"), `flavors:\n  onnx: {data: decoy}\n  ${loader}\n`);
      copyFileSync(path.join(model, "model.pkl"), path.join(model, name, "model.bin"));
    }
    const said = async (bundle: string, more: object = {}) => {
      const file = path.join(folder, bundle, "bundle.json");
      const manifest = { ...JSON.parse(readFileSync(file, "utf8")), executesCode: false, ...more };
      writeFileSync(file, JSON.stringify(manifest));
      const asked = JSON.stringify([["-", path.join(folder, "never.csv"), 1]]);
      const [[status, text]] = JSON.parse(
        await runPython(python!, "predict_files.py", path.join(folder, bundle), asked),
      );
      expect(status).toBe(1);
      return text;
    };
    const refusal = (what: string) => `${what} runs code of whoever wrote the model, and this bundle is said to`;
    expect(await said("joblib")).toContain(refusal("Reading a joblib file"));
    expect(await said("pickle")).toContain(refusal("Reading a pickle"));
    expect(await said("function")).toContain(refusal("A Python file"));
    expect(await said("function", { modelFormat: "torchscript" })).toContain(refusal("TorchScript"));
    const decoy = (name: string) => said("pickle", { modelFormat: "mlflow", entry: `model/${name}` });
    expect(await decoy("sklearn")).toContain(refusal("Reading a pickle"));
    expect(await decoy("pyfunc")).toContain(refusal("A model that MLflow itself has to read"));
  });
});

test.skipIf(!torch)("TorchScript answers as torch does", { timeout: 300_000 }, async () => {
  expect(await check(["torchscript"], torch)).toEqual({ torchscript: "" });
});
