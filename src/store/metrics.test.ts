import { describe, expect, test } from "vitest";
import { sourceRank, voiceOf } from "../domain/metricSource";
import type { MetricPoint, MetricSummary } from "../domain/run";
import type { Store } from "./contract";
import { newRun, points, tempStore } from "./testStore";
import { isSameNumber } from "./voiceCounts";

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

interface Told {
  source: string;
  step: number;
  time: number;
  value: number;
}

/** The definitions at the heads of metrics.ts and voices.ts, word by word and slowly. */
class Model {
  private kept: Told[] = [];
  private readonly told = new Map<string, number[]>();
  private readonly heard = new Map<string, number>();
  private readonly evidence = new Map<string, { better: number; lesser: number; shared: number; differing: number }>();
  private readonly together = new Set<string>();
  private readonly overruled = new Set<string>();

  add(source: string, list: MetricPoint[]): void {
    // A batch is put in step order before it is taken in, and what is in it twice counts once.
    const batch: Told[] = [];
    for (const { step, time, value } of list.toSorted((a, b) => a.step - b.step)) {
      const isThere = batch.some((p) => p.step === step && p.time === time && Object.is(p.value, value));
      if (!isThere) batch.push({ source, step, time, value });
    }
    if (voiceOf(source) === source) {
      this.told.set(source, [...(this.told.get(source) ?? []), ...batch.map(({ step }) => step)]);
      for (const other of this.told.keys()) {
        if (sourceRank(other) < sourceRank(source)) this.listen(other, source, batch, false);
        if (sourceRank(other) > sourceRank(source)) this.listen(source, other, batch, false);
      }
    }
    this.kept = this.kept.filter((point) => !this.overruled.has(voiceOf(point.source)));
    if (!this.overruled.has(voiceOf(source))) for (const point of batch) this.addPoint(point);
  }

  private addPoint(point: Told): void {
    const { source, step, time, value } = point;
    const there = this.kept.filter((one) => one.step === step);
    if (there.some((p) => p.source === source && p.time === time && Object.is(p.value, value))) return;
    if (there.some((p) => p.source !== source && sourceRank(p.source) < sourceRank(source))) return;
    this.kept = this.kept.filter((one) => one.step !== step || one.source === source);
    this.kept.push(point);
  }

  end(): void {
    const all = [...this.told.keys()];
    for (const better of all) {
      for (const lesser of all) if (sourceRank(better) < sourceRank(lesser)) this.listen(better, lesser, [], true);
    }
    this.kept = this.kept.filter((point) => !this.overruled.has(voiceOf(point.source)));
  }

  private listen(better: string, lesser: string, incoming: Told[], isOver: boolean): void {
    const pair = `${better} ${lesser}`;
    if (this.together.has(pair)) return;
    const [betterSteps, lesserSteps] = [this.told.get(better)!, this.told.get(lesser)!];
    const from = this.heard.get(pair) ?? Number.NEGATIVE_INFINITY;
    const to = Math.min(Math.max(...betterSteps), Math.max(...lesserSteps));
    const said = (source: string) => {
      const all = [...this.kept, ...incoming].filter(
        (one) => one.source === source && one.step > from && one.step <= to,
      );
      return new Map(all.map(({ step, value }) => [step, value]));
    };
    const count = this.evidence.get(pair) ?? { better: 0, lesser: 0, shared: 0, differing: 0 };
    if (to > from && !isOver) {
      const [one, other] = [said(better), said(lesser)];
      count.better += one.size;
      count.lesser += other.size;
      for (const [step, value] of one) {
        if (!other.has(step)) continue;
        count.shared += 1;
        if (!isSameNumber(value, other.get(step)!)) count.differing += 1;
      }
      this.evidence.set(pair, count);
      this.heard.set(pair, to);
    }
    const [first, last] = [Math.min(...betterSteps), Math.max(...betterSteps)];
    const [otherFirst, otherLast] = [Math.min(...lesserSteps), Math.max(...lesserSteps)];
    const enough = isOver ? 1 : 2;
    const fewer = Math.min(count.better, count.lesser);
    const areApart = (last < otherFirst || otherLast < first) && (isOver || otherFirst < otherLast);
    const shareFew = fewer >= enough && count.shared < fewer / 2;
    const differ = count.differing >= enough && count.differing > count.shared / 2;
    if (first < last && (areApart || shareFew || differ)) this.overruled.add(lesser);
    else if (count.shared >= 100) this.together.add(pair);
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
  { seed: 4, sources: ["output", "metrics-file", "api", "custom", "other"], batch: 6, spread: 30, agreeing: true },
  { seed: 5, sources: ["output", "system"], batch: 1, spread: 400, agreeing: true },
  { seed: 6, sources: ["api", "tensorboard"], batch: 80, spread: 100, agreeing: true },
  { seed: 7, sources: ["output", "output-preview", "mlflow"], batch: 4, spread: 3, agreeing: true },
  { seed: 8, sources: ["output-preview", "output", "mlflow"], batch: 4, spread: 3 },
  { seed: 9, sources: ["output", "metrics-file", "api", "tensorboard"], batch: 2, spread: 1, from: "output" },
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
      const at = step - pick(how.spread + 1) + (source === how.from ? 0.5 : 0);
      // As exact as the source is, now and then something else.
      const exact = Math.sin(at) / 3;
      const value = how.agreeing && pick(6) > 0 ? (source === "output" ? Number(exact.toFixed(3)) : exact) : pick(50);
      const odd = pick(20) === 0 ? [Number.NaN, Infinity, -Infinity][pick(3)]! : value;
      return { key: "loss", step: at, time: pick(4) + round, value: odd };
    });
    add(store, id, source, list);
    model.add(source, list);
    if (round % 50 === 0 || round === 399) {
      expect(series(store, id)).toStrictEqual(model.series());
      expect(summary(store, id)).toStrictEqual(model.summary());
    }
  }
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 9_000 });
  model.end();
  expect(series(store, id)).toStrictEqual(model.series());
  expect(summary(store, id)).toStrictEqual(model.summary());
});
