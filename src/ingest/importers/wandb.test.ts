import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { objectPath } from "../../store/objects";
import { expected, fixture, imprint, outcomes, pointsOf, testImport } from "./testImport";
import { readWandbLog } from "./wandbLog";

const NUMBERS: Record<string, string> = { nan: "NaN", inf: "Infinity", "-inf": "-Infinity" };

function source() {
  const folder = fixture("wandb");
  const [name] = readdirSync(path.join(folder, "wandb"));
  const run = path.join(folder, "wandb", name!);
  const file = path.join(run, readdirSync(run).find((entry) => entry.endsWith(".wandb"))!);
  return { kind: "wandb" as const, location: folder, run, file };
}

test("an offline run is here with all that was logged", async () => {
  const place = source();
  const before = imprint(place.location);
  const { store, run } = testImport(place);
  const { runs } = await run();
  expect(runs).toMatchObject([{ name: "first", experiment: "wine", outcome: "imported" }]);
  const { id, series } = expected("wandb") as { id: string; series: Record<string, [number, number | string][]> };
  const found = store.getRun(runs[0]!.id)!;
  expect(found).toMatchObject({
    ...{ status: "failed", exitCode: 3, note: "Smaller trees" },
    params: { lr: "0.1", "model.depth": "3", "model.name": "größe", layers: "[1,2]", added: "later" },
    tags: {
      a: "",
      b: "",
      "wandb.group": "g",
      "wandb.jobType": "train",
      "wandb.summary.best": "0.5",
      "imported.id": id,
    },
  });
  const own = Object.keys(found.metrics).filter((key) => !key.startsWith("system/"));
  expect(own.sort()).toEqual(["flag", ...Object.keys(series)].sort());
  for (const [key, points] of Object.entries(series)) {
    const values = pointsOf(store, found.id, key).map(([step, , value]) => [step, value]);
    expect(values).toEqual(points.map(([step, value]) => [step, NUMBERS[value] ?? String(value)]));
  }
  for (const [, time] of pointsOf(store, found.id, "loss"))
    expect(Math.abs(time - found.startTime)).toBeLessThan(60_000);
  expect(found.artifacts.map((file) => file.path)).toEqual(["note.txt"]);
  expect(readFileSync(objectPath(store.folder, found.artifacts[0]!.sha256), "utf8")).toBe("an artifact\n");
  expect(readFileSync(store.logPath(found.id), "utf8")).toContain("hello from the run");
  expect(found.snapshot.environment).toMatchObject({ python: "3.11.7", packages: { numpy: "1.0" } });
  expect(found.gaps).toEqual([]);
  expect(imprint(place.location)).toBe(before);
  expect(outcomes(await run())).toEqual({ present: 1 });
});

test("a file that is still written, or was cut off, is read up to its last whole record", async () => {
  const place = source();
  const whole = readFileSync(place.file);
  writeFileSync(place.file, whole.subarray(0, 20_000));
  const { store, run } = testImport(place);
  const { runs } = await run();
  const { id } = runs[0]!;
  expect(store.getRun(id)).toMatchObject({
    status: "lost",
    gaps: [],
    warnings: [expect.stringContaining("still running")],
  });
  const early = pointsOf(store, id, "loss");
  expect(early.length).toBeGreaterThan(0);
  writeFileSync(place.file, whole);
  expect(outcomes(await run())).toEqual({ updated: 1 });
  expect(store.getRun(id)).toMatchObject({ status: "failed", warnings: [] });
  expect(pointsOf(store, id, "loss").slice(0, early.length)).toEqual(early);
});

test("every place at which a file may end gives a beginning of its records, and damage ends them", () => {
  const whole = readFileSync(source().file);
  const all = readWandbLog(whole);
  expect(all.damagedAt).toBeNull();
  // Longer than a block.
  expect(Math.max(...all.records.map((record) => record.length))).toBeGreaterThan(32_768);
  for (let end = 7; end < whole.length; end += 997) {
    const { records, damagedAt } = readWandbLog(whole.subarray(0, end));
    expect(damagedAt).toBeNull();
    expect(Buffer.concat(records).equals(Buffer.concat(all.records.slice(0, records.length)))).toBe(true);
  }
  const broken = Buffer.from(whole);
  broken[40_000]! ^= 0xff;
  const { records, damagedAt } = readWandbLog(broken);
  expect(damagedAt).toBeGreaterThan(0);
  expect(records.length).toBeGreaterThan(0);
  expect(records.length).toBeLessThan(all.records.length);
});
