/** Models of every format, as bundles: each answers, to the bit, what its own library says. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { pythonThatServes, runPython } from "./python";

const python = pythonThatServes();
if (!python) console.warn("No MODELTRAIL_TEST_SERVE_PYTHON: what serves models is not tried.");

const FORMATS = ["joblib", "pickle", "unknown", "mixed", "skops", "xgboost", "lightgbm", "onnx", "tensors", "function"];

async function check(...kinds: string[]): Promise<Record<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-formats-"));
  await runPython(python!, "make_bundles.py", folder, ...kinds);
  return JSON.parse(await runPython(python!, "check_formats.py", folder));
}

describe.skipIf(!python)("models of every format", { timeout: 300_000 }, () => {
  test("answer as their libraries do, without a warning", async () => {
    expect(await check(...FORMATS)).toEqual(
      Object.fromEntries([...FORMATS, "xgboost-booster"].map((name) => [name, ""])),
    );
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
    expect(await check("mlflow")).toEqual(Object.fromEntries(names.map((name) => [`mlflow-${name}`, ""])));
  });
});
