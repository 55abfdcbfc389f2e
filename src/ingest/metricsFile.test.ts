import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMetricsFileReader } from "./metricsFile";
import type { Source, SourceRead } from "./source";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "metrics-"));
  file = path.join(folder, "metrics.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(source: Source, final = false): string[] {
  const { points = [] } = source.read(final) as SourceRead;
  return points.flatMap(({ source, points }) =>
    points.map(({ key, step, value }) => `${source}: ${key} @${step} ${value}`),
  );
}

function reader(options?: Parameters<typeof createMetricsFileReader>[0]): Source {
  const source = createMetricsFileReader(options);
  source.offer?.(file);
  return source;
}

test("numbers, also nested ones, become metrics", () => {
  writeFileSync(file, '{"accuracy": 0.9, "test": {"f1": NaN, "n": 3}, "ok": true, "name": "x", "all": [1]}');
  expect(read(reader(), true)).toEqual([
    "metrics-file: accuracy @0 0.9",
    "metrics-file: test/f1 @0 NaN",
    "metrics-file: test/n @0 3",
  ]);
});

test("the step is the file's own, else the end of the curve known from elsewhere, else the count of writes", () => {
  const source = reader({ lastStep: (key) => (key === "loss" ? 20 : undefined) });
  writeFileSync(file, '{"loss": 0.5, "f1": 0.7}');
  expect(read(source)).toEqual([]);
  writeFileSync(file, '{"loss": 0.45, "f1": 0.75}');
  expect(read(source)).toEqual([
    "metrics-file: loss @20 0.5",
    "metrics-file: f1 @0 0.7",
    "metrics-file: loss @20 0.45",
    "metrics-file: f1 @1 0.75",
  ]);
  writeFileSync(file, '{"loss": 0.4, "f1": 0.8, "epoch": 3, "step": 300}');
  expect(read(source)).toEqual(["metrics-file: loss @300 0.4", "metrics-file: f1 @300 0.8"]);
});

test("a half-written file waits for its rest, and is said to be broken only at the end", () => {
  const source = reader();
  writeFileSync(file, '{"loss": 0.');
  expect(source.read(false)).toEqual({ more: false });
  writeFileSync(file, '{"loss": 0.5}');
  expect(read(source)).toEqual([]);
  writeFileSync(file, '{"loss": 0.25}');
  expect(read(source)).toEqual(["metrics-file: loss @0 0.5", "metrics-file: loss @1 0.25"]);
  writeFileSync(file, '{"loss"');
  expect(read(source)).toEqual([]);
  expect(source.read(true)).toEqual({ more: false, warnings: [`${file} is not whole JSON and gave no metrics.`] });
  expect(source.read(true)).toEqual({ more: false });
});

test("a file that is written once belongs to the end of the curve, whether it or the output is read first", () => {
  let last: number | undefined;
  const source = reader({ lastStep: () => last });
  writeFileSync(file, '{"accuracy": 0.9}');
  expect(read(source)).toEqual([]);
  last = 3;
  expect(read(source)).toEqual([]);
  const checkpoint = JSON.parse(JSON.stringify(source.checkpoint()));
  expect(read(source, true)).toEqual(["metrics-file: accuracy @3 0.9"]);
  expect(read(source, true)).toEqual([]);
  // After a crash, whoever finishes the run does the same.
  const next = createMetricsFileReader({ checkpoint, lastStep: () => 3 });
  expect(read(next, true)).toEqual(["metrics-file: accuracy @3 0.9"]);
});

test("what a file held before it was removed, or broken off, is taken all the same", () => {
  for (const spoil of [() => rmSync(file), () => writeFileSync(file, "{")]) {
    const source = reader();
    writeFileSync(file, '{"loss": 0.5}');
    read(source);
    spoil();
    expect(read(source)).toEqual([]);
    expect(read(source, true)).toEqual(["metrics-file: loss @0 0.5"]);
    expect(read(source, true)).toEqual([]);
  }
});

test("an unchanged file is taken once, by another process too", () => {
  const source = reader();
  writeFileSync(file, '{"loss": 0.5}');
  expect(read(source, true)).toHaveLength(1);
  expect(read(source)).toEqual([]);
  expect(read(source, true)).toEqual([]);
  const next = createMetricsFileReader({ checkpoint: JSON.parse(JSON.stringify(source.checkpoint())) });
  expect(read(next, true)).toEqual([]);
  writeFileSync(file, '{"loss": 0.25}');
  expect(read(next, true)).toEqual(["metrics-file: loss @1 0.25"]);
});

test.each([
  ["metrics.json", true],
  ["test_metrics.json", true],
  ["run-1.metrics.json", true],
  ["METRICS.JSON", true],
  ["mymetrics.json", false],
  ["metrics.jsonl", false],
  ["config.json", false],
])("%s is one of its files: %s", (name, yes) => {
  file = path.join(folder, name);
  writeFileSync(file, '{"loss": 0.5}');
  expect(read(reader(), true)).toHaveLength(yes ? 1 : 0);
});

test("a file that is gone, a folder of that name and a huge file do no harm", () => {
  const source = reader();
  expect(read(source, true)).toEqual([]);
  writeFileSync(file, `{"loss": 0.5, "pad": "${"x".repeat(2 << 20)}"}`);
  expect(source.read(false)).toEqual({
    more: false,
    warnings: [`${file} is larger than 1 MiB and was not read for metrics.`],
  });
});

test("Hugging Face's trainer_state.json holds the whole history; other results are taken as they are", () => {
  file = path.join(folder, "checkpoint-20", "trainer_state.json");
  mkdirSync(path.dirname(file));
  const history = [
    { epoch: 0.5, loss: 0.9, step: 10 },
    { epoch: 1, eval_loss: 0.8, step: 20 },
  ];
  writeFileSync(file, JSON.stringify({ epoch: 1, global_step: 20, log_history: history }));
  expect(read(reader())).toEqual(["metrics-file: loss @10 0.9", "metrics-file: eval_loss @20 0.8"]);
  file = path.join(folder, "all_results.json");
  writeFileSync(file, '{"epoch": 3.0, "eval_accuracy": 0.9}');
  expect(read(reader())).toEqual(["metrics-file: eval_accuracy @3 0.9"]);
});
