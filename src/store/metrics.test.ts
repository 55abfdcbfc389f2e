import { describe, expect, test } from "vitest";
import { sourceRank } from "../domain/metricSource";
import type { MetricPoint, MetricSummary } from "../domain/run";
import type { Store } from "./contract";
import { newRun, points, tempStore } from "./testStore";

function add(store: Store, id: string, source: string, list: MetricPoint[]): void {
  store.ingest(id, { points: [{ source, points: list }] });
}

function summary(store: Store, id: string, key = "loss"): MetricSummary {
  return store.getSummaries([id])[0]!.metrics[key]!;
}

function series(store: Store, id: string): [number, number][] {
  return store.metricHistory(id, "loss", 0, 1e9).points.map((point) => [point.step, point.value]);
}

describe("one source", () => {
  test("keeps every number exactly, in step order", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    const values = [Number.NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE, 0.1];
    add(
      store,
      id,
      "api",
      values.map((value, step) => ({ key: "loss", step, value, time: 1_700_000_000_000.25 + step })),
    );
    add(store, id, "api", points([-3, 1, 9]));
    const { points: read, sources, total } = store.metricHistory(id, "loss", 0, 100);
    expect(read.map((point) => point.value)).toStrictEqual([1, ...values]);
    expect(read[1]).toStrictEqual({ key: "loss", step: 0, value: Number.NaN, time: 1_700_000_000_000.25 });
    expect({ sources, total }).toEqual({ sources: ["api"], total: 8 });
    expect(summary(store, id)).toStrictEqual({ last: 0.1, min: -Infinity, max: Infinity, count: 8, lastStep: 6 });
  });

  test("NaN is neither least nor greatest, unless there is nothing else", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    add(store, id, "api", points([0, Number.NaN]));
    expect(summary(store, id)).toMatchObject({ last: Number.NaN, min: Number.NaN, max: Number.NaN, count: 1 });
    add(store, id, "api", points([1, 3], [2, Number.NaN]));
    expect(summary(store, id)).toMatchObject({ last: Number.NaN, min: 3, max: 3, count: 3, lastStep: 2 });
  });

  test("a step logged again is another point, and the latest to arrive is the last", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    add(store, id, "api", points([5, 1, 10], [5, 2, 11]));
    add(store, id, "api", points([5, 3, 9]));
    add(store, id, "api", points([4, 9, 12]));
    expect(series(store, id)).toEqual([
      [4, 9],
      [5, 1],
      [5, 2],
      [5, 3],
    ]);
    expect(summary(store, id)).toMatchObject({ last: 3, lastStep: 5, count: 4 });
  });

  test("a point that is sent again counts once, NaN too", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    const sent = points([0, Number.NaN, 7], [1, 2, 8], [1, 2, 8], [2, 3, 9]);
    add(store, id, "api", sent);
    add(store, id, "api", [...sent, ...points([3, 1, 10])]);
    expect(summary(store, id)).toMatchObject({ count: 4, last: 1 });
    expect(series(store, id)).toHaveLength(4);
  });

  test("points without a finite step or time are left out with a warning", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    add(store, id, "api", points([Number.NaN, 1], [0, 2], [1, 3, Infinity]));
    expect(series(store, id)).toEqual([[0, 2]]);
    expect(store.getRun(id)!.warnings).toEqual([expect.stringContaining("loss")]);
  });
});

describe("several sources", () => {
  test("a better source replaces, a lesser one adds only the steps that are missing", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    add(store, id, "output", points([0, 0.1], [1, 0.2], [2, 0.9]));
    add(store, id, "api", points([1, 0.21], [2, 0.31]));
    add(store, id, "metrics-file", points([0, 0.11], [1, 0.22], [3, 0.4]));
    expect(series(store, id)).toEqual([
      [0, 0.11],
      [1, 0.21],
      [2, 0.31],
      [3, 0.4],
    ]);
    // 0.1 and 0.9 were the least and the greatest, and are gone.
    expect(summary(store, id)).toStrictEqual({ last: 0.4, min: 0.11, max: 0.4, count: 4, lastStep: 3 });
    expect(store.metricHistory(id, "loss", 0, 1).sources).toEqual(["output", "api", "metrics-file"]);
  });

  test("a source of which nothing was kept is still listed", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    add(store, id, "api", points([0, 1]));
    add(store, id, "output", points([0, 1.5]));
    expect(store.metricHistory(id, "loss", 0, 9)).toMatchObject({ sources: ["api", "output"], total: 1 });
  });

  test("sources may be in one batch", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    store.ingest(id, {
      points: [
        { source: "output", points: points([0, 1], [1, 2]) },
        { source: "tensorboard", points: points([1, 3]) },
      ],
    });
    expect(series(store, id)).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });
});

/** The definition at the head of metrics.ts, word by word and slowly. */
class Model {
  private readonly kept: { source: string; step: number; time: number; value: number }[] = [];

  add(source: string, list: MetricPoint[]): void {
    // A batch is put in step order before it is taken in.
    for (const { step, time, value } of list.toSorted((a, b) => a.step - b.step)) {
      const there = this.kept.filter((point) => point.step === step);
      if (there.some((p) => p.source === source && p.time === time && Object.is(p.value, value))) continue;
      if (there.some((p) => p.source !== source && sourceRank(p.source) < sourceRank(source))) continue;
      for (const p of there) if (p.source !== source) this.kept.splice(this.kept.indexOf(p), 1);
      this.kept.push({ source, step, time, value });
    }
  }

  series(): [number, number][] {
    return this.kept.toSorted((a, b) => a.step - b.step).map((point) => [point.step, point.value]);
  }

  summary(): MetricSummary {
    const all = this.series();
    const numbers = all.map(([, value]) => value).filter((value) => !Number.isNaN(value));
    const [lastStep, last] = all.at(-1)!;
    const none = numbers.length === 0;
    return {
      last,
      lastStep,
      count: all.length,
      min: none ? Number.NaN : Math.min(...numbers),
      max: none ? Number.NaN : Math.max(...numbers),
    };
  }
}

/** Numbers from 0 up to 1, the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test.each([
  { seed: 1, sources: ["api"], batch: 1, spread: 0 },
  { seed: 2, sources: ["api"], batch: 40, spread: 3 },
  { seed: 3, sources: ["api", "output"], batch: 3, spread: 5 },
  { seed: 4, sources: ["output", "metrics-file", "api", "custom", "other"], batch: 6, spread: 30 },
  { seed: 5, sources: ["output", "system"], batch: 1, spread: 400 },
  { seed: 6, sources: ["api", "tensorboard"], batch: 80, spread: 100 },
])("agrees with the definition after any history: $sources, batches of $batch, $spread back", (how) => {
  const random = seeded(how.seed);
  const pick = (bound: number) => Math.floor(random() * bound);
  const store = tempStore();
  const id = store.createRun(newRun());
  const model = new Model();
  let step = 0;
  for (let round = 0; round < 400; round++) {
    const source = how.sources[pick(how.sources.length)]!;
    const list = Array.from({ length: 1 + pick(how.batch) }, () => {
      step += pick(2);
      const value = pick(20) === 0 ? [Number.NaN, Infinity, -Infinity][pick(3)]! : pick(50);
      return { key: "loss", step: step - pick(how.spread + 1), time: pick(4) + round, value };
    });
    add(store, id, source, list);
    model.add(source, list);
    if (round % 50 === 0 || round === 399) {
      expect(series(store, id)).toStrictEqual(model.series());
      expect(summary(store, id)).toStrictEqual(model.summary());
    }
  }
});
