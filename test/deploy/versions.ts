/** Versions of models, each made by a real program and kept as those of a recorded run. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { Environment } from "../../src/domain/run";
import { readEnvironment } from "../../src/snapshot/environment";
import { askPython } from "../../src/snapshot/pythonNow";
import type { Store } from "../../src/store/contract";
import { putFile } from "../../src/store/objects";
import type { ModelVersion } from "../../src/store/registry/contract";
import { newRun } from "../../src/store/testStore";

/** The Python with the packages of test/serve/requirements.txt: the one that `npm test` names, else one it made before. */
export function servePython(): string | undefined {
  const named = process.env.MODELTRAIL_TEST_SERVE_PYTHON;
  if (named) return named;
  const cache = path.resolve(import.meta.dirname, "../../.cache");
  const venvs = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("venv-")) : [];
  const program = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  return venvs
    .map((name) => path.join(cache, name, program))
    .find((python) => {
      try {
        execFileSync(python, [
          "-c",
          "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ('skops', 'fastapi', 'onnxruntime'))))",
        ]);
        return true;
      } catch {
        return false;
      }
    });
}

/** Removed when the tests of the file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-deploy-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface MadeModel {
  /** What writes the model, in the project's folder; default: it is there already. */
  program?: string;
  /** The version's place in the run: a file that the program writes, or a folder. */
  entry: string;
  /** Tables that the program reads, by name. */
  tables?: Record<string, string>;
  model?: string;
  environment?: Partial<Environment>;
  source?: string;
}

const environments = new Map<string, Promise<Environment>>();

/** Runs the program and registers what it wrote as the next version of the model. */
export async function makeVersion(store: Store, python: string, made: MadeModel): Promise<ModelVersion> {
  const { program, entry, tables = {}, model = "wine", environment = {}, source = "cli" } = made;
  for (const [name, text] of Object.entries(tables)) writeFileSync(path.join(store.root, name), text);
  const place = path.join(store.root, entry);
  mkdirSync(path.dirname(place), { recursive: true });
  if (program) execFileSync(python, ["-c", program], { cwd: store.root, stdio: ["ignore", "ignore", "pipe"] });
  const run = store.createRun(newRun({ source }));
  const keep = async (name: string) => ({ path: name, ...(await putFile(store.folder, path.join(store.root, name))) });
  const known = environments.get(python) ?? environmentOf(python, store);
  environments.set(python, known);
  store.ingest(run, {
    artifacts: await Promise.all(filesOf(store.root, entry).map(keep)),
    data: (await Promise.all(Object.keys(tables).map(keep))).map((file) => ({ ...file, role: "read" as const })),
    environment: { ...(await known), ...environment },
  });
  store.endRun(run, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  if (!store.registry.model(model)) store.registry.createModel({ name: model, description: "", tags: {} });
  const at = `runs:/${run}/${entry}`;
  return store.registry.createVersion({
    model,
    description: "",
    source: at,
    location: at,
    run,
    runLink: "",
    loggedModel: null,
    tags: {},
  });
}

function filesOf(root: string, entry: string): string[] {
  const entries = existsSync(path.join(root, entry)) ? readdirSafe(path.join(root, entry)) : [];
  return entries.length === 0 ? [entry] : entries.map((name) => path.posix.join(entry, name));
}

function readdirSafe(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => path.relative(folder, path.join(one.parentPath, one.name)).split(path.sep).join("/"));
  } catch {
    return [];
  }
}

async function environmentOf(python: string, store: Store): Promise<Environment> {
  const interpreter = await askPython(python, process.env);
  const { root, folder: storeFolder } = store;
  return (await readEnvironment({ interpreter, modules: [], env: process.env, root, storeFolder })).environment;
}

const WINE = `
import pandas
from sklearn.datasets import load_wine
wine = load_wine(as_frame=True)
X, y = wine.data[["alcohol", "malic_acid", "ash"]], wine.target
`;

/** Programs that write a model of each format. */
export const PROGRAMS = {
  joblib: `${WINE}
import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), "model.joblib")
`,
  /** All but TorchScript. */
  others: `${WINE}
import pickle, lightgbm, mlflow, skops.io, skl2onnx, xgboost
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression
linear = LinearRegression().fit(X, y)
with open("linear.pkl", "wb") as file:
    pickle.dump(linear, file)
skops.io.dump(LinearRegression().fit(X.to_numpy(), y), "linear.skops")
xgboost.XGBRegressor(n_estimators=3).fit(X, y).save_model("boosted.json")
lightgbm.LGBMRegressor(n_estimators=3, verbose=-1).fit(X, y).booster_.save_model("boosted.txt")
with open("linear.onnx", "wb") as file:
    file.write(skl2onnx.to_onnx(linear, X.to_numpy().astype("float32")[:1]).SerializeToString())
mlflow.sklearn.save_model(linear, "logged", signature=infer_signature(X, linear.predict(X)), input_example=X.head(2))
with open("serve.py", "w") as file:
    file.write("def predict(inputs: list):\\n    return [row['alcohol'] * 2 for row in inputs]\\n")
`,
};

/** The first rows of what those learn from. */
export const WINE_TABLE = "alcohol,malic_acid,ash,target\n14.23,1.71,2.43,0\n13.2,1.78,2.14,0\n12.37,0.94,1.36,1\n";
