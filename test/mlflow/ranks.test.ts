/** Several processes in one run: ranks that train together, workers, scripts that a sweep starts, a run within a run. */
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { makeProject, modeltrail, recorded, runSession, useCli, withStore } from "../recorder/cli";
import { pythonWithMlflow } from "./python";

useCli();
const python = pythonWithMlflow() ?? "";

/** What torchrun does: a process per rank with its place in the environment, its lines marked when asked to. */
const LAUNCHER = `
import os, subprocess, sys
world = 3
ranks = [
    subprocess.Popen(
        [sys.executable, "-u", "train.py", "--lr", "0.1"],
        env=dict(os.environ, RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(world), LOCAL_WORLD_SIZE=str(world), MASTER_PORT="0"),
        stdout=subprocess.PIPE, text=True,
    )
    for rank in range(world)
]
for rank, process in reversed(list(enumerate(ranks))):
    for line in process.communicate()[0].splitlines():
        print(f"[default{rank}]:{line}", flush=True)
sys.exit(any(process.returncode for process in ranks))
`;

async function runProject(files: Record<string, string>, command: string[]): Promise<{ runs: Run[]; cwd: string }> {
  const cwd = makeProject(files);
  const { code, err } = await runSession({ command: recorded(command), cwd });
  expect(code, err.toString()).toBe(0);
  const runs = withStore(cwd, (store) => {
    const page = store.listRuns({ sort: { key: "startTime", descending: false } });
    return page.runs.map(({ id }) => store.getRun(id)!);
  });
  return { runs, cwd };
}

describe.skipIf(!python)("one run", { timeout: 120_000 }, () => {
  test("of several ranks: the first one's metrics, once; what others log is below it", async () => {
    const train = `
import argparse, mlflow, os, time
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
rank = int(os.environ["RANK"])
time.sleep((2 - rank) / 2)
with mlflow.start_run(run_name="training" if rank == 0 else None):
    for step in range(4):
        mlflow.log_metric("loss", 1 / (step + 1) + rank, step=step)
        print(f"accuracy: {step / 10 + rank}")
`;
    const { runs } = await runProject({ "launch.py": LAUNCHER, "train.py": train }, [python, "launch.py"]);
    expect(runs).toHaveLength(3);
    const [ours, ...others] = runs as [Run, Run, Run];
    expect(ours).toMatchObject({ name: "training", parent: null, tags: { ranks: "3" }, params: { lr: "0.1" } });
    expect(ours.metrics.loss).toMatchObject({ last: 0.25, count: 4 });
    expect(ours.metrics.accuracy).toMatchObject({ last: 0.3, count: 4 });
    expect(others.map(({ parent, tags }) => ({ parent, rank: tags.rank })).sort((a, b) => +a.rank! - +b.rank!)).toEqual(
      [
        { parent: ours.id, rank: "1" },
        { parent: ours.id, rank: "2" },
      ],
    );
  });

  test("with workers of joblib and multiprocessing: what they log into it is there, and no other run", async () => {
    const script = `
import joblib, mlflow, multiprocessing
def work(run, number):
    mlflow.MlflowClient().log_metric(run, f"worker{number}", number)
    return number
if __name__ == "__main__":
    with mlflow.start_run() as run:
        joblib.Parallel(n_jobs=2)(joblib.delayed(work)(run.info.run_id, number) for number in (1, 2))
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.starmap(work, [(run.info.run_id, number) for number in (3, 4)])
`;
    const { runs } = await runProject({ "train.py": script }, [python, "train.py"]);
    expect(runs).toHaveLength(1);
    const { metrics } = runs[0]!;
    expect([1, 2, 3, 4].map((number) => metrics[`worker${number}`]?.last)).toEqual([1, 2, 3, 4]);
  });

  test("that starts scripts, bare and recorded ones: each is a run below it", async () => {
    const sweep = `
import subprocess, sys
for lr in ("0.1", "0.2"):
    subprocess.run([sys.executable, "trial.py", lr], check=True)
subprocess.run(${JSON.stringify([...modeltrail("run", "--name", "own"), "--"])} + [sys.executable, "trial.py", "0.3"], check=True)
`;
    const trial = `
import mlflow, sys
with mlflow.start_run(run_name="trial " + sys.argv[1]):
    mlflow.log_param("lr", sys.argv[1])
`;
    const { runs } = await runProject({ "sweep.py": sweep, "trial.py": trial }, [python, "sweep.py"]);
    expect(runs.map(({ name, status, params }) => [name, status, params.lr])).toEqual([
      ["trial 0.1", "finished", "0.1"],
      ["trial 0.2", "finished", "0.2"],
      ["trial 0.3", "finished", "0.3"],
    ]);
  });
});
