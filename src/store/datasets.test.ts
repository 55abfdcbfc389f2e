import { expect, test } from "vitest";
import type { RunDatasetVersion } from "./contract";
import { newRun, tempStore } from "./testStore";

const [V1, V2] = ["11".repeat(32), "22".repeat(32)] as const;
const END = { status: "finished", exitCode: 0, signal: null, endTime: 9_000 } as const;

function wine(part: Partial<RunDatasetVersion> = {}): RunDatasetVersion {
  return { name: "wine", kind: "read", version: V1, files: 2, size: 10, role: "read", ...part };
}

/** Three runs: the first read V1, the second V1 and wrote V2, the third read V2 and another dataset. */
function threeRuns() {
  const store = tempStore();
  const used = (startTime: number, datasets: RunDatasetVersion[]) => {
    const id = store.createRun(newRun({ startTime }));
    store.endRun(id, END, { datasets });
    return id;
  };
  const first = used(10, [wine()]);
  const second = used(20, [wine(), wine({ version: V2, files: 3, size: 12, role: "write" })]);
  const third = used(30, [wine({ kind: "declared", version: V2, files: 3, size: 12 }), wine({ name: "beer" })]);
  return { store, first, second, third };
}

test("datasets are listed with their versions and the runs that used them", () => {
  const { store, first, second, third } = threeRuns();
  expect(store.listDatasets()).toEqual([
    { name: "beer", kind: "read", versions: 1, runs: 1, current: V1, files: 2, size: 10, lastUsed: 30 },
    { name: "wine", kind: "declared", versions: 2, runs: 3, current: V2, files: 3, size: 12, lastUsed: 30 },
  ]);
  expect(store.listDatasetVersions("wine")).toEqual({
    versions: [
      { version: V2, files: 3, size: 12, firstSeen: 20, lastSeen: 30, runs: 2, md5: null },
      { version: V1, files: 2, size: 10, firstSeen: 10, lastSeen: 20, runs: 2, md5: null },
    ],
    next: null,
    total: 2,
  });
  expect(store.runsOfDataset("wine", V2).uses).toEqual([
    { run: third, version: V2, role: "read", startTime: 30 },
    { run: second, version: V2, role: "write", startTime: 20 },
  ]);
  expect(store.runsOfDataset("wine", null).uses.map((use) => use.run)).toEqual([third, second, second, first]);
  expect(store.getRun(second)!.snapshot.datasets.map(({ version, role }) => [version, role])).toEqual([
    [V1, "read"],
    [V2, "write"],
  ]);
  expect(store.listDatasetVersions("none")).toEqual({ versions: [], next: null, total: 0 });
});

test("pages go on where the last ended", () => {
  const { store } = threeRuns();
  const whole = store.runsOfDataset("wine", null).uses;
  const uses = [];
  for (let cursor: string | undefined; ; ) {
    const page = store.runsOfDataset("wine", null, { limit: 1, cursor });
    expect(page.total).toBe(4);
    uses.push(...page.uses);
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(uses).toEqual(whole);
  const { next } = store.listDatasetVersions("wine", { limit: 1 });
  expect(store.listDatasetVersions("wine", { limit: 1, cursor: next! })).toMatchObject({
    versions: [{ version: V1 }],
    next: null,
  });
  expect(() => store.runsOfDataset("wine", null, { cursor: next! })).toThrow(/first page/);
});

test("the version given last holds; deleted runs do not count", () => {
  const { store, third } = threeRuns();
  store.ingest(third, { datasets: [wine({ kind: "declared" })] });
  expect(store.listDatasetVersions("wine").versions.map(({ version, runs }) => [version, runs])).toEqual([
    [V1, 3],
    [V2, 1],
  ]);
  store.deleteRuns([third]);
  expect(store.listDatasets().map(({ name, runs }) => [name, runs])).toEqual([["wine", 2]]);
  expect(store.runsOfDataset("beer", null).total).toBe(0);
});

test("what DVC calls a version is kept once it is known", () => {
  const store = tempStore();
  for (const md5 of [undefined, "123.dir", undefined]) {
    const id = store.createRun(newRun({ startTime: 10 }));
    store.endRun(id, END, { datasets: [wine({ kind: "dvc", md5 })] });
  }
  expect(store.listDatasetVersions("wine").versions).toMatchObject([{ version: V1, runs: 3, md5: "123.dir" }]);
  expect(store.datasetNames()).toEqual([{ name: "wine", kind: "dvc" }]);
});
