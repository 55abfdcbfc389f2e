import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test, vi } from "vitest";
import type { NewPrediction } from "../../domain/prediction";
import { tempDisk, tempFolder } from "../../store/testStore";
import { keepFeedback } from "./feedback";
import { logFiles } from "./files";
import { predictionId } from "./id";
import { openPredictionLog } from "./log";
import { countPredictions, findPrediction, readOldest, readPredictions } from "./read";
import { removeOld, retentionOf } from "./retention";

function prediction(part: Partial<NewPrediction> = {}): NewPrediction {
  const time = part.time ?? Date.now();
  return {
    ...{ id: predictionId(time), time, role: "champion", model: "wine", version: 1, path: "/invocations", status: 200 },
    ...{ latency: 1.5, inputs: '{"inputs":[[1]]}', outputs: '{"predictions":[1]}', key: null, of: null },
    ...part,
  };
}

test("what was kept is read in pages, the newest first and the oldest first", async () => {
  const folder = tempFolder();
  const log = openPredictionLog(folder, {});
  const start = Date.now();
  const all = Array.from({ length: 25 }, (_, place) =>
    prediction({ time: start + place, version: (place % 2) + 1, role: place % 2 ? "challenger" : "champion" }),
  );
  expect(await Promise.all(all.map(log.add))).toEqual(all.map(() => true));
  expect(log.counts()).toEqual({ kept: 25, lost: 0, fault: null });
  const ids = all.map(({ id }) => id);
  const first = readPredictions(folder, { limit: 10 });
  expect(first[0]).toEqual({ ...all[24], label: null, labelled: null, action: null });
  const next = readPredictions(folder, { limit: 10, from: first.at(-1)!.id });
  const last = readPredictions(folder, { limit: 10, from: next.at(-1)!.id });
  expect([...first, ...next, ...last].map(({ id }) => id)).toEqual(ids.toReversed());
  expect(readOldest(folder, { limit: 1_000 }).map(({ id }) => id)).toEqual(ids);
  expect(readOldest(folder, { from: ids[22]! }).map(({ id }) => id)).toEqual(ids.slice(23));
  expect(countPredictions(folder, { version: 2 })).toBe(12);
  expect(countPredictions(folder, { role: "champion", since: start + 10, until: start + 20 })).toBe(5);
  log.close();
});

test("labels and actions come later, to the prediction of their id", async () => {
  const folder = tempFolder();
  const log = openPredictionLog(folder, {});
  const one = prediction();
  await Promise.all([log.add(one), log.add(prediction())]);
  const unknown = "0".repeat(32);
  const labels = [
    { id: unknown, label: 1 },
    { id: one.id, label: { class: 2 } },
  ];
  expect(keepFeedback(folder, labels, 5_000)).toEqual([unknown]);
  expect(keepFeedback(folder, [{ id: one.id, action: "blocked" }])).toEqual([]);
  const found = findPrediction(folder, one.id)!.prediction;
  expect(found).toMatchObject({ label: '{"class":2}', labelled: 5_000, action: "blocked" });
  expect(countPredictions(folder, { labelled: true })).toBe(1);
  log.close();
});

test("files are begun anew when they are full, and the oldest go when all of them are too much", async () => {
  const folder = tempFolder();
  const settings = { maxSize: 2_000_000 };
  const log = openPredictionLog(folder, settings);
  const inputs = JSON.stringify("x".repeat(100_000));
  const ids: string[] = [];
  for (let place = 0; place < 40; place++) {
    const one = prediction({ inputs });
    ids.push(one.id);
    await log.add(one);
  }
  log.close();
  expect(logFiles(folder).length).toBeGreaterThan(3);
  removeOld(folder, retentionOf(settings), Date.now());
  const kept = readPredictions(folder).map(({ id }) => id);
  expect(kept).toEqual(ids.slice(-kept.length).reverse());
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThan(25);
  // A label finds its prediction in whichever file it is.
  const labels = kept.map((id) => ({ id, label: 1 }));
  expect(keepFeedback(folder, labels)).toEqual([]);
  expect(countPredictions(folder, { labelled: true })).toBe(kept.length);
});

test("predictions are kept for so many days, also within a file", async () => {
  const folder = tempFolder();
  const log = openPredictionLog(folder, { days: 1 });
  const now = Date.now();
  const [old, young] = [prediction({ time: now - 90_000_000 }), prediction({ time: now })];
  vi.setSystemTime(old.time);
  await log.add(old);
  vi.useRealTimers();
  await log.add(young);
  log.close();
  removeOld(folder, retentionOf({ days: 1 }), now);
  expect(readPredictions(folder).map(({ id }) => id)).toEqual([young.id]);
});

test("a full disk fails nothing: what was not kept is counted, and later ones are kept again", async (context) => {
  const disk = tempDisk("600k");
  if (!disk) return context.skip("no disk of its own here");
  const folder = join(disk, "predictions");
  const log = openPredictionLog(folder, {});
  const inputs = JSON.stringify("x".repeat(50_000));
  const told: string[] = [];
  for (let place = 0; place < 30; place++) {
    const one = prediction({ inputs });
    if (await log.add(one)) told.push(one.id);
  }
  const { kept, lost, fault } = log.counts();
  expect(kept).toBe(told.length);
  expect(lost).toBe(30 - told.length);
  expect(lost).toBeGreaterThan(0);
  expect(fault).toMatch(/disk is full/);
  expect(new Set(readPredictions(folder).map(({ id }) => id))).toEqual(new Set(told));
  log.close();
});

test("what was told to be kept is there after the writer was killed", async () => {
  const folder = tempFolder();
  const program = join(folder, "writer.mjs");
  const source = `
    import { openPredictionLog } from "./log"; import { predictionId } from "./id";
    const log = openPredictionLog(process.argv[2], {});
    const one = () => { const time = Date.now(); return { id: predictionId(time), time, role: "champion", model: "m", version: 1,
      path: "/", status: 200, latency: 1, inputs: "1", outputs: "1", key: null, of: null }; };
    let count = 0;
    for (let turn = 0; turn < 20; turn++) {
      const batch = Array.from({ length: 50 }, one);
      const kept = await Promise.all(batch.map(log.add));
      count += kept.filter(Boolean).length;
    }
    process.stdout.write(String(count), () => process.kill(process.pid, "SIGKILL"));`;
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "ts" },
    ...{ outfile: program, bundle: true, platform: "node", format: "esm" },
  });
  const { stdout } = spawnSync(process.execPath, [program, join(folder, "log")], { encoding: "utf8" });
  expect(stdout).toBe("1000");
  expect(countPredictions(join(folder, "log"))).toBe(1_000);
  expect(readdirSync(join(folder, "log")).some((name) => name.endsWith("-wal"))).toBe(true);
});
