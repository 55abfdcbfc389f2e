import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../domain/errors";
import { type Environment, Run } from "../domain/run";
import type { RunEnd } from "./contract";
import { newRun, points, tempFolder, tempStore } from "./testStore";

const FINISHED: RunEnd = { status: "finished", exitCode: 0, signal: null, endTime: 2_000 };

const ENVIRONMENT: Environment = {
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "CPython",
  platform: "Linux",
  cpu: "x",
  cores: 2,
  memory: 1e9,
  gpus: [],
  packages: { numpy: "2.0" },
  imported: ["numpy"],
  variables: { PYTHONHASHSEED: "0" },
};

describe("a run", () => {
  test("comes back whole", () => {
    const store = tempStore();
    const parent = store.createRun(newRun());
    const id = store.createRun(newRun({ experiment: "wine", name: "first", note: "n", tags: { a: "1" }, parent }));
    const code = {
      commit: "c".repeat(40),
      tree: "t",
      head: null,
      branch: "main",
      dirty: true,
      gitDir: "/p/.git",
      root: "/p",
    };
    const sha256 = "ab".repeat(32);
    store.setCode(id, code, [{ kind: "too-big", path: "big.bin", message: "big" }], ["slow"]);
    store.ingest(id, {
      params: { lr: "0.1", __proto__x: "y" },
      tags: { b: "2" },
      points: [{ source: "output", points: points([0, 1], [1, 0.5]) }],
      data: [
        { path: "z.csv", sha256: null, size: 5, role: "read" },
        { path: "a.csv", sha256, size: 7, role: "read" },
        { path: "a.csv", sha256, size: 7, role: "write" },
      ],
      config: [{ path: "c.yaml", sha256 }],
      artifacts: [{ path: "m.pkl", sha256, size: 9 }],
      datasets: [{ name: "wine", kind: "dvc", version: "cd".repeat(32), files: 3, size: 9, role: "read" }],
      gaps: [{ kind: "other", message: "m" }],
      warnings: ["w"],
      environment: ENVIRONMENT,
      logSize: 12,
      process: { pid: 7, startToken: "t", host: "h" },
    });
    const run = store.getRun(id)!;
    expect(Run.parse(run)).toEqual(run);
    expect(run).toEqual({
      id,
      name: "first",
      experiment: "wine",
      status: "running",
      exitCode: null,
      signal: null,
      startTime: 1_000,
      endTime: null,
      command: ["python", "train.py"],
      cwd: "/project",
      script: "train.py",
      params: { lr: "0.1", __proto__x: "y" },
      metrics: { loss: { last: 0.5, min: 0.5, max: 1, count: 2, lastStep: 1 } },
      tags: { a: "1", b: "2" },
      note: "n",
      parent,
      pinned: false,
      inputs: null,
      repeatOf: null,
      repeats: 1,
      gaps: [
        { kind: "too-big", path: "big.bin", message: "big" },
        { kind: "other", message: "m" },
      ],
      warnings: ["slow", "w"],
      logSize: 12,
      revision: 4,
      snapshot: {
        code,
        data: [
          { path: "a.csv", sha256, size: 7, role: "read" },
          { path: "a.csv", sha256, size: 7, role: "write" },
          { path: "z.csv", sha256: null, size: 5, role: "read" },
        ],
        config: [{ path: "c.yaml", sha256 }],
        environment: ENVIRONMENT,
        datasets: [{ name: "wine", version: "cd".repeat(32), files: 3, size: 9, role: "read" }],
      },
      artifacts: [{ path: "m.pkl", sha256, size: 9 }],
    });
    const { snapshot: _, artifacts: __, ...summary } = run;
    expect(store.getSummaries([id, "0".repeat(32), parent]).map((one) => one.id)).toEqual([id, parent]);
    expect(store.getSummaries([id])).toEqual([summary]);
  });

  test("is null when there is none, and cannot be written to", () => {
    const store = tempStore();
    const id = "0".repeat(32);
    expect(store.getRun(id)).toBeNull();
    expect(() => store.ingest(id, { logSize: 1 })).toThrow(UserError);
  });

  test("gets a memorable name of its own", () => {
    const store = tempStore();
    const names = Array.from({ length: 50 }, () => store.getRun(store.createRun(newRun()))!.name);
    expect(new Set(names).size).toBe(50);
    expect(names[0]).toMatch(/^[a-z]+-[a-z]+-\d\d$/);
  });

  test("keeps hostile texts as they are", () => {
    const store = tempStore();
    const text = "a'b\"c;--\n\t💥 é 中 \u0001 end $(x) %s";
    const command = [`${text}\0`, ""];
    const id = store.createRun(newRun({ name: text, experiment: text, note: text, command, tags: { [text]: text } }));
    store.ingest(id, { params: { [text]: text, ["__proto__"]: "p", constructor: "c" }, warnings: [text] });
    const run = store.getRun(id)!;
    expect(run).toMatchObject({ name: text, experiment: text, note: text, command, warnings: [text] });
    expect(Object.entries(run.tags)).toEqual([[text, text]]);
    expect(new Map(Object.entries(run.params))).toEqual(
      new Map([
        [text, text],
        ["__proto__", "p"],
        ["constructor", "c"],
      ]),
    );
  });

  test("a NUL character does not cut a text short", () => {
    const store = tempStore();
    const id = store.createRun(newRun({ note: "a\0b" }));
    store.ingest(id, { params: { "k\0": "v\0w" } });
    expect(store.getRun(id)).toMatchObject({ note: "a\ufffdb", params: { "k\ufffd": "v\ufffdw" } });
  });
});

describe("ingest", () => {
  test("the last value of a param and the last report of a file win; gaps and warnings stand once", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    const batch = (value: string, size: number) => ({
      params: { lr: value },
      data: [{ path: "a", sha256: null, size, role: "read" as const }],
      gaps: [{ kind: "ignored" as const, path: "p", message: "m" }],
      warnings: ["w"],
    });
    store.ingest(id, batch("1", 1));
    store.ingest(id, batch("2", 2));
    const run = store.getRun(id)!;
    expect(run.params).toEqual({ lr: "2" });
    expect(run.snapshot.data).toEqual([{ path: "a", sha256: null, size: 2, role: "read" }]);
    expect(run.gaps).toEqual([{ kind: "ignored", path: "p", message: "m" }]);
    expect(run.warnings).toEqual(["w"]);
  });

  test("is all or nothing, checkpoint included", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    store.ingest(id, { checkpoint: { output: 10 }, params: { a: "1" } });
    const broken = { path: "x", sha256: null, size: 1.5, role: "read" as const };
    expect(() => store.ingest(id, { checkpoint: { output: 20 }, params: { b: "2" }, data: [broken] })).toThrow();
    expect(store.checkpoint(id)).toEqual({ output: 10 });
    expect(store.getRun(id)!.params).toEqual({ a: "1" });
    // The numbers given to names in what was taken back must not be used.
    store.ingest(id, { params: { c: "3", b: "2" } });
    expect(store.getRun(id)!.params).toEqual({ a: "1", b: "2", c: "3" });
  });

  test("a checkpoint alone is no change to readers", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    const { revision } = store.changesSince(0);
    store.ingest(id, { checkpoint: 1, points: [], gaps: [] });
    expect(store.changesSince(revision)).toEqual({ revision, runs: [], removed: [], all: false });
    expect(store.checkpoint(store.createRun(newRun()))).toBeUndefined();
  });
});

describe("the end", () => {
  test("comes once, with the last batch", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    expect(store.endRun(id, FINISHED, { params: { a: "1" } })).toBe(true);
    expect(store.endRun(id, { ...FINISHED, status: "lost" }, { params: { a: "2" } })).toBe(false);
    expect(store.getRun(id)).toMatchObject({ status: "finished", exitCode: 0, endTime: 2_000, params: { a: "1" } });
    expect(store.running()).toEqual([]);
  });

  test.each([
    ["failed", "killed"],
    ["finished", "killed"],
    ["lost", "lost"],
  ] as const)("a run that was stopped and ended %s counts as %s", (status, expected) => {
    const store = tempStore();
    const id = store.createRun(newRun());
    expect(store.stopRequested(id)).toBe(false);
    store.requestStop(id);
    expect(store.stopRequested(id)).toBe(true);
    store.endRun(id, { ...FINISHED, status });
    expect(store.getRun(id)!.status).toBe(expected);
  });

  test("a Stop that comes too late changes nothing", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    store.endRun(id, FINISHED);
    const { revision } = store.changesSince(0);
    store.requestStop(id);
    expect(store.stopRequested(id)).toBe(false);
    expect(store.changesSince(revision).runs).toEqual([]);
  });
});

test("running lists this machine's runs, also from before it was started anew, and others' on demand", () => {
  const store = tempStore();
  const here = newRun().recorder;
  const mine = store.createRun(newRun());
  const earlier = store.createRun(newRun({ recorder: { ...here, host: `${here.host.split("/")[0]}/other-boot/1` } }));
  const foreign = store.createRun(newRun({ recorder: { pid: 1, startToken: "s", host: "elsewhere/b/1" } }));
  store.endRun(store.createRun(newRun()), FINISHED);
  store.ingest(mine, { process: { pid: 5, startToken: "t", host: here.host } });
  expect(store.running().map((run) => run.id)).toEqual([mine, earlier]);
  expect(store.running()[0]).toMatchObject({ recorder: here, process: { pid: 5, startToken: "t", host: here.host } });
  expect(store.running()[1]!.process).toBeNull();
  expect(store.running(true).map((run) => run.id)).toEqual([mine, earlier, foreign]);
  expect(Math.abs(store.running()[0]!.lastWrite - Date.now())).toBeLessThan(60_000);
});

test("folders are made where the user's git does not see them", () => {
  const root = tempFolder();
  const store = tempStore(root);
  const id = store.createRun(newRun());
  expect(store.folder).toBe(join(root, ".modeltrail"));
  expect(readFileSync(join(store.folder, ".gitignore"), "utf8")).toBe("*\n");
  expect(store.logPath(id)).toBe(join(store.folder, "runs", id, "output.log"));
  expect(existsSync(store.runFolder(id))).toBe(true);
  expect(() => store.runFolder("../../etc")).toThrow();
});

describe("claiming", () => {
  const dead = { pid: 7, startToken: "1", host: "h" };
  const first = { pid: 8, startToken: "2", host: "h" };
  const second = { pid: 9, startToken: "3", host: "h" };

  test("of two that found the same dead recorder, one gets the run", () => {
    const store = tempStore();
    const id = store.createRun(newRun({ recorder: dead }));
    expect([store.claimRun(id, dead, first), store.claimRun(id, dead, second)]).toEqual([true, false]);
    expect(store.running(true)[0]?.recorder).toEqual(first);
  });

  test("an ended run is nobody's to finish", () => {
    const store = tempStore();
    const id = store.createRun(newRun({ recorder: dead }));
    store.endRun(id, FINISHED);
    expect(store.claimRun(id, dead, first)).toBe(false);
  });
});
