import { expect, test } from "vitest";
import type { MetricPoint } from "../domain/run";
import type { IngestBatch, Store } from "./contract";
import { newRun, tempFolder, tempStore } from "./testStore";

const METRICS = 20;
const END = { status: "finished", exitCode: 0, signal: null, endTime: 9_000 } as const;

/** A point of each of the first `count` metrics. */
function batch(step: number, count = METRICS): MetricPoint[] {
  return Array.from({ length: count }, (_, metric) => ({ key: `m${metric}`, step, time: step, value: step * metric }));
}

const add = (source: string, points: MetricPoint[]): IngestBatch => ({ points: [{ source, points }] });

/** What the summaries say, beside what the points are. */
function compare(store: Store, id: string): void {
  const { metrics } = store.getSummaries([id])[0]!;
  const told = Object.entries(metrics).map(([key, { count, last, lastStep }]) => [key, count, last, lastStep]);
  const there = Object.keys(metrics).map((key) => {
    const { points } = store.metricHistory(id, key, 0, 1_000);
    return [key, points.length, points.at(-1)!.value, points.at(-1)!.step];
  });
  expect(told).toEqual(there);
}

test.each<[string, (store: Store, other: Store, id: string) => void]>([
  ["another process", (_store, other, id) => other.ingest(id, add("api", batch(2)))],
  ["a small batch", (store, _other, id) => store.ingest(id, add("api", batch(2, 3)))],
  [
    "a small batch in the same write as a large one",
    (store, _other, id) => {
      const [large] = add("api", batch(2)).points!;
      const [small] = add("api", batch(3, 3)).points!;
      store.ingest(id, { points: [large!, small!] });
    },
  ],
  [
    "the end of the run, which takes out what was overruled",
    (store, _other, id) => void store.endRun(id, END, add("output", batch(60))),
  ],
  ["another run", (store, _other) => store.ingest(store.createRun(newRun()), add("api", batch(2)))],
  ["nothing", () => {}],
])("large batches go on where the series are: after %s", (_what, between) => {
  const root = tempFolder();
  const [store, other] = [tempStore(root), tempStore(root)];
  const id = store.createRun(newRun());
  for (const step of [0, 1]) store.ingest(id, add("api", batch(step)));
  between(store, other, id);
  store.ingest(id, add("api", batch(4)));
  other.ingest(id, add("api", batch(5)));
  store.ingest(id, add("api", [...batch(6), { key: "new", step: 6, time: 6, value: 6 }]));
  compare(store, id);
  compare(other, id);
  expect(store.getSummaries([id])[0]!.metrics.m7).toMatchObject({ lastStep: 6, last: 42 });
});

test("a batch that was taken back leaves nothing behind", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  store.ingest(id, add("api", batch(0)));
  const artifact = { path: "a", sha256: "00", size: "many" as unknown as number };
  expect(() => store.ingest(id, { ...add("api", batch(1)), artifacts: [artifact] })).toThrow();
  store.ingest(id, add("api", batch(2)));
  compare(store, id);
  expect(store.getSummaries([id])[0]!.metrics.m7).toMatchObject({ count: 2 });
});
