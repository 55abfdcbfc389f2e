import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeBundle } from "../../src/deploy/bundle/makeBundle";
import { checkCompatibility } from "../../src/deploy/compatibility/checkCompatibility";
import type { ReadyBundle, ServingContract } from "../../src/deploy/contract";
import { servingPython } from "../../src/deploy/environment/servingPython";
import type { Store } from "../../src/store/contract";
import { openStore } from "../../src/store/open";
import { makeVersion, PROGRAMS, servePython, temporaryFolder, WINE_TABLE } from "./versions";

const python = servePython();
const { signal } = new AbortController();
const project = temporaryFolder();
let store: Store;
let bundle: ReadyBundle;

describe.runIf(python)("the compatibility check", () => {
  beforeAll(async () => {
    store = openStore(project);
    const made = { program: PROGRAMS.joblib, entry: "model.joblib", tables: { "wine.csv": WINE_TABLE } };
    const version = await makeVersion(store, python!, made);
    bundle = await makeBundle(store, version, { env: process.env, trust: async () => true, onStep() {}, signal });
  }, 180_000);
  afterAll(() => store?.close());

  const serving = () => servingPython(store, bundle, { env: process.env, signal });

  test.for<ServingContract>(["mlflow", "kserve", "sagemaker", "vertex", "azureml"])(
    "passes under %s",
    async (contract) => {
      const said = await checkCompatibility(bundle, contract, await serving(), signal);
      expect(said).toMatch(
        contract === "azureml"
          ? /^score\.py answers|^It starts/
          : /^It starts .+ and answers the sample in [\d.]+ ms\.$/,
      );
      expect(processesOf(bundle.folder)).toEqual([]);
    },
  );

  test("says how an answer differs, and what the server printed", async () => {
    const other = copyOf("other-answer");
    const file = path.join(other.folder, "sample.json");
    chmodSync(file, 0o644);
    const sample = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...sample, response: { predictions: [0, 2, 1] } }));
    await expect(checkCompatibility(other, "mlflow", await serving(), signal)).rejects.toThrow(
      /^wine\/1 would not run as MLflow asks: \/invocations answered the sample wrongly: the answer\.predictions\[1\] is 0, not 2\nIt printed last:/,
    );
  });

  test("says why a server does not start, and leaves nothing running", async () => {
    const other = copyOf("damaged");
    const model = path.join(other.folder, "model/model.joblib");
    chmodSync(model, 0o644);
    writeFileSync(model, "no model");
    await expect(checkCompatibility(other, "sagemaker", await serving(), signal)).rejects.toThrow(
      /^wine\/1 would not run as SageMaker asks: the server ended with exit code 1\nIt printed last:\n.*could not be loaded/s,
    );
    expect(processesOf(other.folder)).toEqual([]);
  });
});

function copyOf(name: string): ReadyBundle {
  const folder = path.join(project, name);
  cpSync(bundle.folder, folder, { recursive: true });
  return { ...bundle, folder };
}

/** Command lines that name the folder. */
function processesOf(folder: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(folder) && line.includes("modeltrail_serve"));
}
