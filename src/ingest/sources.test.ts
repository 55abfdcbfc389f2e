import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Source, SourceRead } from "./source";
import { createSources, joinSources } from "./sources";

test("a final value in metrics.json belongs to the end of the curve that was printed", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sources-"));
  try {
    const log = path.join(folder, "output.log");
    const file = path.join(folder, "metrics.json");
    writeFileSync(log, "epoch 1: loss=0.5\nepoch 2: loss=0.4\n");
    writeFileSync(file, '{"loss": 0.3987, "accuracy": 0.9}');
    const sources = createSources(log);
    sources.offer(file);
    const { points } = await sources.read(false);
    expect(points?.map(({ source, points }) => [source, ...points.map(({ key, step }) => `${key} @${step}`)])).toEqual([
      ["output", "loss @1", "loss @2"],
      ["metrics-file", "loss @2", "accuracy @0"],
    ]);
    const next = createSources(log, JSON.parse(JSON.stringify(sources.checkpoint())));
    expect(await next.read(true)).toEqual({ more: false });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what several sources find is joined", async () => {
  const source = (id: string, found: SourceRead): Source => ({ id, read: () => found, checkpoint: () => id });
  const joined = joinSources([
    source("a", { more: false, params: { lr: "1" }, warnings: ["one"] }),
    source("b", { more: true, params: { seed: "2" }, warnings: ["two"], tags: { t: "v" } }),
  ]);
  expect(await joined.read(false)).toEqual({
    more: true,
    params: { lr: "1", seed: "2" },
    tags: { t: "v" },
    warnings: ["one", "two"],
  });
  expect(joined.checkpoint()).toEqual({ a: "a", b: "b" });
});
