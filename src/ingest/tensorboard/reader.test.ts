import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Artifact, MetricPoint } from "../../domain/run";
import { objectPath } from "../../store/objects";
import type { Source } from "../source";
import { createTensorBoardReader } from "./reader";

/** Written by the real writers: see make.py there. */
const fixtures = path.resolve(import.meta.dirname, "../../../test/fixtures/tensorboard");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tensorboard-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reader = (checkpoint?: unknown) =>
  createTensorBoardReader({ storeFolder: path.join(folder, "store"), checkpoint });

interface Everything {
  points: MetricPoint[];
  params: Record<string, string>;
  artifacts: Artifact[];
  warnings: string[];
}

async function readAll(source: Source): Promise<Everything> {
  const all: Everything = { points: [], params: {}, artifacts: [], warnings: [] };
  for (let more = true; more; ) {
    const read = await source.read(true);
    for (const { points } of read.points ?? []) all.points.push(...points);
    Object.assign(all.params, read.params);
    all.artifacts.push(...(read.artifacts ?? []));
    all.warnings.push(...(read.warnings ?? []));
    more = read.more;
  }
  return all;
}

/** "key @step value" of each point. */
const lines = ({ points }: Everything) => points.map(({ key, step, value }) => `${key} @${step} ${value}`);

/** The event files below a fixture's folder, copied to where they may be changed; those of the folder itself first. */
function eventFiles(name: string): string[] {
  const files = readdirSync(path.join(fixtures, name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.includes("tfevents"))
    .sort((a, b) => a.split(path.sep).length - b.split(path.sep).length || (a < b ? -1 : 1));
  return files.map((file) => {
    const copy = path.join(folder, "logs", file);
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(path.join(fixtures, name, file), copy);
    return copy;
  });
}

test("what PyTorch's writer logs: scalars with NaN and infinities, steps in any order, histograms, pictures, texts, hparams", async () => {
  const source = reader();
  for (const file of eventFiles("pytorch")) source.offer?.(file);
  const all = await readAll(source);
  const third = Math.fround(1 / 3);
  expect(lines(all)).toEqual([
    "loss/train @0 1",
    "loss/train @1 0.5",
    `loss/train @2 ${third}`,
    "odd @0 NaN",
    "odd @1 Infinity",
    "odd @2 -Infinity",
    "late @10 5",
    "late @3 4",
    "weights/min @7 1",
    "weights/max @7 4",
    "weights/mean @7 2.5",
    `weights/std @7 ${Math.sqrt(30 / 4 - 2.5 ** 2)}`,
    `hparam/accuracy @0 ${Math.fround(0.9)}`,
  ]);
  expect(all.points[0]?.time).toBe(1_700_000_000_250);
  expect(all.params).toEqual({ lr: "0.1", optimizer: "adam", nesterov: "True" });
  expect(all.artifacts.map((artifact) => artifact.path)).toEqual([
    "tensorboard/grid/1.png",
    "tensorboard/note/text_summary/2.txt",
  ]);
  const [picture, text] = all.artifacts.map(({ sha256 }) =>
    readFileSync(objectPath(path.join(folder, "store"), sha256)),
  );
  expect(picture?.subarray(1, 4).toString()).toBe("PNG");
  expect(text?.toString()).toBe("bigger trees");
  expect(all.warnings).toEqual([]);
});

test("what Keras's writer logs: one metric for each part of the training", async () => {
  const source = reader();
  for (const file of eventFiles("keras")) source.offer?.(file);
  const all = await readAll(source);
  const part = (name: string, offset: number) => [
    `${name}/epoch_loss @0 ${offset}`,
    `${name}/epoch_loss @1 ${offset + 0.25}`,
    `${name}/half @0 0.5`,
    `${name}/kernel/min @0 0`,
    `${name}/kernel/max @0 4`,
    `${name}/kernel/mean @0 1.5`,
    `${name}/kernel/std @0 ${Math.sqrt(3 - 1.5 ** 2)}`,
  ];
  expect(lines(all)).toEqual([...part("train", 0), ...part("validation", 0.5)]);
  expect(all.artifacts.map((artifact) => artifact.path)).toEqual([
    "tensorboard/train/words/0.txt",
    "tensorboard/validation/words/0.txt",
  ]);
});

test("a file that grows is read on from where it was, by another process too, whatever part of a record is there", async () => {
  const [whole] = eventFiles("pytorch");
  const bytes = readFileSync(whole!);
  const expected = reader();
  expected.offer?.(whole!);
  const all = lines(await readAll(expected));

  const growing = path.join(folder, "events.out.tfevents.1.growing");
  writeFileSync(growing, "");
  const found: string[] = [];
  let checkpoint: unknown;
  for (let at = 0; at < bytes.length; at += 37) {
    appendFileSync(growing, bytes.subarray(at, at + 37));
    const source = reader(checkpoint);
    source.offer?.(growing);
    found.push(...lines(await readAll(source)));
    checkpoint = JSON.parse(JSON.stringify(source.checkpoint()));
  }
  expect(found).toEqual(all);
  const last = reader(checkpoint);
  expect(last.left?.()).toBe(0);
});

test("a damaged file gives what stands before the damage, and says so once", async () => {
  const [file] = eventFiles("pytorch");
  const bytes = readFileSync(file!);
  // The event file's first record is its version; the middle of the file is in some later one.
  bytes[200]! ^= 0xff;
  writeFileSync(file!, bytes);
  const source = reader();
  source.offer?.(file!);
  const { points, warnings } = await readAll(source);
  expect(points.length).toBeGreaterThan(0);
  expect(points.length).toBeLessThan(13);
  expect(warnings).toEqual([expect.stringMatching(/is damaged at byte \d+: nothing was read from there on\.$/)]);
  appendFileSync(file!, Buffer.alloc(100));
  expect(await readAll(source)).toMatchObject({ points: [], warnings: [] });
});

test("a file that is no event file, or is gone, gives nothing", async () => {
  const text = path.join(folder, "notes.tfevents.txt");
  writeFileSync(text, "a text of some length, which is no record of anything\n".repeat(3));
  const source = reader();
  source.offer?.(text);
  source.offer?.(path.join(folder, "events.out.tfevents.gone"));
  source.offer?.(path.join(folder, "other.txt"));
  const { points, warnings } = await readAll(source);
  expect(points).toEqual([]);
  expect(warnings).toHaveLength(1);
  expect(statSync(text).size).toBeGreaterThan(0);
});

test("a run of many metrics and steps is read in slices", async () => {
  const [file] = eventFiles("pytorch");
  const bytes = readFileSync(file!);
  const big = path.join(folder, "events.out.tfevents.2.big");
  writeFileSync(big, Buffer.concat(Array.from({ length: 4_000 }, () => bytes)));
  const source = reader();
  source.offer?.(big);
  const first = await source.read(false);
  expect(first.more).toBe(true);
  const rest = await readAll(source);
  const points = (first.points?.[0]?.points.length ?? 0) + rest.points.length;
  expect(points).toBe(4_000 * 12);
  expect(rest.warnings.concat(first.warnings ?? [])).toEqual([expect.stringMatching(/^TensorBoard's pictures/)]);
});
