import { expect, test } from "vitest";
import type { ImportedSeries, Store } from "./contract";
import { newRun, points, tempStore } from "./testStore";

const END = { status: "failed", exitCode: 3, signal: null, endTime: 9_000 } as const;

function recorded(): { store: Store; id: string } {
  const store = tempStore();
  const id = store.createRun(newRun({ experiment: "wine", note: "n", tags: { t: "1" } }));
  store.ingest(id, { points: [{ source: "output", points: points([0, 3], [1, 2]) }] });
  store.endRun(id, END, {
    params: { lr: "1" },
    points: [{ source: "api", points: points([1, 1], [1, Number.NaN], [2, 0.5]) }],
    data: [{ path: "a.csv", sha256: "aa".repeat(32), size: 3, role: "read" }],
    datasets: [{ name: "wine", kind: "dvc", version: "cc".repeat(32), files: 1, size: 3, role: "read" }],
    logSize: 7,
  });
  store.setInputs(id, "ab".repeat(32));
  store.setPinned([id], true);
  return { store, id };
}

function* pages(store: Store, id: string, size: number): Generator<ImportedSeries> {
  for (const key of Object.keys(store.getRun(id)!.metrics)) {
    for (let from = 0; ; from += size) {
      const page = store.metricColumns(id, key, from, size);
      if (page.steps.length === 0) break;
      yield { key, ...page };
    }
  }
}

test("a run arrives whole in another store", () => {
  const { store: from, id } = recorded();
  const run = from.getRun(id)!;
  const to = tempStore();
  expect(to.importRun({ run, datasetKinds: { wine: "dvc" }, series: pages(from, id, 2) })).toBe(true);
  expect(to.getRun(id)).toEqual({ ...run, revision: expect.any(Number) });
  expect(to.metricHistory(id, "loss", 0, 100)).toEqual(from.metricHistory(id, "loss", 0, 100));
  expect(to.listDatasets()).toMatchObject([{ name: "wine", kind: "dvc" }]);
  expect(to.changesSince(0).runs).toEqual([id]);
});

test("a run that is there already stays as it is", () => {
  const { store, id } = recorded();
  const run = store.getRun(id)!;
  expect(store.importRun({ run: { ...run, note: "other" }, series: [] })).toBe(false);
  expect(store.getRun(id)).toEqual(run);
});

test("nothing is left of a run whose series cannot be read", () => {
  const { store: from, id } = recorded();
  const to = tempStore();
  const broken = function* (): Generator<ImportedSeries> {
    yield* pages(from, id, 2);
    throw new Error("truncated");
  };
  expect(() => to.importRun({ run: from.getRun(id)!, series: broken() })).toThrow("truncated");
  expect(to.getRun(id)).toBeNull();
  expect(to.listExperiments()).toEqual([]);
});
