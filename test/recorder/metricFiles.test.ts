/** Files that logging libraries write, as their real versions do, through the real command. */
import { expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { makeProject, python, recorded, runSession, useCli, withStore } from "./cli";

useCli();

async function record(script: string): Promise<{ run: Run; series: (key: string) => [number, number][] }> {
  const cwd = makeProject({ "train.py": script });
  const { code, err } = await runSession({ command: recorded([python, "train.py"]), cwd });
  expect({ code, err: err.toString() }).toEqual({ code: 0, err: "" });
  return withStore(cwd, (store) => {
    const run = store.getRun(store.resolveRun("latest"))!;
    const all = Object.keys(run.metrics).map((key) => [key, store.metricHistory(run.id, key, 0, 1e6).points] as const);
    const points = new Map(all);
    const series = (key: string) => (points.get(key) ?? []).map(({ step, value }): [number, number] => [step, value]);
    return { run, series };
  });
}

const ownMetrics = ({ metrics }: Run) => Object.keys(metrics).filter((name) => !name.startsWith("system/"));

test("DVCLive: params, curves under their whole names, and final values without a curve", async () => {
  // What dvclive 3.49 writes, in its order.
  const { run, series } = await record(`
import json, os
with_params = "lr: 0.1\\nmodel:\\n  depth: 3\\n"
os.makedirs("dvclive/plots/metrics/train")
open("dvclive/params.yaml", "w").write(with_params)
for step in range(3):
    path = "dvclive/plots/metrics/train/loss.tsv"
    new = not os.path.exists(path)
    with open(path, "a") as file:
        file.write("step\\tloss\\n" * new + f"{step}\\t{1 / (step + 1)}\\n")
    with open("dvclive/metrics.json", "w") as file:
        json.dump({"train": {"loss": 1 / (step + 1)}, "step": step}, file, indent=4)
with open("dvclive/metrics.json", "w") as file:
    json.dump({"train": {"loss": 1 / 3}, "step": 2, "final": 0.9}, file, indent=4)
`);
  expect(run.params).toEqual({ lr: "0.1", "model.depth": "3" });
  expect(ownMetrics(run).toSorted()).toEqual(["final", "train/loss"]);
  expect(series("train/loss")).toEqual([
    [0, 1],
    [1, 0.5],
    [2, 1 / 3],
  ]);
  expect(series("final")).toEqual([[2, 0.9]]);
});

test("Hugging Face: the epochs that it prints and the steps of its state are one curve, by steps", async () => {
  const { run, series } = await record(`
import json, os
history = []
for step in (10, 20, 30, 40):
    loss, epoch = 4 / step, step / 20
    print({"loss": round(loss, 4), "grad_norm": 1.25, "learning_rate": 5e-05, "epoch": epoch})
    history.append({"epoch": epoch, "grad_norm": 1.25, "learning_rate": 5e-05, "loss": loss, "step": step})
os.makedirs("out/checkpoint-40")
with open("out/checkpoint-40/trainer_state.json", "w") as file:
    json.dump({"epoch": 2.0, "global_step": 40, "log_history": history}, file, indent=2)
`);
  expect(series("loss")).toEqual([
    [10, 0.4],
    [20, 0.2],
    [30, 4 / 30],
    [40, 0.1],
  ]);
  expect(ownMetrics(run).toSorted()).toEqual(["grad_norm", "learning_rate", "loss"]);
});

test("a run with a thousand metrics, repeated steps and steps in any order", async () => {
  const { run, series } = await record(`
import modeltrail
for step in [*range(20), 3, 3, -1]:
    modeltrail.log({f"layer{i}/norm": i + step / 100 for i in range(1000)}, step=step)
`);
  expect(ownMetrics(run)).toHaveLength(1_000);
  const [first, ...rest] = series("layer999/norm");
  expect(first).toEqual([-1, 998.99]);
  expect(rest.map(([step]) => step)).toEqual([0, 1, 2, 3, 3, 3, ...Array.from({ length: 16 }, (_, i) => 4 + i)]);
  expect(run.warnings).toEqual([]);
});
