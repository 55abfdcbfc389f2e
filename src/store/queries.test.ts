import { describe, expect, test } from "vitest";
import { UserError } from "../domain/errors";
import type { RunSummary } from "../domain/run";
import type { RunQuery, SortKey, Store } from "./contract";
import { newRun, tempStore } from "./testStore";

/** Sixty runs with equal and missing values, texts and numbers, NaN and infinities. */
function manyRuns(): Store {
  const store = tempStore();
  const rates = ["0.1", "1e-3", "10", "2", "abc", "ABD", "", "-5", "inf", "0x10"];
  const losses = [0.5, Number.NaN, Infinity, -Infinity, 3, 3, -2];
  for (let i = 0; i < 60; i++) {
    const id = store.createRun(
      newRun({ name: `run-${(i * 7) % 20}`, experiment: `e${i % 3}`, startTime: 1_000 + Math.floor(i / 4) }),
    );
    if (i % 5 !== 0) store.ingest(id, { params: { lr: rates[i % rates.length]! } });
    if (i % 4 !== 0) {
      store.ingest(id, {
        points: [{ source: "api", points: [{ key: "loss", step: 0, time: i, value: losses[i % 7]! }] }],
      });
    }
    if (i % 6 !== 0) {
      const status = i % 2 ? "finished" : "failed";
      store.endRun(id, { status, exitCode: i % 2, signal: null, endTime: 2_000 + ((i * 13) % 11) });
    }
  }
  return store;
}

function pages(store: Store, query: RunQuery): RunSummary[] {
  const all: RunSummary[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = store.listRuns({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.total).toBe(60);
    expect(page.runs.length).toBeLessThanOrEqual(query.limit!);
    all.push(...page.runs);
    cursor = page.next;
  }
  return all;
}

/** What the order means for one run: what it is ranked in first, then its value. */
function rank(run: RunSummary, key: SortKey): [number, number | string] {
  switch (key) {
    case "metric:loss": {
      const last = run.metrics.loss?.last;
      return last === undefined ? [2, 0] : Number.isNaN(last) ? [1, 0] : [0, last];
    }
    case "param:lr": {
      const value = run.params.lr;
      if (value === undefined) return [2, 0];
      const number = /^-?[\d.]/.test(value) ? Number(value) : Number.NaN;
      return [0, Number.isNaN(number) ? value.toLowerCase() : number];
    }
    case "endTime":
      return run.endTime === null ? [2, 0] : [0, run.endTime];
    case "duration":
      return run.endTime === null ? [2, 0] : [0, run.endTime - run.startTime];
    case "metric:none":
      return [2, 0];
    default:
      return [0, run[key as "name" | "status" | "startTime"]];
  }
}

function compare(a: number | string, b: number | string): number {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

describe("order and pages", () => {
  const store = manyRuns;
  const keys: SortKey[] = [
    "startTime",
    "endTime",
    "name",
    "status",
    "duration",
    "metric:loss",
    "param:lr",
    "metric:none",
  ];
  test.each(
    keys.flatMap((key) => [
      { key, descending: false },
      { key, descending: true },
    ]),
  )("by $key, descending $descending: every run once, what has no value last", (sort) => {
    const opened = store();
    const listed = pages(opened, { sort, limit: 7 });
    expect(new Set(listed.map((run) => run.id)).size).toBe(60);
    expect(listed).toEqual(opened.listRuns({ sort, limit: 1_000 }).runs);
    for (let i = 1; i < listed.length; i++) {
      const [a, b] = [rank(listed[i - 1]!, sort.key), rank(listed[i]!, sort.key)];
      const within = compare(a[1], b[1]) * (sort.descending ? -1 : 1);
      expect(a[0] - b[0] || within, `${JSON.stringify([a, b])} at ${i}`).toBeLessThanOrEqual(0);
    }
  });

  test("newest first by default, the later of one moment first", () => {
    const opened = tempStore();
    const ids = [5, 9, 5].map((startTime) => opened.createRun(newRun({ startTime })));
    expect(opened.listRuns({}).runs.map((run) => run.id)).toEqual([ids[1], ids[2], ids[0]]);
  });

  test("a run that is added or changed meanwhile makes no other run appear twice or never", () => {
    const opened = tempStore();
    const ids = Array.from({ length: 10 }, (_, i) => opened.createRun(newRun({ startTime: i })));
    const first = opened.listRuns({ limit: 5 });
    opened.createRun(newRun({ startTime: 100 }));
    opened.setNote(ids[7]!, "changed");
    const second = opened.listRuns({ limit: 5, cursor: first.next! });
    expect([...first.runs, ...second.runs].map((run) => run.id)).toEqual(ids.toReversed());
    expect(second.next).toBeNull();
  });

  test("a cursor of another order, or none at all, is refused", () => {
    const opened = tempStore();
    for (let i = 0; i < 3; i++) opened.createRun(newRun());
    const { next } = opened.listRuns({ limit: 1 });
    const sort = { key: "name", descending: true } as const;
    expect(() => opened.listRuns({ sort, cursor: next! })).toThrow(UserError);
    expect(() => opened.listRuns({ cursor: "rubbish" })).toThrow(UserError);
  });
});

describe("filters", () => {
  test("each narrows the list and its total", () => {
    const store = tempStore();
    const parent = store.createRun(newRun({ experiment: "Wine", name: "Alpha", note: "100% sure_" }));
    const child = store.createRun(newRun({ parent, script: "src/Éval.py", tags: { team: "BLUE", x: "1" } }));
    store.endRun(child, { status: "failed", exitCode: 1, signal: null, endTime: 5 });
    const ids = (query: RunQuery) => {
      const page = store.listRuns(query);
      expect(page.total).toBe(page.runs.length);
      return page.runs.map((run) => run.id);
    };
    expect(ids({ experiment: "Wine" })).toEqual([parent]);
    expect(ids({ experiment: "wine" })).toEqual([]);
    expect(ids({ status: ["failed", "lost"] })).toEqual([child]);
    expect(ids({ status: [] })).toEqual([]);
    expect(ids({ parent })).toEqual([child]);
    expect(ids({ script: "train.py" })).toEqual([parent]);
    expect(ids({ tags: { team: "BLUE", x: "1" } })).toEqual([child]);
    expect(ids({ tags: { team: "BLUE", x: "2" } })).toEqual([]);
    for (const text of ["wIN", "alph", "100% SURE_"]) expect(ids({ text })).toEqual([parent]);
    for (const text of ["éval", "ÉVAL", "blue"]) expect(ids({ text })).toEqual([child]);
    for (const text of ["100_", "sure%", "\\"]) expect(ids({ text })).toEqual([]);
  });

  test("work together with any order and with pages", () => {
    const store = manyRuns();
    const query: RunQuery = { experiment: "e1", status: ["finished"], sort: { key: "metric:loss", descending: false } };
    const all = store.listRuns(query);
    expect(all.total).toBe(all.runs.length);
    expect(all.runs.every((run) => run.experiment === "e1" && run.status === "finished")).toBe(true);
    const first = store.listRuns({ ...query, limit: 4 });
    const second = store.listRuns({ ...query, limit: 100, cursor: first.next! });
    expect([...first.runs, ...second.runs]).toEqual(all.runs);
  });
});

test("experiments count their runs, the one used last first", () => {
  const store = tempStore();
  store.createRun(newRun({ experiment: "a", startTime: 1 }));
  const ended = store.createRun(newRun({ experiment: "b", startTime: 9 }));
  store.createRun(newRun({ experiment: "a", startTime: 5 }));
  store.endRun(ended, { status: "finished", exitCode: 0, signal: null, endTime: 10 });
  const [a, b] = [
    { name: "a", runs: 2, running: 2, lastStart: 5 },
    { name: "b", runs: 1, running: 0, lastStart: 9 },
  ];
  expect(store.listExperiments()).toEqual([b, a]);
  store.deleteRuns([ended]);
  expect(store.listExperiments()).toEqual([a]);
});
