/** Models of MLflow's that only MLflow can read, as bundles; and bundles as models of MLflow's. */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { makeBundle } from "../../src/deploy/bundle/makeBundle";
import { checkCompatibility } from "../../src/deploy/compatibility/checkCompatibility";
import type { ReadyBundle } from "../../src/deploy/contract";
import { exportModel } from "../../src/deploy/mlflow/modelFolder";
import { BundleManifest } from "../../src/domain/bundle";
import { tempStore } from "../../src/store/testStore";
import { APP, runPython } from "../serve/python";
import { makeVersion, servePython, temporaryFolder } from "./versions";

const python = servePython();
const MODELS = `
import mlflow, pandas
from mlflow.models import infer_signature
class Above(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.border = float(open(context.artifacts["border"]).read())
    def predict(self, context, model_input, params=None):
        border = (params or {}).get("border", self.border)
        return [{"above": bool(value > border)} for value in model_input["alcohol"]]
with open("border.txt", "w") as file:
    file.write("13")
frame = pandas.DataFrame({"alcohol": [14.0, 12.5]})
mlflow.pyfunc.save_model("logged", python_model=Above(), artifacts={"border": "border.txt"}, input_example=frame,
    signature=infer_signature(frame, [{"above": True}], params={"border": 13.0}), pip_requirements=["mlflow", "pandas"])
`;

/**
 * What each folder, a model by its name, answers when MLflow's scoring server asks it its example, and the same in another form;
 * what the bundle inside says; and what is said of a column too few.
 */
const ASK = `
import json, os, sys, warnings
warnings.simplefilter("ignore")
import mlflow, pandas
from mlflow.exceptions import MlflowException
from mlflow.models.flavor_backend_registry import get_flavor_backend
from mlflow.pyfunc.scoring_server import invocations
found = {}
for folder in sys.argv[1:]:
    model = mlflow.pyfunc.load_model(folder)
    schema = model.metadata.get_input_schema()
    with open(os.path.join(folder, "serving_input_example.json")) as file:
        example = json.load(file)
    def ask(body):
        return json.loads(invocations(json.dumps(body), "application/json", model, schema).response)["predictions"]
    frame = pandas.DataFrame(example["dataframe_split"]["data"], columns=example["dataframe_split"]["columns"])
    other = {"dataframe_records": frame.to_dict("records")}
    if schema is not None and schema.is_tensor_spec():
        # Tensors with names are to be given by them.
        example = other = {"inputs": {schema.input_names()[0]: frame.to_numpy().tolist()}}
    said = {"asked": ask(example), "same": ask(other), "wrong": None}
    said["example"] = list(pandas.DataFrame(model.metadata.load_input_example(folder)).shape)
    if os.path.isdir(os.path.join(folder, "bundle")):
        from modeltrail_serve.models import open_bundle
        said["bundle"] = open_bundle(os.path.join(folder, "bundle")).predict(example)["predictions"]
    # What \`mlflow models build-docker\` builds.
    get_flavor_backend(folder, env_manager="local").generate_dockerfile(folder, folder + "-image")
    with open(folder + "-image/Dockerfile") as file:
        said["image"] = [line.strip() for line in file if line.startswith(("FROM", "COPY"))]
    try:
        model.predict(frame.iloc[:, 1:])
    except MlflowException as error:
        said["wrong"] = error.error_code + ": " + str(error)
    except Exception as error:
        said["wrong"] = type(error).__name__
    found[os.path.basename(folder)] = said
print(json.dumps(found))
`;

interface Said {
  asked: unknown[];
  same: unknown[];
  bundle?: unknown[];
  /** Rows and columns. */
  example: number[];
  image: string[];
  wrong: string | null;
}

describe.runIf(python)("MLflow's models", () => {
  const work = temporaryFolder();
  const signal = AbortSignal.timeout(200_000);
  const outside = { cwd: work, env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" } };

  test("one that MLflow alone can read is bundled, answers, and is itself again when it is written out", async () => {
    const store = tempStore();
    const version = await makeVersion(store, python!, { program: MODELS, entry: "logged" });
    const options = { env: process.env, trust: async () => true, onStep() {}, signal };
    const bundle = await makeBundle(store, version, options);
    expect(bundle.manifest).toMatchObject({ flavour: "mlflow", modelFormat: "mlflow", executesCode: true });
    expect(bundle.manifest.input).toEqual({ columns: [{ name: "alcohol", type: "double", required: true }] });
    const sample = JSON.parse(readFileSync(path.join(bundle.folder, "sample.json"), "utf8"));
    expect(sample.response).toEqual({ predictions: [{ above: true }, { above: false }] });
    const names = bundle.manifest.requirements.map((line) => line.split("==")[0]);
    expect(names).toEqual(expect.arrayContaining(["mlflow", "pandas", "fastapi"]));
    expect(await checkCompatibility(bundle, "mlflow", { python: python!, env: {} }, signal)).toContain("MLflow");
    await exportModel(bundle, path.join(work, "logged"));
    const answer = [{ above: true }, { above: false }];
    expect(await ask("logged")).toMatchObject({ logged: { asked: answer, same: answer } });
  }, 120_000);

  test("any bundle is a model of MLflow's, which asks it in its own ways, and says what does not fit", async () => {
    const formats = ["joblib", "mixed", "tensors", "function", "unknown"];
    await runPython(python!, "make_bundles.py", path.join(work, "made"), ...formats);
    for (const name of formats) await exportModel(bundleIn(path.join(work, "made", name)), path.join(work, name));
    const found = await ask(...formats);
    for (const [name, { asked, same, bundle }] of Object.entries(found)) {
      expect([name, asked, same]).toEqual([name, bundle, bundle]);
    }
    expect(found.function!.asked).toEqual([
      { class: 1, rows: 2 },
      { class: 0, rows: 2 },
    ]);
    const { python: minor } = bundleIn(path.join(work, "made", "joblib")).manifest;
    expect(found.joblib!.image).toEqual([`FROM python:${minor}-slim`, "COPY model_dir/joblib /opt/ml/model"]);
    expect(found.joblib!.example).toEqual([2, 13]);
    expect(found.joblib!.wrong).toContain("missing inputs");
    expect(found.unknown!.wrong).toBe("ValueError");
  }, 120_000);

  /** Made by hand, it lists no files and has no app. */
  function bundleIn(folder: string): ReadyBundle {
    cpSync(path.join(APP, "modeltrail_serve"), path.join(folder, "modeltrail_serve"), { recursive: true });
    const manifest = BundleManifest.parse(JSON.parse(readFileSync(path.join(folder, "bundle.json"), "utf8")));
    const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const names = there.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    const files = names.map((name) => ({ path: name.split(path.sep).join("/"), size: 0, sha256: "" }));
    return { hash: folder, folder, manifest: { ...manifest, files } };
  }

  async function ask(...names: string[]): Promise<Record<string, Said>> {
    const folders = names.map((name) => path.join(work, name));
    const { stdout } = await promisify(execFile)(python!, ["-c", ASK, ...folders], outside);
    return JSON.parse(stdout);
  }
});
