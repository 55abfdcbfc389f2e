import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NewRun, Store } from "./contract";
import { openStore } from "./open";

let root: string;
let store: Store;
let clock: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "overview-"));
  store = openStore(root);
  clock = 1000;
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

function add(run: Partial<NewRun> = {}): string {
  const recorder = { pid: 1, startToken: "", host: "h" };
  const defaults = { experiment: "e", command: ["c"], cwd: root, script: null, recorder, source: "test" };
  return store.createRun({ ...defaults, startTime: clock++, ...run });
}

const end = (id: string) => store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: clock });
const values = (by: Parameters<Store["listGroups"]>[0], query = {}) =>
  store.listGroups(by, query).map(({ value, runs }) => [value, runs]);

test("runs are counted by experiment, the one used last first", () => {
  add({ experiment: "b" });
  end(add({ experiment: "a" }));
  add({ experiment: "b" });
  expect(store.listGroups("experiment", {})).toEqual([
    { value: "b", runs: 2, running: 2, lastStart: 1002 },
    { value: "a", runs: 1, running: 0, lastStart: 1001 },
  ]);
});

test("by status, script and tag, with those that have none", () => {
  end(add({ script: "a.py", tags: { stage: "dev" } }));
  add({ script: "a.py", tags: { other: "x" } });
  add();
  expect(values("status")).toEqual([
    ["running", 2],
    ["finished", 1],
  ]);
  expect(values("script")).toEqual([
    [null, 1],
    ["a.py", 2],
  ]);
  expect(values("tag:stage")).toEqual([
    [null, 2],
    ["dev", 1],
  ]);
});

test("only what the query asks for, and never what is deleted", () => {
  end(add({ script: "a.py" }));
  const gone = add({ script: "b.py" });
  end(gone);
  store.deleteRuns([gone]);
  expect(values("script", { text: "A.PY" })).toEqual([["a.py", 1]]);
  expect(values("script")).toEqual([["a.py", 1]]);
});

test("each group can be asked for", () => {
  const none = add();
  const tagged = add({ script: "a.py", tags: { stage: "dev" } });
  const ids = (query: Parameters<Store["listRuns"]>[0]) => store.listRuns(query).runs.map(({ id }) => id);
  expect(ids({ script: null })).toEqual([none]);
  expect(ids({ tags: { stage: null } })).toEqual([none]);
  expect(ids({ tags: { stage: "dev" } })).toEqual([tagged]);
});

test("children stand below their parent, and come up when it is deleted", () => {
  const parent = add();
  const child = add({ parent });
  const stray = add({ parent: "0".repeat(32) });
  const top = () => store.listRuns({ parent: null }).runs.map(({ id }) => id);
  expect(top()).toEqual([stray, parent]);
  expect(store.listRuns({ parent }).runs.map(({ id }) => id)).toEqual([child]);
  end(parent);
  store.deleteRuns([parent]);
  expect(top()).toEqual([stray, child]);
});

test("names of params, metrics and tags are those of live runs", () => {
  const id = add({ tags: { stage: "dev" } });
  const points = [{ key: "loss", value: 1, step: 0, time: 1 }];
  store.ingest(id, { params: { lr: "1", depth: "2" }, points: [{ source: "output", points }] });
  expect(store.listKeys()).toEqual({ params: ["depth", "lr"], metrics: ["loss"], tags: ["stage"] });
  end(id);
  store.deleteRuns([id]);
  expect(store.listKeys()).toEqual({ params: [], metrics: [], tags: [] });
});
