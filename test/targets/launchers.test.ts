/** What DVC and MLflow start comes back into our runs, whether it is the pipeline or the project that is recorded. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { makeProject, recorded, runSession, useCli, withStore } from "../recorder/cli";

useCli();

const withDvc = process.env.MODELTRAIL_TEST_TARGETS_PYTHON;
if (!withDvc) console.warn("No DVC in MODELTRAIL_TEST_TARGETS_PYTHON: the tests that need it are left out.");
const withMlflow = process.env.MODELTRAIL_TEST_MLFLOW_PYTHON;
if (!withMlflow) console.warn("No MODELTRAIL_TEST_MLFLOW_PYTHON: the tests that need it are left out.");

/** Programs beside this Python are found first. */
const pathOf = (python: string) => `${path.dirname(python)}:${process.env.PATH}`;

async function run(python: string, project: string, command: string[]): Promise<Run> {
  const env = { PATH: pathOf(python), HOME: makeProject() };
  const ended = await runSession({ command: recorded(command), cwd: project, env });
  expect(ended.code, ended.out.toString() + ended.err.toString()).toBe(0);
  return withStore(project, (store) => store.getRun(store.listRuns({}).runs[0]!.id)!);
}

const TRAIN = `import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
lr = float(open("params.yaml").read().split("lr:")[1])
rows = open("data.csv").read().split()
for epoch in range(2):
    print(f"epoch {epoch} loss {1 / (epoch + 1)}", flush=True)
json.dump({"accuracy": 0.5 + lr}, open("metrics.json", "w"))
open("model.txt", "w").write(",".join(rows))
`;

const PIPELINE = `stages:
  prepare:
    cmd: python prepare.py
    deps: [prepare.py]
    outs: [data.csv]
  train:
    cmd: python train.py --seed 7
    deps: [train.py, data.csv]
    params: [train.lr]
    outs: [model.txt]
    metrics:
      - metrics.json: { cache: false }
`;

describe.skipIf(!withDvc)("a pipeline of DVC", () => {
  function pipeline(): string {
    const project = makeProject({
      "dvc.yaml": PIPELINE,
      "params.yaml": "train:\n  lr: 0.25\n",
      "prepare.py": 'open("data.csv", "w").write("1\\n2\\n")\n',
      "train.py": TRAIN,
    });
    const env = { ...process.env, PATH: pathOf(withDvc!) };
    const git = ["-c", "user.name=a", "-c", "user.email=a@b"];
    for (const [program, ...args] of [
      ["git", "init", "--quiet"],
      ["dvc", "init", "--quiet"],
      ["dvc", "config", "core.analytics", "false"],
      ["git", "add", "--all"],
      ["git", ...git, "commit", "--quiet", "--message", "begin"],
    ]) {
      execFileSync(program!, args, { cwd: project, env });
    }
    return project;
  }

  test("dvc repro: params, metrics and outputs of its stages", async () => {
    const { params, metrics, snapshot } = await run(withDvc!, pipeline(), ["python", "-m", "dvc", "repro"]);
    expect(params).toMatchObject({ seed: "7", "train.lr": "0.25" });
    expect(params).not.toHaveProperty("pdb");
    expect({ accuracy: metrics.accuracy?.last, loss: metrics.loss?.last }).toEqual({ accuracy: 0.75, loss: 0.5 });
    const written = snapshot.data.filter(({ role }) => role === "write").map((file) => file.path);
    expect(written).toEqual(expect.arrayContaining(["data.csv", "model.txt"]));
  });

  test("dvc repro with nothing to do: the metrics are those that hold", async () => {
    const project = pipeline();
    await run(withDvc!, project, ["dvc", "repro"]);
    const { params, metrics } = await run(withDvc!, project, ["dvc", "repro"]);
    expect(params).toMatchObject({ "train.lr": "0.25" });
    expect(metrics.accuracy?.last).toBe(0.75);
  });

  test("dvc exp run: with the params that it sets", async () => {
    const { params, metrics } = await run(withDvc!, pipeline(), ["dvc", "exp", "run", "-S", "train.lr=0.4"]);
    expect(params).toMatchObject({ seed: "7", "train.lr": "0.4" });
    expect(metrics.accuracy?.last).toBe(0.9);
  });
});

describe.skipIf(!withMlflow)("a project of MLflow", () => {
  test("mlflow run: params, metrics and files are those of our run", async () => {
    const project = makeProject({
      MLproject: `name: wine
entry_points:
  main:
    parameters: { alpha: { type: float, default: 0.1 } }
    command: "python train.py --alpha {alpha}"
`,
      "train.py": `import argparse
import mlflow
parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float)
options = parser.parse_args()
with mlflow.start_run():
    for step in range(3):
        mlflow.log_metric("score", options.alpha * step, step=step)
    mlflow.log_text("trained", "model.txt")
`,
    });
    const command = ["python", "-m", "mlflow", "run", ".", "--env-manager", "local", "-P", "alpha=0.5"];
    const { params, metrics, artifacts, status } = await run(withMlflow!, project, command);
    expect(status).toBe("finished");
    expect(params).toMatchObject({ alpha: "0.5" });
    expect(params).not.toHaveProperty("env_manager");
    expect(metrics.score).toMatchObject({ last: 1, count: 3 });
    expect(artifacts.map((artifact) => artifact.path)).toContain("model.txt");
  });
});
