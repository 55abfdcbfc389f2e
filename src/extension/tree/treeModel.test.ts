import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewRun, Store } from "../../store/contract";
import { openStore } from "../../store/open";
import type { MoreNode, Node, RunNode } from "./nodes";
import { type Read, TreeModel, type TreeReads } from "./treeModel";
import { DEFAULT_VIEW, type ViewState } from "./viewState";

const PAGE = 3;
let folder: string;
let stores: Store[];
let state: ViewState;
let clock: number;
let refreshed: (Node[] | undefined)[];
let model: TreeModel;
/** Null: scratch runs stand among the others. */
let collapseBefore: number | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tree-"));
  stores = [];
  state = structuredClone(DEFAULT_VIEW);
  clock = 1_000;
  refreshed = [];
  collapseBefore = null;
  model = newModel("a");
});
afterEach(() => {
  for (const store of stores) store.close();
  rmSync(folder, { recursive: true });
});

function newModel(...names: string[]): TreeModel {
  stores = names.map((name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return openStore(join(folder, name));
  });
  return new TreeModel({
    read,
    projects: () => stores.map(({ root, folder }) => ({ root, folder, name: root })),
    state: () => state,
    pageSize: () => PAGE,
    collapsing: () => (collapseBefore === null ? undefined : { before: collapseBefore }),
    onRefresh: (nodes) => refreshed.push(nodes),
  });
}

/** As the worker answers. */
const read = (async (method: keyof TreeReads, argument: never) => {
  const { root, query, by, ids, id } = argument as { root: string; query: never; by: never; ids: never; id: never };
  const store = stores.find((candidate) => candidate.root === root)!;
  if (method === "listRuns") return store.listRuns(query);
  if (method === "listGroups") return store.listGroups(by, query);
  if (method === "getSummaries") return store.getSummaries(ids);
  const repeats = { runs: 2, first: { id: "", name: "first" }, metrics: {} };
  return { run: store.getRun(id), children: store.listRuns({ parent: id }).total, script: null, since: null, repeats };
}) as Read;

function add(run: Partial<NewRun> = {}, store = stores[0]!): string {
  const recorder = { pid: 1, startToken: "", host: "h" };
  const defaults = { experiment: "e", command: ["c"], cwd: "/", script: null, recorder, source: "test" };
  return store.createRun({ name: `run-${clock}`, ...defaults, startTime: clock++, ...run });
}
const end = (id: string) => stores[0]!.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: clock++ });
const log = (id: string, value: number) => {
  const points = [{ key: "loss", value, step: value, time: clock++ }];
  stores[0]!.ingest(id, { points: [{ source: "output", points }] });
};

/** Carries out a change and tells the model what the store says of it. */
async function change(...changes: (() => unknown)[]): Promise<void> {
  const [store] = stores;
  const { revision } = store!.changesSince(Number.MAX_SAFE_INTEGER);
  for (const make of changes) make();
  await model.apply({
    root: store!.root,
    ...store!.changesSince(revision),
    jobs: [],
    models: false,
    deployments: false,
  });
}

/** The tree as indented lines, this deep. */
async function draw(depth = 2, nodes?: Node[], indent = ""): Promise<string[]> {
  const lines: string[] = [];
  for (const node of nodes ?? (await model.roots())) {
    lines.push(indent + labelOf(node));
    if (depth > 1) lines.push(...(await draw(depth - 1, await model.children(node), `${indent}  `)));
  }
  return lines;
}

function labelOf(node: Node): string {
  switch (node.kind) {
    case "project":
      return `[${node.project.root.slice(folder.length + 1)}]`;
    case "group":
      return `${node.group.value} (${node.group.runs})`;
    case "scratch":
      return `scratch (${node.list.total})`;
    case "run":
      return node.repeated === undefined ? node.run.name : `${node.run.name} = ${node.repeated}`;
    case "section":
      return node.section.label;
    case "field":
      return `${node.entry.label}: ${node.entry.value}`;
    case "file":
      return node.entry.file.path;
    case "more":
      return "…";
  }
}

test("an empty project has no tree", async () => {
  expect(await draw()).toEqual([]);
});

test("runs stand in their experiments, the newest first, a page at a time", async () => {
  for (let index = 0; index < 5; index++) add({ name: `r${index}` });
  add({ name: "other", experiment: "f" });
  expect(await draw()).toEqual(["f (1)", "  other", "e (5)", "  r4", "  r3", "  r2", "  …"]);
  const [, group] = await model.roots();
  const more = (await model.children(group!)).at(-1) as MoreNode;
  await model.loadMore(more);
  expect(refreshed).toEqual([[group]]);
  expect(await draw(1, await model.children(group!))).toEqual(["r4", "r3", "r2", "r1", "r0"]);
});

test("a changed run is the only element shown anew", async () => {
  const [first] = [add(), add(), add({ experiment: "f" })];
  await draw(3);
  await change(() => log(first!, 1));
  expect(refreshed).toEqual([[model.find(stores[0]!.root, first!)]]);
  expect((refreshed[0]![0] as RunNode).run.metrics.loss!.last).toBe(1);
});

test("its details are read again", async () => {
  const id = add();
  const [group] = await model.roots();
  const [run] = await model.children(group!);
  const metrics = async () => (await draw(2, [run!])).find((line) => line.includes("Metrics"));
  expect(await metrics()).toBe("  Metrics");
  await change(() => log(id, 7));
  const section = (await model.children(run!)).find((node) => labelOf(node) === "Metrics");
  expect(await draw(1, await model.children(section!))).toEqual(["loss: 7"]);
});

test("a run that ends changes its group only", async () => {
  const id = add();
  add({ experiment: "f" });
  await draw();
  const [, group] = await model.roots();
  await change(() => end(id));
  expect(refreshed).toEqual([[group]]);
});

test("a new run of the newest experiment changes this group only, and keeps the others' nodes", async () => {
  const old = add();
  await draw();
  const [group] = await model.roots();
  const before = model.find(stores[0]!.root, old);
  await change(() => add({ name: "new" }));
  expect(refreshed).toEqual([[group]]);
  expect(await draw()).toEqual(["e (2)", "  new", "  run-1000"]);
  expect(model.find(stores[0]!.root, old)).toBe(before);
});

test("a new experiment, or one that comes up, changes the roots", async () => {
  add();
  await draw();
  await change(() => add({ experiment: "f" }));
  expect(refreshed).toEqual([undefined]);
  await change(() => add({ experiment: "e" }));
  expect(refreshed).toEqual([undefined, undefined]);
  expect(await draw(1)).toEqual(["e (2)", "f (1)"]);
});

test("a deleted run goes, and comes back", async () => {
  const id = add();
  end(id);
  add({ name: "stays" });
  await draw();
  await change(() => stores[0]!.deleteRuns([id]));
  expect(await draw()).toEqual(["e (1)", "  stays"]);
  await change(() => stores[0]!.restoreRuns([id]));
  expect(await draw()).toEqual(["e (2)", "  stays", "  run-1000"]);
});

test("the only run of its experiment goes, and comes back", async () => {
  const id = add({ name: "only" });
  end(id);
  await draw();
  await change(() => stores[0]!.deleteRuns([id]));
  expect(await draw()).toEqual([]);
  expect(model.find(stores[0]!.root, id)).toBeUndefined();
  refreshed = [];
  await change(() => stores[0]!.restoreRuns([id]));
  expect(refreshed).toEqual([undefined]);
  expect(await draw()).toEqual(["e (1)", "  only"]);
});

test("a run moved to another experiment", async () => {
  const id = add();
  add();
  await draw();
  await change(() => stores[0]!.setExperiment(id, "f"));
  expect(await draw()).toEqual(["e (1)", "  run-1001", "f (1)", "  run-1000"]);
});

test("loaded pages stay loaded when a run comes", async () => {
  for (let index = 0; index < 5; index++) add({ name: `r${index}` });
  const [group] = await model.roots();
  await model.loadMore((await model.children(group!)).at(-1) as MoreNode);
  await change(() => add({ name: "new" }));
  expect(await draw(1, await model.children(group!))).toEqual(["new", "r4", "r3", "r2", "r1", "…"]);
});

test("child runs stand below their parent, with live changes", async () => {
  const parent = add({ name: "parent" });
  const child = add({ name: "child", parent });
  const [group] = await model.roots();
  const [run] = await model.children(group!);
  const childSection = async () => (await model.children(run!)).at(-1)!;
  expect(await draw(2, [await childSection()])).toEqual(["Child runs", "  child"]);
  refreshed = [];
  await change(() => log(child, 1));
  expect(refreshed).toEqual([[model.find(stores[0]!.root, child)]]);
  await change(() => add({ name: "second", parent }));
  expect(refreshed.at(-1)).toContain(run);
  expect(await draw(2, [await childSection()])).toEqual(["Child runs", "  second", "  child"]);
  expect(await draw()).toEqual(["e (1)", "  parent"]);
});

test("a filter finds child runs too", async () => {
  const parent = add({ name: "parent" });
  add({ name: "child", parent });
  state.filter = { text: "CHI" };
  model.reset();
  expect(await draw()).toEqual(["e (1)", "  child"]);
  expect(await model.total()).toBe(1);
});

test.each<[ViewState["group"], string[]]>([
  ["none", ["c", "b", "a"]],
  ["status", ["running (2)", "  c", "  b", "finished (1)", "  a"]],
  ["script", ["null (1)", "  c", "x.py (2)", "  b", "  a"]],
  ["tag:k", ["null (2)", "  c", "  b", "v (1)", "  a"]],
])("grouped by %s", async (group, expected) => {
  const a = add({ name: "a", script: "x.py", tags: { k: "v" } });
  add({ name: "b", script: "x.py" });
  add({ name: "c" });
  end(a);
  state.group = group;
  expect(await draw(group === "none" ? 1 : 2)).toEqual(expected);
});

test("without groups a new run changes the roots, a changed one only itself", async () => {
  const id = add({ name: "a" });
  state.group = "none";
  await draw(1);
  await change(() => log(id, 1));
  expect(refreshed).toEqual([[model.find(stores[0]!.root, id)]]);
  await change(() => add({ name: "b" }));
  expect(refreshed.at(-1)).toBeUndefined();
  expect(await draw(1)).toEqual(["b", "a"]);
});

describe("scratch runs", () => {
  const fail = (id: string) => stores[0]!.endRun(id, { status: "failed", exitCode: 1, signal: null, endTime: clock++ });
  beforeEach(() => {
    collapseBefore = 2_000;
  });

  test("are collapsed in one element of their experiment, where they are no longer recent", async () => {
    for (const name of ["a", "b", "c", "d"]) fail(add({ name }));
    add({ name: "kept" });
    clock = 3_000;
    fail(add({ name: "recent" }));
    add({ name: "other", experiment: "f" });
    expect(await draw(3)).toEqual(
      expect.arrayContaining(["f (1)", "  other", "e (6)", "  recent", "  kept", "  scratch (4)"]),
    );
    const [, group] = await model.roots();
    const scratch = (await model.children(group!)).at(-1)!;
    expect(await draw(1, await model.children(scratch))).toEqual(["d", "c", "b", "…"]);
    await model.loadMore((await model.children(scratch)).at(-1) as MoreNode);
    expect(await draw(1, await model.children(scratch))).toEqual(["d", "c", "b", "a"]);
  });

  test("go in and out with what is said of them", async () => {
    const id = add({ name: "a" });
    add({ name: "b" });
    fail(id);
    expect(await draw()).toEqual(["e (2)", "  b", "  scratch (1)"]);
    await change(() => stores[0]!.setNote(id, "look here"));
    expect(refreshed.at(-1)).toEqual([(await model.roots())[0]]);
    expect(await draw()).toEqual(["e (2)", "  b", "  a"]);
    await change(() => stores[0]!.setNote(id, ""));
    expect(await draw()).toEqual(["e (2)", "  b", "  scratch (1)"]);
    await change(() => stores[0]!.setPinned([id], true));
    expect(await draw()).toEqual(["e (2)", "  b", "  a"]);
  });

  test("stand among the others where somebody looks for something", async () => {
    fail(add({ name: "a" }));
    state.filter = { status: ["failed"] };
    model.reset();
    expect(await draw()).toEqual(["e (1)", "  a"]);
    state = { ...structuredClone(DEFAULT_VIEW), group: "status" };
    model.reset();
    expect(await draw()).toEqual(["failed (1)", "  a"]);
  });
});

test("a repeat names the run that it repeats, and each of them has the others below it", async () => {
  const [first, second] = [add({ name: "first" }), add({ name: "second" })];
  for (const id of [first!, second!]) end(id);
  for (const id of [first!, second!]) stores[0]!.setInputs(id, "a".repeat(64));
  expect(await draw()).toEqual(["e (2)", "  second = first", "  first"]);
  const run = model.find(stores[0]!.root, second!)!;
  const repeats = (await model.children(run)).find((node) => labelOf(node) === "Repeats")!;
  expect(await draw(1, await model.children(repeats))).toEqual(["first"]);
  await change(() => stores[0]!.renameRun(first!, "renamed"));
  await change(() => stores[0]!.setNote(second!, "again"));
  expect(await draw()).toEqual(["e (2)", "  second = renamed", "  renamed"]);
});

test("sorted by a metric", async () => {
  const [a, b] = [add({ name: "a" }), add({ name: "b" })];
  log(a!, 3);
  log(b!, 2);
  add({ name: "without" });
  state.sort = { key: "metric:loss", descending: false };
  expect(await draw()).toEqual(["e (3)", "  b", "  a", "  without"]);
});

test("several projects have a level of their own, once they have runs", async () => {
  for (const store of stores) store.close();
  model = newModel("a", "b");
  add({ name: "in a" });
  expect(await draw(1)).toEqual(["e (1)"]);
  const revision = stores[1]!.changesSince(Number.MAX_SAFE_INTEGER).revision;
  add({ name: "in b" }, stores[1]);
  await model.apply({
    root: stores[1]!.root,
    ...stores[1]!.changesSince(revision),
    jobs: [],
    models: false,
    deployments: false,
  });
  expect(refreshed).toEqual([undefined]);
  expect(await draw(3)).toEqual(["[a]", "  e (1)", "    in a", "[b]", "  e (1)", "    in b"]);
});

test("more changes than can be named are read whole", async () => {
  add();
  await draw();
  add({ name: "new" });
  await model.apply({
    root: stores[0]!.root,
    runs: [],
    removed: [],
    all: true,
    jobs: [],
    models: false,
    deployments: false,
  });
  expect(refreshed).toEqual([undefined]);
  expect(await draw()).toEqual(["e (2)", "  new", "  run-1000"]);
});

test("ids are unique, and the same after everything is read again", async () => {
  for (let index = 0; index < 5; index++) add({ experiment: `e${index % 2}` });
  const ids = async () => {
    const groups = await model.roots();
    const runs = (await Promise.all(groups.map((group) => model.children(group)))).flat();
    const sections = (await Promise.all(runs.map((run) => model.children(run)))).flat();
    return [...groups, ...runs, ...sections].map(({ id }) => id);
  };
  const first = await ids();
  expect(new Set(first).size).toBe(first.length);
  model.reset();
  expect(await ids()).toEqual(first);
});
