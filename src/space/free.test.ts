import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newCell } from "../store/cells/testCells";
import type { Store } from "../store/contract";
import { hasObject, putBytes } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { freeSpace } from "./free";
import { planFreeing } from "./plan";
import { DEFAULT_RULES, readRules, type SpaceRules } from "./rules";
import { placeOf, record, writeProjectFile } from "./testSpace";
import { spaceUsage } from "./usage";

const DAY = 24 * 60 * 60 * 1000;

async function gc(store: Store, rules: Partial<SpaceRules> = {}, now?: number) {
  const plan = await planFreeing(store, { ...DEFAULT_RULES, ...rules }, now);
  return { plan, report: await freeSpace(store, plan) };
}

const text = (size: number, letter: string) => letter.repeat(size);

test("frees what was deleted long enough ago, and tells beforehand what that gives", async () => {
  const store = tempStore();
  const shared = { "shared.csv": text(500, "s") };
  const kept = await record(store, { name: "kept", data: shared, log: "kept" });
  const gone = await record(store, {
    name: "gone",
    data: { ...shared, "own.csv": text(1_000, "o") },
    artifacts: { "model.bin": text(2_000, "m") },
    log: text(100, "l"),
  });
  const fresh = await record(store, { name: "fresh", data: { "fresh.csv": text(10, "f") } });
  store.deleteRuns([gone]);
  const later = Date.now() + 31 * DAY;

  const early = await planFreeing(store, DEFAULT_RULES);
  expect(early).toMatchObject({ runs: [], bytes: 0 });
  expect(early.usage).toMatchObject({ deleted: 3_000, kinds: { data: 1_510, artifacts: 2_000, other: 0 } });

  const { plan, report } = await gc(store, {}, later);
  expect(plan.runs).toMatchObject([{ name: "gone", reason: "deleted 31 days ago", bytes: 3_100 }]);
  expect(plan.bytes).toBe(3_100);
  expect(report).toMatchObject({ runs: ["gone"], objects: 2, bytes: 3_100, waiting: 0, notes: [] });
  expect(existsSync(join(store.folder, "runs", gone))).toBe(false);
  expect(existsSync(await placeOf(store, text(2_000, "m")))).toBe(false);
  expect(readFileSync(await placeOf(store, text(500, "s")), "utf8")).toBe(text(500, "s"));
  expect(store.listRuns({}).runs.map((run) => run.id)).toEqual([fresh, kept]);
  expect(store.listRuns({ deleted: true }).total).toBe(0);
  expect(readFileSync(store.logPath(kept), "utf8")).toBe("kept");
  expect((await gc(store, {}, later)).report).toMatchObject({ runs: [], bytes: 0 });
});

test("scratch runs go by their own rule, pinned ones never", async () => {
  const store = tempStore();
  const [scratch, pinned] = [
    await record(store, { name: "scratch", status: "failed", log: "x" }),
    await record(store, { name: "pinned", status: "failed" }),
  ];
  await record(store, { name: "good" });
  store.setPinned([pinned!], true);
  expect((await gc(store)).report.runs).toEqual([]);
  const { plan, report } = await gc(store, { keepScratchDays: 1 });
  expect(plan.runs[0]!.reason).toMatch(/^a scratch run, ended \d+ days ago$/);
  expect(report.runs).toEqual(["scratch"]);
  expect(store.getRun(scratch!)).toBeNull();
  expect(store.listRuns({}).total).toBe(2);
});

test("over the budget, deleted runs go first and then scratch runs, no more than it takes", async () => {
  const store = tempStore();
  const data = (letter: string) => ({ data: { [letter]: text(100_000, letter) } });
  const deleted = await record(store, { name: "deleted", startTime: 9_000, ...data("d") });
  store.deleteRuns([deleted]);
  await record(store, { name: "newer scratch", status: "failed", startTime: 3_000, ...data("n") });
  await record(store, { name: "older scratch", status: "failed", startTime: 2_000, ...data("o") });
  await record(store, { name: "good", startTime: 1_000, ...data("g") });
  const { total } = (await planFreeing(store, DEFAULT_RULES)).usage;

  const runsAt = async (budget: number) => {
    const plan = await planFreeing(store, { ...DEFAULT_RULES, budget });
    return { names: plan.runs.map((run) => run.name), over: plan.excess > 0 };
  };
  expect(await runsAt(total)).toEqual({ names: [], over: false });
  expect(await runsAt(total - 1)).toEqual({ names: ["deleted"], over: false });
  expect(await runsAt(total - 100_001)).toEqual({ names: ["deleted", "older scratch"], over: false });
  // What is neither deleted nor scratch is for a person to decide on.
  expect(await runsAt(1_000)).toEqual({ names: ["deleted", "older scratch", "newer scratch"], over: true });
  const { plan, report } = await gc(store, { budget: total - 100_001 });
  expect(plan.runs[0]!.reason).toBe("deleted today, over the budget");
  expect(report.runs).toEqual(["deleted", "older scratch"]);
  expect((await planFreeing(store, DEFAULT_RULES)).usage.total).toBeLessThanOrEqual(total - 200_000);
});

test("what has changed since the plan stays", async () => {
  const store = tempStore();
  const [restored, noted, gone] = [
    await record(store, { name: "restored" }),
    await record(store, { name: "noted", status: "failed" }),
    await record(store, { name: "gone" }),
  ];
  store.deleteRuns([restored!, gone!]);
  const plan = await planFreeing(store, { budget: null, keepDeletedDays: 0, keepScratchDays: 0 });
  expect(plan.runs).toHaveLength(3);
  store.restoreRuns([restored!]);
  store.setNote(noted!, "why it failed");
  expect((await freeSpace(store, plan)).runs).toEqual(["gone"]);
  expect(store.listRuns({}).total).toBe(2);
});

test("what nobody owns is removed once it is old; what may be in the making stays", async () => {
  const store = tempStore();
  const kept = await record(store, { log: "kept" });
  const place = (...parts: string[]) => join(store.folder, ...parts);
  const [orphan, young] = [place("runs", "a".repeat(32)), place("runs", "b".repeat(32))];
  for (const folder of [orphan, young, place("tmp")]) mkdirSync(folder, { recursive: true });
  const old = [join(orphan, "output.log"), place("tmp", "object-old")];
  const fresh = [join(young, "output.log"), place("tmp", "object-fresh")];
  for (const file of [...old, ...fresh]) writeFileSync(file, "12345");
  const longAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  for (const path of [...old, orphan]) utimesSync(path, longAgo, longAgo);

  const { plan, report } = await gc(store);
  expect(plan.bytes).toBe(10);
  expect(report.bytes).toBe(10);
  expect(existsSync(orphan)).toBe(false);
  expect(old.some((file) => existsSync(file))).toBe(false);
  expect(fresh.every((file) => existsSync(file))).toBe(true);
  expect(existsSync(store.logPath(kept))).toBe(true);
});

test("usage says what each experiment has alone and what it shares", async () => {
  const store = tempStore();
  const both = { "both.csv": text(100, "b") };
  await record(store, { experiment: "a", data: { ...both, "a.csv": text(30, "a") }, log: "12345" });
  await record(store, { experiment: "c", data: both, artifacts: { "c.bin": text(7, "c") } });
  const { usage } = await planFreeing(store, DEFAULT_RULES);
  expect(usage.experiments).toEqual([
    {
      ...{ experiment: "a", runs: 1, deleted: 0, logs: 5, metrics: 0, own: 35 },
      data: { own: 30, shared: 100 },
      artifacts: { own: 0, shared: 0 },
    },
    {
      ...{ experiment: "c", runs: 1, deleted: 0, logs: 0, metrics: 0, own: 7 },
      data: { own: 0, shared: 100 },
      artifacts: { own: 7, shared: 0 },
    },
  ]);
  expect(usage.total).toBe(Object.values(usage.kinds).reduce((sum, size) => sum + size, 0));
  // The extension looks without writing.
  expect((await spaceUsage(tempStore(store.root, { readOnly: true }))).experiments).toEqual(usage.experiments);
});

test("rules come from the project file, which must make sense", async () => {
  const store = tempStore();
  expect(await readRules(store.root)).toEqual(DEFAULT_RULES);
  writeProjectFile(store, "space: {budget: 10GB, keepDeletedDays: 7, keepScratchDays: 1}\n");
  expect(await readRules(store.root)).toEqual({ budget: 1e10, keepDeletedDays: 7, keepScratchDays: 1 });
  writeProjectFile(store, "space: {budget: much}\n");
  await expect(readRules(store.root)).rejects.toThrow(/space\.budget/);
});

test("keeps what notebooks' cells ran and showed as long as their run, and counts it with artifacts", async () => {
  const store = tempStore();
  const put = async (letter: string) => (await putBytes(store.folder, Buffer.from(text(100, letter)))).sha256;
  const [source, shown, shared] = [await put("s"), await put("o"), await put("c")];
  const cell = (own: string, output: string) =>
    newCell({
      source: own,
      outputs: [
        { kind: "display", preview: "", items: [{ mime: "text/html", size: 100, sha256: output, kept: true }] },
      ],
    });
  const gone = store.createRun(newRun());
  store.ingest(gone, { cells: [cell(source, shared)] });
  store.endRun(gone, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  const kept = await record(store, { name: "kept" });
  store.ingest(kept, { cells: [cell(shown, shared)] });
  expect((await spaceUsage(store)).kinds).toMatchObject({ artifacts: 300, data: 0, other: 0 });

  store.deleteRuns([gone]);
  const { report } = await gc(store, {}, Date.now() + 31 * DAY);
  expect(report.runs).toHaveLength(1);
  expect([source, shown, shared].map((sha256) => hasObject(store.folder, sha256))).toEqual([false, true, true]);
});
