import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openBundle } from "../../src/deploy/bundle/bundleFolder";
import { makeBundle } from "../../src/deploy/bundle/makeBundle";
import { tempStore } from "../../src/store/testStore";
import { makeVersion, PROGRAMS, servePython, WINE_TABLE } from "./versions";

const python = servePython();
if (!python)
  console.warn(
    "Bundles are not tested: set MODELTRAIL_TEST_SERVE_PYTHON to a Python with test/serve/requirements.txt.",
  );

interface Expected {
  columns?: string[];
  tensors?: unknown[][];
}

const options = () => ({
  env: process.env,
  trust: async () => true,
  onStep() {},
  signal: new AbortController().signal,
});

describe.runIf(python)("bundles", () => {
  test("holds all that serves a model, and says what it takes, answers and needs", { timeout: 180_000 }, async () => {
    const store = tempStore();
    const made = { program: PROGRAMS.joblib, entry: "model.joblib", tables: { "wine.csv": WINE_TABLE } };
    const version = await makeVersion(store, python!, made);
    const { hash, folder, manifest } = await makeBundle(store, version, options());
    expect(folder).toBe(path.join(store.folder, "bundles", hash));
    expect(readdirSync(path.join(store.folder, "tmp")).filter((name) => name.startsWith("bundle-"))).toEqual([]);
    expect(manifest).toMatchObject({
      model: "wine",
      version: 1,
      run: version.run,
      flavour: "sklearn",
      modelFormat: "joblib",
      executesCode: true,
      entry: "model/model.joblib",
      input: {
        columns: [
          { name: "alcohol", type: "double", required: true, minimum: 12.37, maximum: 14.23 },
          { name: "malic_acid", type: "double", required: true, minimum: 0.94, maximum: 1.78 },
          { name: "ash", type: "double", required: true, minimum: 1.36, maximum: 2.43 },
        ],
      },
    });
    const names = manifest.requirements.map((line) => line.split("==")[0]);
    expect(names).toEqual(expect.arrayContaining(["scikit-learn", "joblib", "numpy", "scipy", "fastapi", "uvicorn"]));
    // scikit-learn looks whether pandas is there, and does without.
    for (const absent of ["mlflow", "pandas", "pyarrow"]) expect(names).not.toContain(absent);
    expect(manifest.requirements.every((line) => /^[a-z0-9-]+==\S+(?:; .+)?$/.test(line))).toBe(true);
    const sample = JSON.parse(readFileSync(path.join(folder, manifest.sample!), "utf8"));
    expect(sample.request.dataframe_split.data).toEqual([
      [14.23, 1.71, 2.43],
      [13.2, 1.78, 2.14],
      [12.37, 0.94, 1.36],
    ]);
    expect(sample.response).toEqual({ predictions: [0, 0, 1] });
    expect(readFileSync(path.join(folder, "Dockerfile"), "utf8")).toMatch(/^ARG BASE=python:3\.\d+\.\d+-slim$/m);

    // Again: the same, whatever the time.
    rmSync(path.join(store.folder, "cache"), { recursive: true });
    expect((await makeBundle(store, version, options())).hash).toBe(hash);
    expect(await openBundle(store.folder, hash)).toEqual({ hash, folder, manifest });
    writeFileSync(path.join(folder, "fastapi.py"), "");
    await expect(openBundle(store.folder, hash)).rejects.toThrow("fastapi.py does not belong to it");
  });

  test("is made of every format, and knows what each takes", { timeout: 600_000 }, async () => {
    const store = tempStore();
    const tables = { "wine.csv": WINE_TABLE };
    const names = ["alcohol", "malic_acid", "ash"];
    const expected = {
      "linear.pkl": { flavour: "sklearn", modelFormat: "pickle", executesCode: true, columns: names },
      "linear.skops": {
        flavour: "sklearn",
        modelFormat: "skops",
        executesCode: false,
        tensors: [[null, "float64", -1, 3]],
      },
      "boosted.json": { flavour: "xgboost", modelFormat: "xgboost", executesCode: false, columns: names },
      "boosted.txt": { flavour: "lightgbm", modelFormat: "lightgbm", executesCode: false, columns: names },
      "linear.onnx": { flavour: "onnx", modelFormat: "onnx", executesCode: false, tensors: [["X", "float32", -1, 3]] },
      logged: { flavour: "sklearn", modelFormat: "mlflow", columns: names },
      "serve.py": { flavour: "function", modelFormat: "python", executesCode: true },
    };
    let program: string | undefined = PROGRAMS.others;
    for (const [entry, { columns, tensors, ...said }] of Object.entries(expected) as [string, Expected][]) {
      const version = await makeVersion(store, python!, { program, entry, tables });
      program = undefined;
      const { manifest, folder } = await makeBundle(store, version, options());
      expect(manifest, entry).toMatchObject(said);
      const { input } = manifest;
      const found = input && "columns" in input ? input.columns.map(({ name }) => name) : undefined;
      expect(found, entry).toEqual(columns);
      const shapes =
        input && "tensors" in input
          ? input.tensors.map(({ name, dtype, shape }) => [name, dtype, ...shape])
          : undefined;
      expect(shapes, entry).toEqual(tensors);
      expect(
        manifest.requirements.some((line) => line.startsWith("mlflow==")),
        entry,
      ).toBe(false);
      if (entry === "serve.py") expect(manifest.sample).toBeNull();
      else {
        const { response } = JSON.parse(readFileSync(path.join(folder, "sample.json"), "utf8"));
        expect(response.predictions.length, entry).toBeGreaterThan(0);
      }
    }
  });

  test("a model that fails on what its run read gets no bundle; what was made up need not be answered", {
    timeout: 180_000,
  }, async () => {
    const store = tempStore();
    // It has columns like those of its table, and raises for any rows.
    const broken = PROGRAMS.joblib
      .replace("joblib.dump(", "model = ")
      .replace(', "model.joblib")', "\nmodel[-1].coef_ = model[-1].coef_[:, :2]\njoblib.dump(model, 'model.joblib')");
    const making = async (table: string | null, program?: string) => {
      const tables: Record<string, string> = table === null ? {} : { "wine.csv": table };
      const said: string[] = [];
      const version = await makeVersion(store, python!, { program, entry: "model.joblib", tables });
      const made = makeBundle(store, version, { ...options(), onStep: (detail) => said.push(detail) });
      return { said, made: await made.catch((error: Error) => error) };
    };
    const { made } = await making(WINE_TABLE, broken);
    expect(String(made)).toMatch(
      /The model could not answer rows of a table that its run read: ValueError: matmul: .*input_example/,
    );
    expect(readdirSync(path.join(store.folder, "tmp")).filter((name) => name.startsWith("bundle-"))).toEqual([]);
    const unasked = await making(null);
    expect(unasked.made).toMatchObject({ manifest: { sample: null } });
    expect(unasked.said.at(-1)).toMatch(/could not answer the sample that was made for it: ValueError/);
  });

  test("rows of a CSV are read as the model takes them", { timeout: 180_000 }, async () => {
    const store = tempStore();
    const program = `
import mlflow, pandas
from mlflow.models import infer_signature
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
X = pandas.DataFrame({"zip": ["01234", "89073"], "open": [True, False], "size": [1.5, 2.5]})
steps = make_column_transformer((OneHotEncoder(), ["zip"]), remainder="passthrough")
model = make_pipeline(steps, LinearRegression()).fit(X, [1.0, 2.0])
mlflow.sklearn.save_model(model, "logged", signature=infer_signature(X))
`;
    const tables = { "shops.csv": "zip,open,size\n01234,True,1\n89073,false,2.5\n" };
    const version = await makeVersion(store, python!, { program, entry: "logged", tables });
    const { manifest, folder } = await makeBundle(store, version, options());
    const { request } = JSON.parse(readFileSync(path.join(folder, manifest.sample!), "utf8"));
    expect(request.dataframe_split.data).toEqual([
      ["01234", true, 1],
      ["89073", false, 2.5],
    ]);

    // The run made numbers of its texts: they are no rows for it.
    const raw = {
      program: PROGRAMS.joblib,
      entry: "model.joblib",
      tables: { "wine.csv": WINE_TABLE.replace("2.43", "high") },
    };
    const other = await makeBundle(store, await makeVersion(store, python!, raw), options());
    const sample = JSON.parse(readFileSync(path.join(other.folder, other.manifest.sample!), "utf8"));
    expect(sample.request.dataframe_split.data).toEqual([[0, 0, 0]]);
  });

  test("a model without names of columns gets real rows, by what the project says or by their places", {
    timeout: 180_000,
  }, async () => {
    const store = tempStore();
    const program = `
import joblib, numpy
from sklearn.linear_model import LinearRegression
joblib.dump(LinearRegression().fit(numpy.arange(6).reshape(3, 2), [1, 5, 9]), "model.joblib")
`;
    const tables = { "shops.csv": "size,rent,town\n1,,2\n3,4,2\n5,6,1\n" };
    const version = await makeVersion(store, python!, { program, entry: "model.joblib", tables });
    const made = async () => {
      const { manifest, folder } = await makeBundle(store, version, options());
      const { request } = JSON.parse(readFileSync(path.join(folder, manifest.sample!), "utf8"));
      return [manifest.sampleSource, request.inputs];
    };
    const setProject = (text: string) => writeFileSync(path.join(store.root, "modeltrail.yaml"), text);
    const lasts = [
      [3, 4],
      [5, 6],
    ];
    expect(await made()).toEqual(["rows of shops.csv, its columns by their places, without town", lasts]);
    // Texts are no numbers.
    writeFileSync(path.join(store.root, "kept.csv"), "a;b;c\n7;8;x\n");
    setProject("evaluation: { file: kept.csv, features: [b, a] }\n");
    expect(await made()).toEqual(["rows of kept.csv, its columns by their places, without c", [[8, 7]]]);
    setProject("samples: { wine: asked.json }\n");
    await expect(made()).rejects.toThrow("There is no asked.json, which modeltrail.yaml names as the sample of wine.");
    writeFileSync(path.join(store.root, "asked.json"), '{"inputs": [[1, 2]]}');
    expect(await made()).toEqual(["the request that modeltrail.yaml names", [[1, 2]]]);
  });

  test("a model that runs code is read only when its source is trusted, and that is asked once", {
    timeout: 180_000,
  }, async () => {
    const store = tempStore();
    const version = await makeVersion(store, python!, { program: PROGRAMS.joblib, entry: "model.joblib" });
    const asked: string[] = [];
    const answering = (answer: boolean) => ({
      ...options(),
      trust: async (question: string) => {
        asked.push(question);
        return answer;
      },
    });
    await expect(makeBundle(store, version, answering(false))).rejects.toThrow(
      "reading it runs code that its file contains",
    );
    expect(asked).toEqual([
      "Reading wine/1 runs code that its file contains. Trust models of runs that were recorded in this project?",
    ]);
    await makeBundle(store, version, answering(true));
    await makeBundle(store, version, answering(false));
    expect(asked).toHaveLength(2);
  });
});
