import { beforeEach, expect, test, vi } from "vitest";
import type { CurvesRequest } from "../../protocol/charts";
import { unpackCurves } from "../../protocol/packedCurves";
import type { Store } from "../../store/contract";
import { newRun, tempStore } from "../../store/testStore";
import { chartsContent, curves } from "./charts";
import { SeriesCache } from "./seriesCache";

let store: Store;
const cache = new SeriesCache();
beforeEach(() => {
  store = tempStore();
  cache.clear();
});

function addRun(experiment: string, startTime: number, values: Record<string, number[]>): string {
  const id = store.createRun(newRun({ experiment, startTime, name: `${experiment}-${startTime}` }));
  for (const [key, list] of Object.entries(values)) {
    const points = list.map((value, step) => ({ key, step, value, time: startTime + step * 1_000 }));
    store.ingest(id, { params: { lr: String(startTime) }, points: [{ source: "api", points }] });
  }
  return id;
}

const whole = { key: "loss", axis: "step", log: false, range: null, buckets: 100, smoothing: 0, groups: null } as const;

const ask = async (part: Partial<CurvesRequest>, signal = new AbortController().signal) =>
  unpackCurves(await curves(store, cache, { ...whole, runs: [], ...part }, signal));

test("a panel is of the runs named, or of all of an experiment, with every metric that one of them has", () => {
  const [one, two] = [addRun("a", 1, { loss: [1], "acc/10": [1] }), addRun("a", 2, { loss: [1], "acc/9": [1] })];
  const other = addRun("b", 3, { f1: [1] });
  const content = chartsContent(store, { root: store.root, runs: { experiment: "a" } });
  expect(content).toMatchObject({ title: "a", leftOut: 0, judged: "loss" });
  expect(content.runs.map(({ id, params }) => [id, params])).toEqual([
    [two, { lr: "2" }],
    [one, { lr: "1" }],
  ]);
  expect(content.metrics).toEqual([
    { key: "acc/9", runs: 1 },
    { key: "acc/10", runs: 1 },
    { key: "loss", runs: 2 },
  ]);
  const named = chartsContent(store, { root: store.root, runs: { ids: [one, other] } });
  expect([named.title, named.runs.map(({ id }) => id)]).toEqual(["2 runs", [other, one]]);
});

test("curves are over steps, or over times since each run's start", async () => {
  const ids = [addRun("a", 1_000, { loss: [3, 2] }), addRun("a", 9_000, { loss: [5, 4] })];
  const xs = async (axis: CurvesRequest["axis"]) => (await ask({ runs: ids, axis })).curves.map(({ x }) => [...x]);
  expect(await xs("step")).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(await xs("relative")).toEqual([
    [0, 1_000],
    [0, 1_000],
  ]);
  expect(await xs("wall")).toEqual([
    [1_000, 2_000],
    [9_000, 10_000],
  ]);
});

test("runs without the metric, and runs that are gone, are left out", async () => {
  const runs = [addRun("a", 1, { loss: [1] }), addRun("a", 2, { f1: [1] }), "0".repeat(32)];
  expect((await ask({ runs })).curves.map(({ run }) => run)).toEqual([runs[0]]);
});

test("what is logged later shows the next time, and what was kept is not what was sent", async () => {
  const id = addRun("a", 1, { loss: [1, 2] });
  const first = (await ask({ runs: [id] })).curves[0]!;
  // As if it had been moved to the page.
  structuredClone(first.y, { transfer: [first.y.buffer] });
  store.ingest(id, { points: [{ source: "api", points: [{ key: "loss", step: 2, value: 3, time: 3 }] }] });
  expect([...(await ask({ runs: [id] })).curves[0]!.y]).toEqual([1, 2, 3]);
});

test("a request that was given up is not worked out", async () => {
  const id = addRun("a", 1, { loss: [1] });
  await expect(ask({ runs: [id] }, AbortSignal.abort())).rejects.toThrow(/abort/i);
});

test("long series are drawn from some of their points, with the same extremes, and from all where one looks closer", async () => {
  const values = Array.from({ length: 60_000 }, (_, step) =>
    step === 43_210 ? 1e6 : Math.sin(step / 300) + (step % 17) / 100,
  );
  const id = addRun("a", 1, { loss: values });
  const readWhole = vi.spyOn(store, "metricAxis");
  const extremes = (y: Float64Array) => [Math.min(...y), Math.max(...y)];
  const seen = (await ask({ runs: [id] })).curves[0]!;
  expect(readWhole).not.toHaveBeenCalled();
  expect(seen.slots).toHaveLength(100);
  expect(extremes(seen.y)).toEqual(extremes(Float64Array.from(values)));
  // What is likely to be asked for next is read meanwhile.
  await expect.poll(() => readWhole.mock.calls.length).toBe(1);

  const range = { from: 43_000, to: 43_400 };
  const closer = (await ask({ runs: [id], range })).curves[0]!;
  // Smoothing is of all points: what is behind it is of the whole series.
  const inBuckets = new SeriesCache();
  const asWhole = unpackCurves(
    await curves(store, inBuckets, { ...whole, runs: [id], range, smoothing: 0.001 }, new AbortController().signal),
  ).curves[0]!;
  expect(closer.y).toEqual(asWhole.y);
  expect(readWhole).toHaveBeenCalledTimes(2);
});
