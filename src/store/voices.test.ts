import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { MetricPoint } from "../domain/run";
import type { Store } from "./contract";
import { newRun, points, tempStore } from "./testStore";
import { isSameNumber } from "./voiceCounts";

const loss = (step: number) => 1 / (step + 2);
const round = (value: number, digits = 3) => Number(value.toFixed(digits));
/** `count` points at the steps that `stepOf` gives, of a curve told as `told` does. */
function curve(count: number, stepOf: (i: number) => number, told: (i: number) => number): MetricPoint[] {
  return points(...Array.from({ length: count }, (_, i): [number, number] => [stepOf(i), told(i)]));
}

interface Telling {
  source: string;
  list: MetricPoint[];
}

/** Ways in which the points of two sources can arrive. */
const ORDERS: Record<string, (one: Telling, other: Telling) => Telling[]> = {
  "the better first": (one, other) => [one, other],
  "the lesser first": (one, other) => [other, one],
  "one by one": (one, other) => interleave(one, other, 1, 1),
  "the lesser late": (one, other) => interleave(one, other, 5, 2),
  "the better late": (one, other) => interleave(one, other, 2, 5),
};

function interleave(one: Telling, other: Telling, oneSize: number, otherSize: number): Telling[] {
  const told: Telling[] = [];
  for (let i = 0; i * oneSize < one.list.length || i * otherSize < other.list.length; i++) {
    told.push({ ...one, list: one.list.slice(i * oneSize, (i + 1) * oneSize) });
    told.push({ ...other, list: other.list.slice(i * otherSize, (i + 1) * otherSize) });
  }
  return told.filter(({ list }) => list.length > 0);
}

function tell(store: Store, id: string, tellings: Telling[]): void {
  for (const { source, list } of tellings) store.ingest(id, { points: [{ source, points: list }] });
}

function end(store: Store, id: string): void {
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 9_000 });
}

function series(store: Store, id: string): [number, number][] {
  return store.metricHistory(id, "loss", 0, 1e6).points.map(({ step, value }) => [step, value]);
}

const pairs = (list: MetricPoint[]) => list.map(({ step, value }): [number, number] => [step, value]);

describe.each(Object.entries(ORDERS))("%s", (_name, order) => {
  function outcome(better: Telling, lesser: Telling): [number, number][] {
    const store = tempStore();
    const id = store.createRun(newRun());
    tell(store, id, order(better, lesser));
    end(store, id);
    expect(store.getSummaries([id])[0]!.metrics.loss!.count).toBe(series(store, id).length);
    expect(store.metricHistory(id, "loss", 0, 1).sources.toSorted()).toEqual([better.source, lesser.source].toSorted());
    return series(store, id);
  }

  test.each([
    {
      what: "printed epochs against steps in a file",
      better: { source: "metrics-file", list: curve(12, (i) => 10 * (i + 1), loss) },
      lesser: {
        source: "output",
        list: curve(
          12,
          (i) => 0.5 * (i + 1),
          (i) => round(loss(i)),
        ),
      },
    },
    {
      what: "counting from 0 and from 1",
      better: { source: "mlflow", list: curve(10, (i) => i, loss) },
      lesser: {
        source: "output",
        list: curve(
          10,
          (i) => i + 1,
          (i) => round(loss(i)),
        ),
      },
    },
    {
      what: "the same, of two epochs only",
      better: { source: "mlflow", list: curve(2, (i) => i, loss) },
      lesser: {
        source: "output",
        list: curve(
          2,
          (i) => i + 1,
          (i) => round(loss(i)),
        ),
      },
    },
    {
      what: "percents against fractions",
      better: { source: "tensorboard", list: curve(20, (i) => i, loss) },
      lesser: {
        source: "output",
        list: curve(
          20,
          (i) => i,
          (i) => round(100 * loss(i), 1),
        ),
      },
    },
    {
      what: "every tenth step, one off",
      better: { source: "tensorboard", list: curve(30, (i) => 10 * i, loss) },
      lesser: {
        source: "output",
        list: curve(
          30,
          (i) => 10 * i + 1,
          (i) => round(loss(i)),
        ),
      },
    },
  ])("$what: the better one alone is believed", ({ better, lesser }) => {
    expect(outcome(better, lesser)).toEqual(pairs(better.list));
  });

  test("sources that count alike complete each other", () => {
    const printed = curve(
      200,
      (i) => i,
      (i) => round(loss(i)),
    );
    const exact = curve(
      20,
      (i) => 10 * i,
      (i) => loss(10 * i),
    );
    const merged = printed.map(({ step, value }): [number, number] => [step, step % 10 === 0 ? loss(step) : value]);
    expect(outcome({ source: "tensorboard", list: exact }, { source: "output", list: printed })).toEqual(merged);
  });

  test("a single final value takes its step, and overrules nothing", () => {
    const printed = curve(
      9,
      (i) => i,
      (i) => round(loss(i)),
    );
    const final = points([8, 0.7]);
    const merged = [...pairs(printed.slice(0, 8)), [8, 0.7]];
    expect(outcome({ source: "metrics-file", list: final }, { source: "output", list: printed })).toEqual(merged);
  });
});

test("once overruled, lines in progress are not believed either", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  tell(store, id, [
    { source: "output-preview", list: points([1, 0.9]) },
    { source: "output", list: points([1, 0.9], [2, 0.8], [3, 0.7]) },
    { source: "output-preview", list: points([4, 0.6]) },
    { source: "api", list: points([10, 0.9], [20, 0.8], [30, 0.7]) },
    { source: "output-preview", list: points([5, 0.5]) },
  ]);
  expect(series(store, id)).toEqual([
    [10, 0.9],
    [20, 0.8],
    [30, 0.7],
  ]);
});

test("steps that the source did not tell say nothing of how it counts", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  tell(store, id, [{ source: "output", list: curve(5, (i) => i, loss) }]);
  const guessed = [{ source: "metrics-file", points: points([2, 9], [3, 8], [4, 7]), guessedSteps: true }];
  store.ingest(id, { points: guessed });
  end(store, id);
  expect(series(store, id).map(([, value]) => value)).toEqual([loss(0), loss(1), 9, 8, 7]);
});

test("what was found out is known to the process that goes on after a crash", () => {
  const first = tempStore();
  const id = first.createRun(newRun());
  tell(first, id, [
    { source: "api", list: curve(10, (i) => 10 * i, loss) },
    { source: "output", list: curve(10, (i) => 10 * i + 1, loss) },
  ]);
  const second = tempStore(first.root);
  tell(second, id, [{ source: "output", list: points([200, 1], [210, 1]) }]);
  expect(series(second, id)).toHaveLength(10);
});

test("series of one source have nothing to remember, and a run that is freed leaves nothing behind", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  const db = new DatabaseSync(join(store.folder, "db.sqlite"), { readOnly: true });
  const remembered = () => db.prepare("SELECT count(*) AS count FROM voices").get()?.count;
  tell(store, id, [{ source: "output", list: points([0, 1], [1, 2]) }]);
  expect(remembered()).toBe(0);
  tell(store, id, [{ source: "api", list: points([0, 1], [1, 2]) }]);
  expect(remembered()).toBe(1);
  end(store, id);
  store.deleteRuns([id]);
  store.freeRuns([id]);
  expect(remembered()).toBe(0);
  db.close();
});

test.each([
  [0.123456, 0.12, true],
  [0.126, 0.12, false],
  [0.1, Math.fround(0.1), true],
  [93.14, 93.1, true],
  [0.931, 93.1, false],
  [1.2e-5, 0.00001, true],
  [3.4e-7, 3e-7, true],
  [3.6e-7, 3e-7, false],
  [1234, 1e3, false],
  [Number.NaN, Number.NaN, true],
  [Number.NaN, 1, false],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true],
])("%d may have been written as %d: %s", (exact, written, is) => {
  expect(isSameNumber(exact, written)).toBe(is);
});
