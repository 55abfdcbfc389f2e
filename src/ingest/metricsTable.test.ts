import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMetricsTableReader } from "./metricsTable";
import type { Source, SourceRead } from "./source";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "metrics-table-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(source: Source, final = false): string[] {
  const { points = [] } = source.read(final) as SourceRead;
  return points.flatMap(({ points }) => points.map(({ key, step, value }) => `${key} @${step} ${value}`));
}

/** What a file of this name and content gives. */
function pointsOf(name: string, text: string): string[] {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  const source = createMetricsTableReader();
  source.offer?.(file);
  return read(source, true);
}

test("Lightning's metrics.csv: a row is of the training or of the validation", () => {
  const text = "epoch,step,train_loss,val_loss\n0,9,0.5,\n0,9,,0.6\n1,19,0.4,\n1,19,,nan\n";
  expect(pointsOf("lightning_logs/version_0/metrics.csv", text)).toEqual([
    "train_loss @9 0.5",
    "val_loss @9 0.6",
    "train_loss @19 0.4",
    "val_loss @19 NaN",
  ]);
});

test("YOLO's results.csv: padded cells, and a column of times, which is no metric", () => {
  const text =
    "                  epoch,               time,      train/box_loss,   metrics/mAP50(B)\n                      1,             12.125,             1.20000,                 inf\n";
  expect(pointsOf("runs/detect/train/results.csv", text)).toEqual([
    "train/box_loss @1 1.2",
    "metrics/mAP50(B) @1 Infinity",
  ]);
});

test("Keras's CSVLogger, Stable-Baselines' progress, pandas' history, DVCLive's plots", () => {
  expect(pointsOf("training.log", "epoch,accuracy,loss\n0,0.5,1.5\n1,0.75,1e-3\n")).toEqual([
    "accuracy @0 0.5",
    "loss @0 1.5",
    "accuracy @1 0.75",
    "loss @1 0.001",
  ]);
  expect(pointsOf("progress.csv", "rollout/ep_rew_mean,time/total_timesteps,time/fps\n10,2048,99\n")).toEqual([
    "rollout/ep_rew_mean @2048 10",
    "time/fps @2048 99",
  ]);
  expect(pointsOf("history.csv", ",loss\n0,0.5\n1,0.25\n")).toEqual(["loss @0 0.5", "loss @1 0.25"]);
  expect(pointsOf("dvclive/plots/metrics/train/acc.tsv", "step\tacc\n0\t0.5\n1\t0.75\n")).toEqual([
    "train/acc @0 0.5",
    "train/acc @1 0.75",
  ]);
});

test("JSON lines: the step is a field, else the number of the line; nested names are joined; other lines are passed over", () => {
  const text = '{"step": 10, "loss": 0.5, "val": {"f1": NaN}}\nnot JSON\n{"loss": 0.25, "name": "x", "time": 12}\n';
  expect(pointsOf("metrics.jsonl", text)).toEqual(["loss @10 0.5", "val/f1 @10 NaN", "loss @2 0.25"]);
  expect(pointsOf("log.txt", '{"epoch": 3, "train_loss": 0.5}\n')).toEqual(["train_loss @3 0.5"]);
});

test("quoted cells may hold the separator", () => {
  expect(pointsOf("metrics.csv", 'step,"loss, weighted",note\n1,0.5,"a ""good"", one"\n')).toEqual([
    "loss, weighted @1 0.5",
  ]);
});

test.each([
  ["results.csv", "model,accuracy\nforest,0.9\n"],
  ["train.csv", "5.1,3.5,1.4,0.2\n4.9,3.0,1.4,0.2\n"],
  ["train.csv", "1,step,3\n4.9,3.0,1.4\n"],
  ["train.csv", "index,species\nfirst,setosa\n"],
  ["log.txt", "Epoch 1: loss 0.5\n"],
  ["data.csv", "step,loss\n1,0.5\n"],
  ["metrics.csv", ""],
])("%s is no table of metrics: %j", (name, text) => {
  expect(pointsOf(name, text)).toEqual([]);
});

test("a table that grows is read on, by another process too; half a line waits for its rest", () => {
  const file = path.join(folder, "metrics.csv");
  writeFileSync(file, "step,loss\n1,0.5\n2,0.");
  let source = createMetricsTableReader();
  source.offer?.(file);
  expect(read(source)).toEqual(["loss @1 0.5"]);
  expect(read(source)).toEqual([]);
  appendFileSync(file, "25\n3,0.125");
  source = createMetricsTableReader(JSON.parse(JSON.stringify(source.checkpoint())));
  source.offer?.(file);
  expect(read(source)).toEqual(["loss @2 0.25"]);
  expect(source.left?.()).toBe("3,0.125".length);
  expect(read(source, true)).toEqual(["loss @3 0.125"]);
  expect(read(source, true)).toEqual([]);
});

test("a table that is written anew with other columns, as Lightning does, is read anew", () => {
  const file = path.join(folder, "metrics.csv");
  writeFileSync(file, "step,loss\n1,0.5\n");
  const source = createMetricsTableReader();
  source.offer?.(file);
  expect(read(source)).toEqual(["loss @1 0.5"]);
  writeFileSync(file, "step,loss,acc\n1,0.5,\n1,,0.9\n");
  expect(read(source)).toEqual(["loss @1 0.5", "acc @1 0.9"]);
});

test("a long table is read in slices, and bytes beyond ASCII do not move the place", () => {
  const file = path.join(folder, "metrics.csv");
  writeFileSync(
    file,
    `step,lößchen,note\n${Array.from({ length: 60_000 }, (_, i) => `${i},${i / 2},größe\n`).join("")}`,
  );
  const source = createMetricsTableReader();
  source.offer?.(file);
  const found: string[] = [];
  let reads = 0;
  for (let more = true; more; reads++) {
    const result = source.read(true) as SourceRead;
    found.push(...(result.points ?? []).flatMap(({ points }) => points.map(({ step }) => String(step))));
    more = result.more;
  }
  expect(reads).toBeGreaterThan(2);
  expect(found).toEqual(Array.from({ length: 60_000 }, (_, i) => String(i)));
});

test("files that are gone, folders, and lines without end do no harm", () => {
  mkdirSync(path.join(folder, "metrics.csv"));
  const endless = path.join(folder, "log.txt");
  writeFileSync(endless, "x".repeat(3 << 20));
  const source = createMetricsTableReader();
  for (const file of [endless, path.join(folder, "metrics.csv"), path.join(folder, "results.csv")])
    source.offer?.(file);
  expect(source.read(false)).toEqual({ more: false });
  expect(source.read(true)).toEqual({ more: false });
});
