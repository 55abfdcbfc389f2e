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

/** Runs it bare and recorded; expects the same output. Gives the runs. */
async function runBoth(script: string, project = "", env: Record<string, string> = {}): Promise<Run[]> {
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
    return runs.map(({ id }) => store.getRun(id) as Run);
  });
}

/** The estimators that were logged, of each run. */
async function logged(...how: Parameters<typeof runBoth>): Promise<string[]> {
  return (await runBoth(...how)).flatMap(({ tags }) => tags.estimator_name ?? []);
}

const ON = "mlflow:\n  autolog: true\n";

describe.skipIf(!python)("autologging", { timeout: 180_000 }, () => {
  test("logs every fit of a script that knows nothing of it, and changes nothing that the script prints", async () => {
    expect(await logged(TRAIN)).toEqual([...FITS, "SGDClassifier"]);
  });

  test("does nothing where nothing is trained", async () => {
    // That it prints the same means here that nothing of mlflow was imported.
    const script = 'import json, sys\nprint([name for name in sys.modules if "flow" in name])\n';
    expect(await logged(script, ON)).toEqual([]);
  });

  test("logs in a script that imports mlflow and logs nothing itself", async () => {
    expect(await logged(`import mlflow\n${TRAIN}`)).toEqual([...FITS, "SGDClassifier"]);
  });

  test("is left off where project or person say so, and leaves scripts alone that log as they mean to", async () => {
    const imports = `import mlflow\n${TRAIN}`;
    expect(await logged(TRAIN, "", { MODELTRAIL_AUTOLOG: "off" })).toEqual([]);
    expect(await logged(`import mlflow\n${TRAIN}if x is None: mlflow.log_metric("own", 1)\n`)).toEqual([]);
    expect(await logged(imports, "mlflow: {autolog: false}\n", { MODELTRAIL_AUTOLOG: "on" })).toEqual([]);
    expect(await logged(`import mlflow\nmlflow.autolog(disable=True)\n${TRAIN}`, ON)).toEqual([]);
  });

  test("trains the same models with XGBoost and LightGBM, to the last byte", async () => {
    const script = `
import hashlib, random
import lightgbm, xgboost
import numpy as np
from sklearn.datasets import load_wine
np.random.seed(0)
random.seed(0)
x, y = load_wine(return_X_y=True)
show = lambda model: print(hashlib.sha256(bytes(model)).hexdigest())
data = xgboost.DMatrix(x, label=y)
how = {"objective": "multi:softprob", "num_class": 3, "subsample": 0.5, "nthread": 1}
show(xgboost.train(how, data, 5, evals=[(data, "train")], verbose_eval=False).save_raw())
show(xgboost.XGBClassifier(n_estimators=3, subsample=0.5, n_jobs=1).fit(x, y).get_booster().save_raw())
how = {"n_estimators": 3, "subsample": 0.5, "subsample_freq": 1, "n_jobs": 1, "verbose": -1}
model = lightgbm.LGBMClassifier(**how, random_state=np.random.RandomState(1)).fit(x, y)
show(model.booster_.model_to_string().encode())
print(random.random(), np.random.rand())
`;
    const runs = await runBoth(script, ON);
    expect(runs.map(({ params }) => params.subsample)).toEqual(["0.5", "0.5", "0.5"]);
    expect(runs[0]!.metrics["train-mlogloss"]).toMatchObject({ count: 5 });
  });

  test("calls nothing of the script's own once more", async () => {
    const script = `
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
class Scale(TransformerMixin, BaseEstimator):
    def fit(self, x, y=None):
        return self
    def transform(self, x):
        print("scaled")
        return x / 1000
def halve(x):
    print("halved")
    return x / 2
x, y = load_wine(return_X_y=True)
for step in (Scale(), FunctionTransformer(halve)):
    print(make_pipeline(step, LogisticRegression(max_iter=3)).fit(x, y)[-1].coef_.sum())
`;
    const runs = await runBoth(script, ON);
    expect(runs.flatMap(({ tags }) => tags.estimator_name ?? [])).toEqual(["Pipeline", "Pipeline"]);
    expect(Object.keys(runs[0]!.metrics).filter((key) => key.startsWith("training_"))).toEqual([]);
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
