import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import type { GroupNode, MoreNode, Node } from "../../src/extension/tree/nodes";
import { DEFAULT_VIEW } from "../../src/extension/tree/viewState";
import { openStore } from "../../src/store/open";
import { cleanUp, internals, print, type TestInternals, until } from "./support";

const RUNS = 10_000;
const EXPERIMENTS = 10;

describe("ten thousand runs", () => {
  let own: TestInternals;
  let folder: string;
  let root: string;

  before(async function () {
    this.timeout(300_000);
    own = await internals();
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "many-")));
    const ids = generate(folder);
    assert.equal(ids.length, RUNS);
    ({ root } = await own.projects.ensure(folder));
  });
  after(async () => {
    await own.projects.call("close", { root });
    await cleanUp();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  /** Groups of the generated project: it stands beside the workspace's own. */
  async function groups(): Promise<GroupNode[]> {
    const roots = await own.tree.getChildren();
    const project = roots.find((node) => node.root === root && node.kind === "project");
    const found = project ? await own.tree.getChildren(project) : roots.filter((node) => node.root === root);
    return found as GroupNode[];
  }

  it("show their first rows quickly", async () => {
    own.tree.refresh();
    const started = performance.now();
    const [first] = await groups();
    const rows = await own.tree.getChildren(first!);
    for (const row of rows) own.tree.getTreeItem(row);
    const took = performance.now() - started;
    print(`first rows of ${RUNS} runs: ${took.toFixed(0)} ms`);
    assert.equal((await groups()).length, EXPERIMENTS);
    assert.equal(rows.length, 101);
    assert.equal(rows.at(-1)!.kind, "more");
  });

  it("are loaded page by page", async () => {
    const [first] = await groups();
    const rows = await own.tree.getChildren(first!);
    await own.tree.loadMore(rows.at(-1) as MoreNode);
    const more = await own.tree.getChildren(first!);
    assert.equal(more.filter(({ kind }) => kind === "run").length, 200);
    assert.deepEqual(more.slice(0, 100), rows.slice(0, 100));
  });

  it("are filtered, sorted and grouped", async () => {
    own.tree.state = { ...DEFAULT_VIEW, filter: { text: "generated-77" } };
    assert.equal(await timed("filter by text", async () => sum(await groups())), 100);

    own.tree.state = { ...DEFAULT_VIEW, filter: { status: ["failed"] }, group: "none" };
    const failed = await timed("failed runs in one list", async () => await groups());
    assert.equal(failed.filter(({ kind }) => (kind as string) === "run").length, 100);

    own.tree.state = { ...DEFAULT_VIEW, sort: { key: "metric:accuracy", descending: true } };
    const [first] = await groups();
    const best = await timed("sort by a metric", async () => await own.tree.getChildren(first!));
    const values = best.flatMap((node) => (node.kind === "run" ? [node.run.metrics.accuracy!.last] : []));
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    );

    own.tree.state = { ...DEFAULT_VIEW, group: "status" };
    const byStatus = await timed("group by status", async () => await groups());
    assert.deepEqual(byStatus.map(({ group }) => [group.value, group.runs]).sort(), [
      ["failed", RUNS / 10],
      ["finished", (RUNS / 10) * 9],
    ]);
    own.tree.state = DEFAULT_VIEW;
  });

  it("keep scratch runs in one element, counted and not loaded", async () => {
    const failing = (await groups()).find(({ group }) => group.value === "experiment-3");
    assert.ok(failing);
    const rows = await timed("an experiment of scratch runs", async () => await own.tree.getChildren(failing));
    const scratch = rows.at(-1);
    assert.ok(scratch?.kind === "scratch");
    const recent = rows.length - 1;
    assert.equal(scratch.list.total + recent, RUNS / EXPERIMENTS);
    assert.ok(recent <= 60, `${recent} runs of the last hour stand among the others`);
    assert.equal(scratch.list.runs.length, 0);
    assert.equal((await own.tree.getChildren(scratch)).length, 101);
  });

  it("refresh one element when one run changes", async () => {
    const [first] = await groups();
    const [newest] = await own.tree.getChildren(first!);
    assert.ok(newest?.kind === "run");
    const refreshed: (Node[] | undefined)[] = [];
    const subscription = own.tree.onDidChangeTreeData((nodes) => refreshed.push(nodes));
    const started = performance.now();
    await own.projects.call("setNote", { root, id: newest.run.id, note: "looked at" });
    await until("the tree is told", () => refreshed.length > 0);
    print(`a change of one run reached the tree after ${(performance.now() - started).toFixed(0)} ms`);
    subscription.dispose();
    assert.deepEqual(refreshed, [[newest]]);
    assert.equal(newest.run.note, "looked at");
  });
});

async function timed<T>(what: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await action();
  print(`${what}: ${(performance.now() - started).toFixed(0)} ms`);
  return result;
}

const sum = (groups: GroupNode[]) => groups.reduce((total, { group }) => total + group.runs, 0);

/** A store as a long project leaves it. */
function generate(root: string): string[] {
  const store = openStore(root);
  const recorder = { pid: 1, startToken: "x", host: "elsewhere/boot" };
  const start = Date.now() - RUNS * 60_000;
  const ids = Array.from({ length: RUNS }, (_, index) => {
    const startTime = start + index * 60_000;
    const id = store.createRun({
      experiment: `experiment-${index % EXPERIMENTS}`,
      name: `generated-${String(index).padStart(4, "0")}`,
      command: ["python", "train.py", "--lr", String(index)],
      cwd: root,
      script: "train.py",
      startTime,
      recorder,
      source: "test",
    });
    const points = [{ key: "accuracy", value: ((index * 7919) % RUNS) / RUNS, step: 0, time: startTime }];
    const failed = index % 10 === 3;
    store.endRun(
      id,
      { status: failed ? "failed" : "finished", exitCode: failed ? 1 : 0, signal: null, endTime: startTime + 5_000 },
      { params: { lr: String(index), depth: "3" }, points: [{ source: "output", points }] },
    );
    return id;
  });
  store.close();
  return ids;
}
