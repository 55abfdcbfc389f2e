/** MLflow's autologging, switched on by the tracer: it logs what it should, and the script does not notice. */
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { makeProject, recorded, runSession, type SessionResult, useCli, withStore } from "../recorder/cli";
import { pythonWithMlflow } from "./python";

useCli();
const python = pythonWithMlflow() ?? "";

/** Draws from every generator that it shares with its libraries: whoever else draws from them changes what it prints. */
const TRAIN = `
import random
import numpy as np
from sklearn.datasets import load_wine
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
np.random.seed(0)
random.seed(0)
x, y = load_wine(return_X_y=True)
guess = DummyClassifier(strategy="stratified").fit(x, y)
print(guess.predict(x[:20]), guess.score(x, y))
print(LogisticRegression(max_iter=5).fit(x, y).predict_proba(x)[:2])
print(SGDClassifier().fit(x, y).coef_.sum(), random.random(), np.random.rand())
try:
    SGDClassifier(loss="none such").fit(x, y)
except ValueError:
    print("refused")
`;
const FITS = ["DummyClassifier", "LogisticRegression", "SGDClassifier"];

const bareResults = new Map<string, SessionResult>();

async function runBare(script: string): Promise<SessionResult> {
  const known = bareResults.get(script);
  if (known) return known;
  const result = await runSession({ command: [python, "train.py"], cwd: makeProject({ "train.py": script }) });
  bareResults.set(script, result);
  return result;
}

/** Runs it bare and recorded; expects the same output. Gives the estimators that were logged, of each run. */
async function logged(script: string, project = "", env: Record<string, string> = {}): Promise<string[]> {
  const cwd = makeProject({ "train.py": script, ...(project ? { "modeltrail.yaml": project } : {}) });
  const bare = await runBare(script);
  const ours = await runSession({ command: recorded([python, "train.py"]), cwd, env });
  expect(bare, bare.err.toString()).toMatchObject({ code: 0 });
  expect({ ...ours, out: ours.out.toString(), err: ours.err.toString() }).toEqual({
    ...bare,
    out: bare.out.toString(),
    err: bare.err.toString(),
  });
  return withStore(cwd, (store) => {
    const { runs } = store.listRuns({ sort: { key: "startTime", descending: false } });
    return runs.map(({ id }) => store.getRun(id) as Run).flatMap(({ tags }) => tags.estimator_name ?? []);
  });
}

const ON = "mlflow:\n  autolog: true\n";

describe.skipIf(!python)("autologging", { timeout: 180_000 }, () => {
  test("is left off in a script that does not import mlflow, for that takes most of a second", async () => {
    expect(await logged(TRAIN)).toEqual([]);
  });

  test("logs every fit where the project wants it, and changes nothing that the script prints", async () => {
    expect(await logged(TRAIN, ON)).toEqual([...FITS, "SGDClassifier"]);
  });

  test("logs in a script that imports mlflow and logs nothing itself", async () => {
    expect(await logged(`import mlflow\n${TRAIN}`)).toEqual([...FITS, "SGDClassifier"]);
  });

  test("is left off where project or person say so, and leaves scripts alone that log as they mean to", async () => {
    const imports = `import mlflow\n${TRAIN}`;
    expect(await logged(imports, "mlflow: {autolog: false}\n", { MODELTRAIL_AUTOLOG: "on" })).toEqual([]);
    expect(await logged(`import mlflow\nmlflow.autolog(disable=True)\n${TRAIN}`, ON)).toEqual([]);
  });

  test("does not log the parts of a fit that workers do", async () => {
    const script = `
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
import multiprocessing
x, y = load_wine(return_X_y=True)
def fit(seed):
    return round(LogisticRegression(max_iter=500, random_state=seed).fit(x / 1000, y).score(x / 1000, y), 3)
if __name__ == "__main__":
    print(cross_val_score(LogisticRegression(max_iter=500), x / 1000, y, n_jobs=2, cv=3).round(3))
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(pool.map(fit, [1, 2]))
`;
    expect(await logged(script, ON)).toEqual([]);
  });
});
