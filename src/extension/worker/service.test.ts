import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { snapshotCode } from "../../snapshot/code";
import type { NewRun, Store } from "../../store/contract";
import { openStore } from "../../store/open";
import { processIdentity } from "../../store/process";
import type { StoreChange } from "./api";
import { createStoreService, type StoreService } from "./service";

const never = new AbortController().signal;
let root: string;
let clock = 1;
let service: StoreService;
let changes: StoreChange[];
let faults: unknown[];
let stores: Store[];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "service-")));
  changes = [];
  faults = [];
  stores = [];
  service = createStoreService({
    changed: (change) => changes.push(change),
    notice: () => {},
    fault: (error) => faults.push(error),
  });
});
afterEach(() => {
  service.close();
  for (const store of stores) store.close();
  rmSync(root, { recursive: true });
});

/** The store as another process has it open. */
function otherProcess(): Store {
  const store = openStore(root);
  stores.push(store);
  return store;
}

function newRun(run: Partial<NewRun> = {}): NewRun {
  const recorder = processIdentity();
  return {
    experiment: "e",
    command: ["c"],
    cwd: root,
    script: null,
    startTime: clock++,
    recorder,
    source: "test",
    ...run,
  };
}
const finished = { status: "finished", exitCode: 0, signal: null, endTime: 2 } as const;
const list = () => service.handlers.listRuns({ root, query: {} }, never) as ReturnType<Store["listRuns"]>;
const open = (mayWrite = true) => service.handlers.open({ folder: root, mayWrite }, never);

test("looking for runs creates nothing, and the first run is seen when it comes", async () => {
  expect(open()).toMatchObject({ root });
  expect(list().total).toBe(0);
  expect(existsSync(join(root, ".modeltrail"))).toBe(false);
  const id = otherProcess().createRun(newRun());
  await vi.waitFor(
    () =>
      expect(changes).toEqual([
        { root, runs: [], removed: [], all: true, jobs: "many", models: true, deployments: true },
      ]),
    5_000,
  );
  expect(list().runs.map((run) => run.id)).toEqual([id]);
});

test("what another process changes is told run by run", async () => {
  const store = otherProcess();
  const [kept, gone] = [store.createRun(newRun()), store.createRun(newRun())];
  store.endRun(gone, finished);
  open();
  changes.length = 0;
  store.setNote(kept, "new");
  await vi.waitFor(
    () =>
      expect(changes).toEqual([
        { root, runs: [kept], removed: [], all: false, jobs: [], models: false, deployments: false },
      ]),
    5_000,
  );
  store.deleteRuns([gone]);
  await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ runs: [], removed: [gone], all: false }), 5_000);
});

test("results of gates and deployments that go away are told, also while runs change", async () => {
  const store = otherProcess();
  const run = store.createRun(newRun());
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  store.registry.createVersion({
    ...{ model: "wine", description: "", run, source: "s", location: "s", runLink: "", loggedModel: null, tags: {} },
  });
  store.deployments.ensure({ name: "cellar", model: "wine", target: "local" });
  open();
  const told = async (change: () => void) => {
    changes.length = 0;
    change();
    store.setNote(run, String(Math.random()));
    await vi.waitFor(() => expect(changes.flatMap(({ runs }) => runs)).toContain(run), 5_000);
    return { models: changes.some(({ models }) => models), deployments: changes.some((one) => one.deployments) };
  };
  expect(await told(() => {})).toEqual({ models: false, deployments: false });
  const gate = { model: "wine", version: 1, step: null, gate: "good", kind: "metric" as const };
  const found = { verdict: "passed" as const, summary: "", detail: {}, time: 1, duration: 1 };
  expect(await told(() => void store.gates.add({ ...gate, ...found }))).toEqual({ models: true, deployments: false });
  expect(await told(() => store.deployments.remove("cellar"))).toEqual({ models: true, deployments: true });
});

test("a store that is deleted, and another in its place, are noticed", async () => {
  otherProcess().createRun(newRun());
  open();
  expect(list().total).toBe(1);
  stores.pop()!.close();
  rmSync(join(root, ".modeltrail"), { recursive: true });
  expect(list().total).toBe(0);
  expect(() => service.handlers.renameRun({ root, id: "0".repeat(32), name: "x" }, never)).toThrow(/Press Run/);
  const again = otherProcess().createRun(newRun());
  expect(list().runs.map((run) => run.id)).toEqual([again]);
});

test("in Restricted Mode runs are read, and nothing is written", () => {
  const store = otherProcess();
  const dead = store.createRun(newRun({ recorder: { ...processIdentity(), pid: 2 ** 22 + 1 } }));
  open(false);
  expect(list().runs.map(({ status }) => status)).toEqual(["running"]);
  expect(() => service.handlers.renameRun({ root, id: dead, name: "x" }, never)).toThrow(/Restricted Mode/);
  expect(store.getSummaries([dead])[0]!.status).toBe("running");
});

test("a run whose recorder died is finished by the window that opens the store", async () => {
  const dead = otherProcess().createRun(newRun({ recorder: { ...processIdentity(), pid: 2 ** 22 + 1 } }));
  open();
  expect(list().total).toBe(1);
  await vi.waitFor(() => expect(list().runs[0]).toMatchObject({ id: dead, status: "lost" }), 10_000);
  expect(faults).toEqual([]);
});

test("a project is asked for in vain before it is opened, or after it is closed", () => {
  otherProcess().createRun(newRun());
  expect(list().total).toBe(0);
  open();
  service.handlers.close({ root }, never);
  expect(list().total).toBe(0);
});

describe("the code of runs", () => {
  let store: Store;
  beforeEach(() => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
    git("init", "-q");
    store = otherProcess();
    open();
  });

  async function recordRun(files: Record<string, string>, script: string | null = null): Promise<string> {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
    const id = store.createRun(newRun({ script }));
    const { code, gaps, warnings } = await snapshotCode(root, store.folder);
    store.setCode(id, code, gaps, warnings);
    return id;
  }

  test("is read by path, and a path on disk is found in it", async () => {
    const id = await recordRun({ "a.py": "one" }, "a.py");
    writeFileSync(join(root, "a.py"), "two");
    const bytes = await service.handlers.codeFile({ root, id, path: "a.py" }, never);
    expect(new TextDecoder().decode(bytes!)).toBe("one");
    expect(await service.handlers.codeFile({ root, id, path: "none.py" }, never)).toBeNull();
    const pathOf = (file: string) => service.handlers.codePath({ root, id, file }, never);
    expect(pathOf(join(root, "a.py"))).toBe("a.py");
    expect(pathOf(join(root, "gone", "b.py"))).toBe("gone/b.py");
    expect(pathOf(tmpdir())).toBeNull();
    expect(await service.handlers.getRun({ root, id }, never)).toMatchObject({ script: "a.py", children: 0 });
  });

  test("is compared with another run's and with the present, without what the runs wrote", async () => {
    const first = await recordRun({ "a.py": "one", "b.py": "same" });
    const output = { path: "out.json", sha256: "0".repeat(64), size: 1 };
    store.ingest(first, { artifacts: [output] });
    const second = await recordRun({ "a.py": "two", "out.json": "{}" });
    const between = await service.handlers.codeChanges({ root, from: first, to: second }, never);
    expect(between).toEqual([{ path: "a.py", from: null, kind: "modified" }]);
    rmSync(join(root, "b.py"));
    writeFileSync(join(root, "c.py"), "new");
    const since = await service.handlers.codeChanges({ root, from: second, to: null }, never);
    expect(since).toEqual([
      { path: "b.py", from: null, kind: "deleted" },
      { path: "c.py", from: null, kind: "added" },
    ]);
  });

  test("and all else is told in one line, against the run of the same script before", async () => {
    const first = await recordRun({ "a.py": "one" }, "a.py");
    const second = await recordRun({ "a.py": "two" }, "a.py");
    store.ingest(second, { params: { lr: "0.1" } });
    const since = async (id: string) => (await service.handlers.getRun({ root, id }, never))?.since;
    expect(await since(first)).toBeNull();
    expect(await since(second)).toMatchObject({ id: first, line: "lr none→0.1, a.py" });
  });

  test("that was not captured is said", async () => {
    const [bare, other] = [store.createRun(newRun({ name: "bare" })), await recordRun({ "a.py": "one" })];
    await expect(service.handlers.codeChanges({ root, from: bare, to: other }, never)).rejects.toThrow(
      "The code of bare was not captured.",
    );
  });
});
