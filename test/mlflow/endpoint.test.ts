/** Unmodified scripts with MLflow's real client, under record: where their runs go, and what faults do to them. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { recoverLostRuns } from "../../src/recorder/recover";
import { tempDisk } from "../../src/store/testStore";
import { baseEnvironment, makeProject, recorded, runSession, useCli, withStore } from "../recorder/cli";
import { pythonWithMlflow } from "./python";

useCli();
const python = pythonWithMlflow() ?? "";

/** Runs the script under record, by default in a project of its own. */
async function runScript(script: string, { env = {}, cwd = makeProject(), args = [] as string[] } = {}) {
  const result = await runSession({ command: recorded([python, "-c", script, ...args]), cwd, env });
  return { ...result, cwd, runs: readRuns(cwd) };
}

/** The oldest first. */
function readRuns(cwd: string): Run[] {
  return withStore(cwd, (store) => {
    const { runs } = store.listRuns({ sort: { key: "startTime", descending: false } });
    return runs.map(({ id }) => store.getRun(id)!);
  });
}

function historyOf(cwd: string, id: string, key: string): { steps: number[]; values: number[] } {
  return withStore(cwd, (store) => {
    const { steps, values } = store.metricColumns(id, key, 0, 10_000);
    return { steps: [...steps], values: [...values] };
  });
}

describe.skipIf(!python)("MLflow's client", { timeout: 120_000 }, () => {
  test("logs into the run: the first run of a script is ours, later ones are below it", async () => {
    const { code, runs, out } = await runScript(`
import mlflow
mlflow.set_experiment("tutorial")
with mlflow.start_run(run_name="outer") as run:
    mlflow.log_param("lr", 0.1)
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hello", "notes/a.txt")
    with mlflow.start_run(nested=True, run_name="inner"):
        mlflow.log_metric("acc", float("nan"))
with mlflow.start_run(run_name="second"):
    mlflow.log_text("there", "b.txt")
found = mlflow.get_run(run.info.run_id)
print(found.info.run_name, found.info.status, mlflow.get_experiment(found.info.experiment_id).name, found.data.metrics)
`);
    expect({ code, out: out.toString() }).toEqual({
      code: 0,
      out: "outer FINISHED tutorial {'loss': 0.3333333333333333}\n",
    });
    expect(runs.map(({ name }) => name)).toEqual(["outer", "inner", "second"]);
    const [ours, inner, second] = runs as [Run, Run, Run];
    expect(ours).toMatchObject({ status: "finished", exitCode: 0, parent: null, params: { lr: "0.1" }, warnings: [] });
    expect(ours.metrics.loss).toMatchObject({ count: 3, lastStep: 2 });
    expect(ours.artifacts.map(({ path }) => path)).toEqual(["notes/a.txt"]);
    // The client writes it to a temporary file first.
    expect(ours.gaps.filter(({ kind }) => kind === "missing")).toEqual([]);
    expect(inner).toMatchObject({ status: "finished", parent: ours.id, experiment: "tutorial" });
    expect(inner.metrics.acc).toMatchObject({ last: Number.NaN, count: 1 });
    expect(second).toMatchObject({ parent: ours.id, artifacts: [{ path: "b.txt", size: 5 }] });
  });

  test("keeps the files of the models that it logs, each by its name", async () => {
    const { code, err, runs, cwd } = await runScript(`
import mlflow
class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[float]) -> list[float]:
        return [2 * value for value in model_input]
with mlflow.start_run():
    for _ in range(2):
        mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), pip_requirements=[])
`);
    expect(code, err.toString()).toBe(0);
    const files = runs[0]!.artifacts.filter(({ path }) => path.endsWith("/MLmodel"));
    expect(files.map(({ path }) => path).sort()).toEqual([
      "doubler/MLmodel",
      expect.stringMatching(/^m-\w+\/MLmodel$/),
    ]);
    for (const { sha256 } of files)
      expect(read(cwd, `.modeltrail/objects/${sha256.slice(0, 2)}/${sha256.slice(2)}`)).toContain("python_function");
  });

  test("does not decide how a run ended: the process does, also for what the client left open", async () => {
    const { code, runs } = await runScript(`
import mlflow, os
mlflow.start_run()
mlflow.log_metric("loss", 1)
left = mlflow.MlflowClient().create_run("0", run_name="left")
os._exit(3)
`);
    expect(code).toBe(3);
    expect(runs.map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(runs[1]).toMatchObject({ name: "left", exitCode: null });
  });

  test("logs to a tracking server of the user's own as if we were not there, and here too", async () => {
    const cwd = makeProject();
    const MLFLOW_TRACKING_URI = `sqlite:///${join(cwd, "own.db")}`;
    const script = `
import mlflow, os
with mlflow.start_run(run_name="theirs") as run:
    mlflow.log_params({"lr": 0.1, "api_key": "sk-0123456789abcdef"})
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"loss": float("nan")}, step=3)
    with mlflow.start_run(nested=True, run_name="inner"):
        mlflow.log_metric("acc", 0.5)
print(sorted(name for name in os.environ if name.startswith("MLFLOW")), mlflow.get_tracking_uri())
print(len(mlflow.search_runs()), run.info.run_id)
`;
    const { runs, out } = await runScript(script, { cwd, env: { MLFLOW_TRACKING_URI } });
    const [, upstream] = /^\['MLFLOW_TRACKING_URI'\] \S+own\.db\n2 (\w+)\n$/.exec(out.toString()) ?? [];
    expect(upstream, out.toString()).toBeDefined();
    expect(runs.map(({ parent }) => parent)).toEqual([null, runs[0]!.id]);
    expect(runs[0]).toMatchObject({ params: { lr: "0.1", api_key: "***" }, tags: { "mlflow.upstreamRun": upstream } });
    expect(historyOf(cwd, runs[0]!.id, "loss")).toEqual({ steps: [0, 1, 2, 3], values: [1, 1 / 2, 1 / 3, Number.NaN] });
    expect(runs[1]).toMatchObject({ name: "inner", status: "finished", metrics: { acc: { last: 0.5, count: 1 } } });
  });

  test("goes on when others send nonsense, when clocks go backwards, and when the store is busy", async () => {
    const { code, runs, out, cwd } = await runScript(`
import mlflow, os, sqlite3, threading, time, urllib.error, urllib.request
mlflow.start_run()
mlflow.log_metric("loss", 1, step=0)
def post(body):
    request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-batch", body, {"Content-Type": "application/json"})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code
print(post(b'{"run_id": '), post(b"[1]"), post(b"\\xff"), post(b'"' + b"x" * 100_000_000 + b'"'), post(b'{"run_id": "nobody", "odd": [1]}'))
mlflow.log_metric("loss", 2, step=1)
real = time.time
time.time = lambda: real() - 86_400
mlflow.log_metric("loss", 3, step=2)
time.time = real
held = threading.Event()
def hold():
    database = sqlite3.connect(".modeltrail/db.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    held.set()
    time.sleep(2)
    database.execute("COMMIT")
thread = threading.Thread(target=hold)
thread.start()
held.wait()
mlflow.log_metric("loss", 4, step=3)
thread.join()
`);
    expect({ code, out: out.toString() }).toEqual({ code: 0, out: "400 400 400 413 404\n" });
    expect(runs[0]).toMatchObject({ status: "finished", gaps: expect.any(Array), warnings: [] });
    expect(historyOf(cwd, runs[0]!.id, "loss")).toEqual({ steps: [0, 1, 2, 3], values: [1, 2, 3, 4] });
  });

  test("loses nothing that it was told is there when the recorder is killed", async () => {
    const cwd = makeProject({
      "train.py": `
import json, mlflow, os, time
open("pid", "w").write(str(os.getpid()))
mlflow.start_run()
longest = 0
for step in range(60):
    began = time.monotonic()
    mlflow.log_metric("loss", step, step=step)
    longest = max(longest, time.monotonic() - began)
    print("step", step, flush=True)
    open("step", "w").write(str(step))
    time.sleep(0.05)
with mlflow.start_run(nested=True, run_name="after"):
    mlflow.log_metric("acc", 1)
mlflow.end_run()
open("longest", "w").write(str(longest))
`,
    });
    const [program, ...args] = recorded([python, "train.py"]);
    const recorder = spawn(program!, args, { cwd, env: baseEnvironment(cwd), stdio: "ignore" });
    const gone = new Promise((resolve) => recorder.once("exit", resolve));
    await until(() => Number(read(cwd, "step")) >= 10);
    recorder.kill("SIGKILL");
    await gone;
    await until(() => read(cwd, "longest") !== "");
    console.log(`The longest call of the client took ${Number(read(cwd, "longest")).toFixed(2)} s.`);
    // The understudy finishes the run when its processes are gone; were it gone too, the next reader would.
    await until(() => readRuns(cwd).every(({ status }) => status !== "running"));
    await withStoreAsync(cwd, recoverLostRuns);
    const runs = readRuns(cwd);
    expect(runs.map(({ name, status }) => [name === "after" ? name : "ours", status])).toEqual([
      ["ours", "lost"],
      ["after", "finished"],
    ]);
    const steps = Array.from({ length: 60 }, (_, step) => step);
    expect(historyOf(cwd, runs[0]!.id, "loss")).toEqual({ steps, values: steps });
    const log = read(cwd, `.modeltrail/runs/${runs[0]!.id}/output.log`);
    expect(log).toBe(steps.map((step) => `step ${step}\n`).join(""));
  });

  test.for([3, 30])(
    "does not notice a full disk, and what is put by is there in the end: %d metrics a step",
    async (count, context) => {
      const disk = tempDisk("48m");
      if (!disk) return context.skip("a disk of its own cannot be mounted here: that takes root on Linux");
      const script = `
import mlflow, os
mlflow.start_run()
mlflow.log_metric("loss", 0, step=0)
ballast = os.open("ballast", os.O_WRONLY | os.O_CREAT)
for size in (1 << 16, 1 << 12, 1):
    try:
        while True: os.write(ballast, b"x" * size)
    except OSError: pass
client = mlflow.MlflowClient()
for number in range(3):
    with mlflow.start_run(nested=True, run_name=f"child {number}"):
        mlflow.log_metric("acc", number)
client.create_experiment("late")
client.create_registered_model("model")
for step in range(1, 300):
    mlflow.log_metrics({f"m{i}": float(step) for i in range(${count - 1})} | {"loss": float(step)}, step=step)
os.close(ballast)
os.remove("ballast")
mlflow.log_metric("loss", 300, step=300)
`;
      const { code, runs, err } = await runScript(script, { cwd: disk });
      expect({ code, err: err.toString() }).toEqual({ code: 0, err: "" });
      const { steps, values } = historyOf(disk, runs[0]!.id, "loss");
      expect(values).toEqual(steps);
      expect(steps.at(-1)).toBe(300);
      // More than fits into what was put by is counted and said.
      const lost = 301 - steps.length;
      // What must be made at once has had its place.
      const children = runs.slice(1).map(({ name, status, metrics }) => [name, status, metrics.acc?.last]);
      expect(children).toEqual([0, 1, 2].map((number) => [`child ${number}`, "finished", number]));
      expect(withStore(disk, ({ tracking }) => tracking.experimentNamed("late"))).not.toBeNull();
      expect(lost > 0).toBe(count > 3);
      const said = runs[0]!.gaps
        .filter(({ message }) => message.includes("disk was full"))
        .map(({ message }) => message);
      expect(said).toEqual(lost > 0 ? [expect.stringMatching(new RegExp(`^${lost} of `))] : []);
      const left = readdirSync(join(disk, ".modeltrail/runs", runs[0]!.id));
      expect(left.filter((name) => name.startsWith("mlflow-"))).toEqual([]);
    },
  );
});

function read(cwd: string, name: string): string {
  try {
    return readFileSync(join(cwd, name), "utf8");
  } catch {
    return "";
  }
}

async function withStoreAsync(cwd: string, action: Parameters<typeof withStore<Promise<unknown>>>[1]): Promise<void> {
  const { openStore } = await import("../../src/store/open");
  const store = openStore(cwd, { create: false });
  try {
    await action(store);
  } finally {
    store.close();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(50);
}
