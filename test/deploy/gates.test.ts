/** Gates over real models, asked in a real Python. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { gateTools } from "../../src/deploy/gates/gateTools";
import { runGates } from "../../src/deploy/gates/runGates";
import { overrideGates } from "../../src/registry/overrideGates";
import { tempStore } from "../../src/store/testStore";
import { makeVersion, servePython } from "./versions";

const python = servePython();
if (!python) {
  console.warn("Gates over real models are not tested: set MODELTRAIL_TEST_SERVE_PYTHON to a Python that serves.");
}

const WINE = path.resolve(import.meta.dirname, "../../examples/wine/data/wine.csv");

/** Learns from every other wine; the others are left to judge by. `noise`: the share of labels that are wrong on purpose. */
const train = (noise: number, steps = "StandardScaler(), LogisticRegression()") => `
import joblib, numpy, pandas
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
wine = pandas.read_csv("wine.csv")
wine[1::2].assign(strong=lambda rows: rows.alcohol > 13).to_csv("test.csv", index=False)
X, y = wine.drop(columns="cultivar")[::2], wine.cultivar[::2].to_numpy().copy()
random = numpy.random.default_rng(1)
wrong = random.random(len(y)) < ${noise}
y[wrong] = (y[wrong] + 1) % 3
joblib.dump(make_pipeline(${steps}).fit(X, y), "model.joblib")
`;

const YAML = `evaluation: { file: test.csv, label: cultivar, group: strong, positive: 1 }
gates:
  data: { kind: data, rows: { min: 50 }, columns: { alcohol: { type: number, min: 10, max: 16 }, cultivar: { values: [0, 1, 2] } } }
  sound: { kind: finite }
  champion: { kind: champion }
  score: { kind: champion, metric: roc_auc, margin: 0.05 }
  fair: { kind: fairness, parityDifference: 1, oddsDifference: 1, minGroup: 5 }
  steady: { kind: robustness, noise: 0.1, change: 0.1 }
  quick: { kind: latency, p95: 30s, requests: 20 }
  small: { kind: size, model: 1MB }
  tests: { kind: pytest, tests: [tests], time: 120 }
  says: { kind: command, command: "python -c \\"import os; print(os.environ['MODELTRAIL_MODEL'], os.environ['MODELTRAIL_VERSION'])\\"" }
`;

const TESTS = `
import os
from modeltrail_serve.models import open_bundle

def test_tells_a_wine():
    bundle = open_bundle(os.environ["MODELTRAIL_BUNDLE"])
    names = bundle.model.names
    print("noise on stdout")
    assert bundle.predict({"dataframe_split": {"columns": names, "data": [[1.0] * len(names)]}})["predictions"][0] in (0, 1, 2)
    assert os.path.exists(os.environ["MODELTRAIL_MODEL_PATH"])
`;

describe.skipIf(!python)("real models", { timeout: 300_000 }, () => {
  const tables = () => ({ "wine.csv": readFileSync(WINE, "utf8") });

  function project(yaml: string) {
    const store = tempStore();
    const { signal } = new AbortController();
    const write = (name: string, text: string) => {
      mkdirSync(path.dirname(path.join(store.root, name)), { recursive: true });
      writeFileSync(path.join(store.root, name), text);
    };
    write("modeltrail.yaml", yaml);
    const tools = gateTools({ store, env: process.env, trust: async () => true, onStep: () => {}, signal });
    return {
      store,
      write,
      version: (program: string, entry = "model.joblib") =>
        makeVersion(store, python!, { program, entry, tables: tables() }),
      gates: async (version: number, names?: string[]) => {
        const found = await runGates(store, { model: "wine", version, step: null, names, signal }, tools);
        return Object.fromEntries(found.map((result) => [result.gate, result]));
      },
    };
  }

  test("a good version passes all kinds; a worse one is stopped by the champion, and that can be overridden with a reason", async () => {
    const { store, write, version, gates } = project(YAML);
    write("tests/test_model.py", TESTS);
    const good = await version(train(0));
    const found = await gates(good.version);
    const verdicts = Object.fromEntries(Object.entries(found).map(([gate, { verdict }]) => [gate, verdict]));
    expect({ verdicts, found }).toMatchObject({
      verdicts: {
        ...{ data: "passed", sound: "passed", champion: "skipped", score: "skipped", fair: "passed", steady: "passed" },
        ...{ quick: "passed", small: "passed", tests: "passed", says: "passed" },
      },
    });
    expect(found.tests!.summary).toBe("1 tests passed");
    expect(found.says!.summary).toMatch(/ended with 0: wine 1$/);
    store.registry.setAlias("wine", "champion", good.version);
    const worse = await version(train(0.6));
    const stopped = await gates(worse.version, ["champion", "score"]);
    expect(stopped.champion).toMatchObject({ verdict: "failed", detail: { test: "mcnemar", data: { rows: 89 } } });
    expect(stopped.champion!.summary).toMatch(/^Worse than the champion: accuracy \d+/);
    expect(stopped.score).toMatchObject({ verdict: "failed", detail: { metric: "roc_auc", test: "bootstrap" } });
    expect(() => overrideGates(store, Object.values(stopped), " ")).toThrow(/Say why/);
    overrideGates(store, Object.values(stopped), "it is a drill");
    expect(store.audit.list({ actions: ["gate.override"] })).toMatchObject([
      {
        subject: "models/wine/2",
        reason: "it is a drill",
        evidence: { gates: [{ gate: "champion" }, { gate: "score" }] },
      },
    ]);
    expect(store.audit.verify().intact).toBe(true);
  });

  test("what a suite or a command does wrong is told: failures by name, what hangs, what ends early, what is not there", async () => {
    const { store, write, version, gates } = project(`gates:
  failing: { kind: pytest, tests: tests/test_failing.py }
  none: { kind: pytest, tests: tests/test_none.py }
  gone: { kind: pytest, tests: tests/test_gone.py }
  hanging: { kind: pytest, tests: tests/test_hanging.py, time: 8 }
  quits: { kind: pytest, tests: tests/test_quits.py }
  command: { kind: command, command: [python, -c, "import sys; print('no good'); sys.exit(3)"] }
  sleeping: { kind: command, command: [python, -c, "import time; print('going', flush=True); time.sleep(600)"], time: 5 }
  missing: { kind: command, command: no-such-program-here }
`);
    write("tests/test_failing.py", "def test_a():\n    assert 1 == 2, 'one is not two'\n\ndef test_b():\n    pass\n");
    write("tests/test_none.py", "");
    write("tests/test_hanging.py", PID_WRITER);
    write("tests/test_quits.py", "import os\ndef test_a():\n    os._exit(0)\n");
    const made = await version(train(0));
    const found = await gates(made.version);
    const said = Object.fromEntries(
      Object.entries(found).map(([gate, { verdict, summary }]) => [gate, `${verdict}: ${summary}`]),
    );
    expect(said.failing).toMatch(
      /^failed: 1 of 2 tests failed: tests\.test_failing::test_a \(AssertionError: one is not two/,
    );
    expect(said.none).toMatch(/^failed: pytest found no tests/);
    expect(said.gone).toMatch(/^(failed|error): /);
    expect(said.hanging).toMatch(/^failed: The tests took longer than 8\.0 s and were ended/);
    expect(said.quits).toMatch(/^error: pytest ended with 0 before it had tested anything/);
    expect(said.command).toMatch(/^failed: .*ended with 3; it said: no good$/);
    expect(said.sleeping).toMatch(/^failed: .*took longer than 5\.0 s and was ended; it said: going$/);
    expect(said.missing).toMatch(/^error: no-such-program-here could not be started/);
    // What the hanging test had started is gone, too.
    const pid = Number(readFileSync(path.join(store.root, "child.pid"), "utf8"));
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    expect(existsSync(path.join(store.root, ".pytest_cache"))).toBe(false);
  });

  test("an ONNX classifier, which answers with a label and scores, is compared with a pickled one", async () => {
    const { store, version, gates } = project(`evaluation: { file: test.csv, label: cultivar, group: strong }
gates:
  champion: { kind: champion }
  score: { kind: champion, metric: log_loss, margin: 0.01 }
  unclear: { kind: finite, predictions: true, evaluation: { group: none } }
`);
    const champion = await version(train(0));
    store.registry.setAlias("wine", "champion", champion.version);
    const toOnnx = `
import skl2onnx
model = joblib.load("model.joblib")
with open("model.onnx", "wb") as file:
    file.write(skl2onnx.to_onnx(model, X.to_numpy().astype("float32")[:1]).SerializeToString())
`;
    const same = await version(train(0) + toOnnx, "model.onnx");
    const found = await gates(same.version);
    expect(found.champion!.summary).toMatch(/^Not to be told from the champion/);
    expect(found.score).toMatchObject({ verdict: "passed", detail: { metric: "log_loss" } });
    const { value, champion: before } = found.score!.detail as { value: number; champion: number };
    expect(value).toBeCloseTo(before, 5);
    expect(found.unclear!.summary).toBe(
      "The model takes 13 columns without names, and test.csv has 14 that could be them: name them in their order with `evaluation.features`",
    );
  });

  test("a model that breaks, or is not what its bundle says, is an error in its own words", async () => {
    const { write, version, gates } = project(`evaluation: { file: test.csv, label: cultivar }
gates: { sound: { kind: finite, predictions: true } }`);
    const breaks = (how: string) => `
import sys
class Odd:
    def predict(self, rows):
        ${how}
import cloudpickle, joblib
odd = Odd()
cloudpickle.register_pickle_by_value(sys.modules["__main__"])
with open("model.joblib", "wb") as file:
    cloudpickle.dump(odd, file)
`;
    write("test.csv", "x,cultivar\n0.5,1\n1.5,0\n");
    const raising = await version(breaks("raise ValueError('no rows like these')"));
    expect((await gates(raising.version)).sound).toMatchObject({
      verdict: "error",
      summary: "The model, version 1 of wine, says: ValueError: no rows like these",
    });
    const quitting = await version(breaks("import os; os._exit(7)"));
    const quit = (await gates(quitting.version)).sound!;
    expect(quit.verdict).toBe("error");
    expect(quit.summary).toMatch(/ended with 7|could not be|ended/);
    const chatty = await version(
      breaks("print('{\"predictions\": []}'); return [1] if len(rows) == 2 else [1] * len(rows)"),
    );
    expect((await gates(chatty.version)).sound!.summary).toBe("The model, version 3 of wine, gave 1 answers to 2 rows");
  });
});

/** Hangs, as does a process that it has started. */
const PID_WRITER = `
import subprocess, sys, time
def test_hangs():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    open("child.pid", "w").write(str(child.pid))
    time.sleep(600)
`;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that has ended and that nobody has asked about is not running.
  if (process.platform !== "linux" || !existsSync(`/proc/${pid}/stat`)) return process.platform !== "linux";
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
