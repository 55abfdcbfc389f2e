/** `modeltrail bundle` on a model that a recorded run wrote. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { registerModel } from "../../src/registry/register";
import { openStore } from "../../src/store/open";
import { makeProject, modeltrail, runSession, useCli, withStore } from "../recorder/cli";
import { PROGRAMS, servePython, WINE_TABLE } from "./versions";

const python = servePython();
useCli();

/** A step of a model that only the project has. */
const STEPS = `
from sklearn.base import BaseEstimator, TransformerMixin
class Same(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_, self.feature_names_in_ = X.shape[1], X.columns.to_numpy(dtype=object)
        return self
    def transform(self, X):
        return X
`;

describe.runIf(python)("modeltrail bundle", () => {
  test("makes the bundle of a recorded model, checks it and copies it", { timeout: 240_000 }, async () => {
    const train = PROGRAMS.joblib.replace("make_pipeline(", "make_pipeline(Same(), ");
    const project = makeProject({
      "train.py": `open("wine.csv").read()\nfrom steps import Same\n${train}`,
      "steps.py": STEPS,
      "wine.csv": WINE_TABLE,
    });
    // Not the project, whose code would not be kept then.
    const env = { HOME: makeProject() };
    const run = (...args: string[]) => runSession({ command: modeltrail(...args), cwd: project, env });
    expect((await run("run", "--", python!, "train.py")).code).toBe(0);
    const store = openStore(project, { create: false });
    const { version } = await registerModel(store, { run: store.resolveRun("latest"), name: "wine" });
    store.close();
    expect(version.version).toBe(1);

    const refused = await run("bundle", "wine");
    expect(refused.err.toString()).toContain("reading it runs code that its file contains");
    expect(refused.code).toBe(1);

    const made = await run("bundle", "wine/1", "--trust", "--check", "mlflow", "--output", "out", "--json");
    expect(made.code, made.err.toString()).toBe(0);
    const { hash, check, manifest } = JSON.parse(made.out.toString());
    expect(check).toMatch(/^It starts under the contract of MLflow .+ and answers the sample/);
    expect(manifest.input.columns.map(({ name }: { name: string }) => name)).toEqual(["alcohol", "malic_acid", "ash"]);
    expect(readdirSync(path.join(project, ".modeltrail/bundles"))).toEqual([hash]);
    expect(manifest.files.map((file: { path: string }) => file.path)).toContain("steps.py");
    expect(JSON.parse(readFileSync(path.join(project, "out/bundle.json"), "utf8"))).toEqual(manifest);

    const again = await run("bundle", "wine", "--output", "out");
    expect(again.err.toString()).toContain("out is not empty");
    expect(withStore(project, (opened) => opened.audit.list({ actions: ["source.trust"] }))).toHaveLength(1);
  });
});
