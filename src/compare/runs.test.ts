import { describe, expect, it } from "vitest";
import { RunComparison } from "../domain/comparison";
import { UserError } from "../domain/errors";
import { toJson } from "../domain/json";
import type { CodeVersion, DataFile, Environment, Gap } from "../domain/run";
import type { IngestBatch, NewRun, Store } from "../store/contract";
import { newRun, points, tempStore } from "../store/testStore";
import type { ComparisonReaders } from "./readers";
import { compareRuns, WORKSPACE } from "./runs";
import { summarizeDifferences } from "./summary";

const CODE: CodeVersion = {
  commit: "c1",
  tree: "t1",
  head: "h1",
  branch: "main",
  dirty: false,
  gitDir: "/g",
  root: "/project",
};
const ENVIRONMENT: Environment = {
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "cpython",
  platform: "Linux",
  cpu: "EPYC",
  cores: 8,
  memory: 64e9,
  gpus: [],
  packages: { numpy: "1.26" },
  imported: ["numpy"],
  variables: {},
};

const sha = (digit: string) => digit.repeat(64);
const read = (path: string, sha256: string | null, size = 10): DataFile => ({ path, sha256, size, role: "read" });
const wrote = (path: string, sha256: string): DataFile => ({ path, sha256, size: 10, role: "write" });

interface Parts extends IngestBatch {
  run?: Partial<NewRun>;
  code?: Partial<CodeVersion>;
  codeGaps?: Gap[];
  running?: boolean;
}

function addRun(store: Store, name: string, { run, code, codeGaps = [], running, ...batch }: Parts = {}): string {
  const id = store.createRun(newRun({ name, ...run }));
  store.setCode(id, { ...CODE, ...code }, codeGaps, []);
  store.ingest(id, { environment: ENVIRONMENT, ...batch });
  if (!running) store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 5_000 });
  return id;
}

/** Readers that know these things; what a test does not tell them fails. */
function readersOf(part: Partial<ComparisonReaders> = {}): ComparisonReaders {
  const unexpected = (): never => {
    throw new Error("not expected to be asked");
  };
  return {
    codeChanges: async ({ code: before }, { code: after }) =>
      before.tree === after.tree ? [] : [{ path: "train.py", from: null, kind: "modified" }],
    configValues: unexpected,
    workspace: unexpected,
    filesNow: unexpected,
    ...part,
  };
}

describe("two runs", () => {
  it("have only what differs, and survive being written as JSON", async () => {
    const store = tempStore();
    const first = addRun(store, "first", {
      params: { lr: "0.1", depth: "3", seed: "1" },
      points: [{ source: "output", points: points([1, 0.5], [2, 0.25]) }],
      data: [read("data/a.csv", sha("a")), read("data/b.csv", sha("b")), wrote("model.pt", sha("1"))],
    });
    const second = addRun(store, "second", {
      run: { command: ["python", "train.py", "--lr", "it's"] },
      code: { commit: "c2", tree: "t2" },
      params: { lr: "0.01", depth: "3.0e0", seed: "1", extra: "x" },
      points: [{ source: "output", points: points([1, 0.5], [2, Number.NaN]) }],
      data: [read("data/a.csv", sha("c"), 12), read("data/moved.csv", sha("b")), wrote("model.pt", sha("2"))],
      environment: { ...ENVIRONMENT, packages: { numpy: "2.0" }, cores: 16 },
    });
    const found = await compareRuns(store, [first, second], readersOf());
    expect(found.sides.map(({ id, name, status }) => [id, name, status])).toEqual([
      [first, "first", "finished"],
      [second, "second", "finished"],
    ]);
    expect(found.params.map(({ name, values }) => [name, ...values])).toEqual([
      ["depth", "3", "3.0e0"],
      ["extra", null, "x"],
      ["lr", "0.1", "0.01"],
    ]);
    expect(found.metrics).toMatchObject([{ name: "loss", change: [0, Number.NaN], differs: true }]);
    expect(found.code[1]).toMatchObject({ commit: "c2", changes: [{ path: "train.py" }] });
    expect(found.environment.summary).toBe("1 package changed: numpy 1.26 → 2.0");
    expect(found.host.map(({ name }) => name)).toEqual(["cores"]);
    expect(found.command.map(({ name, values }) => [name, ...values])).toEqual([
      ["command", "python train.py", "python train.py --lr 'it'\\''s'"],
    ]);
    expect(found.data.files.map(({ kind, path }) => [kind, path])).toEqual([
      ["changed", "data/a.csv"],
      ["moved", "data/moved.csv"],
    ]);
    expect(found.outputs.counts).toMatchObject({ changed: 1, same: 0 });
    expect(found.uncertain).toEqual([]);
    expect(RunComparison.parse(JSON.parse(toJson(found)))).toEqual(found);
    expect(summarizeDifferences(found)).toBe(
      "3 params, train.py, numpy 1.26→2.0, a.csv, moved.csv moved, another host",
    );
  });

  it("have all with all, and say when nothing differs", async () => {
    const store = tempStore();
    const batch = { params: { lr: "0.1" }, data: [read("a", sha("a"))] };
    const ids = [addRun(store, "first", batch), addRun(store, "second", batch)];
    const found = await compareRuns(store, ids, readersOf());
    expect(found).toMatchObject({ params: [], metrics: [], command: [], host: [], data: { files: [] } });
    expect(summarizeDifferences(found)).toBe("no difference found");
    const all = await compareRuns(store, ids, readersOf(), { all: true });
    expect(all.params).toEqual([{ name: "lr", values: ["0.1", "0.1"], differs: false }]);
    expect(all.data.files).toMatchObject([{ path: "a", kind: "same" }]);
    expect(all.command.map(({ name }) => name)).toEqual(["command", "folder", "script"]);
  });

  it("say in which keys their config differs, without secrets", async () => {
    const store = tempStore();
    const config = (digit: string) => ({ config: [{ path: "conf/model.yaml", sha256: sha(digit) }] });
    const ids = [addRun(store, "first", config("a")), addRun(store, "second", config("b"))];
    const values: Record<string, Record<string, string>> = {
      [sha("a")]: { "train.lr": "0.1", depth: "3", api_key: "hush" },
      [sha("b")]: { "train.lr": "0.2", depth: "3", api_key: "hush-hush" },
    };
    const readers = readersOf({ configValues: async (_, sha256) => values[sha256!]! });
    const { config: found } = await compareRuns(store, ids, readers);
    expect(found).toMatchObject([
      {
        path: "conf/model.yaml",
        keys: [
          { name: "api_key", values: ["***", "***"] },
          { name: "train.lr", values: ["0.1", "0.2"] },
        ],
      },
    ]);
    const unknown = await compareRuns(store, ids, readersOf({ configValues: async () => null }));
    expect(unknown.config).toMatchObject([{ differs: true, keys: null }]);
  });

  it("say what they cannot know", async () => {
    const store = tempStore();
    const gap: Gap = { kind: "tracer", message: "Part of the run was not seen." };
    const kept: Gap = { kind: "hash-only", path: "big", message: "big is larger than 50 MB." };
    const first = addRun(store, "first", { data: [read("data/x.csv", null)], gaps: [gap, kept] });
    const second = addRun(store, "second", {
      code: { commit: null, tree: null },
      data: [read("data/x.csv", sha("a"))],
      gaps: [gap],
      running: true,
    });
    const { uncertain, code } = await compareRuns(store, [first, second], readersOf());
    expect(code[1]!.changes).toBeNull();
    expect(uncertain.map(({ sides, message }) => [...sides, message])).toEqual([
      [0, 1, "Part of the run was not seen."],
      [1, "second is still running: what it has recorded so far is compared."],
      [1, "The code of second was not captured, so it may differ."],
      [0, "data/x.csv was never hashed in first, so it may differ."],
    ]);
  });

  it("say once why a file may differ", async () => {
    const store = tempStore();
    const gap: Gap = { kind: "unreadable", path: "data/x.csv", message: "data/x.csv could not be read (EACCES)." };
    const first = addRun(store, "first", { data: [read("data/x.csv", null)], gaps: [gap] });
    const second = addRun(store, "second", { data: [read("data/x.csv", sha("a"))] });
    const { uncertain } = await compareRuns(store, [first, second], readersOf());
    expect(uncertain.map(({ message }) => message)).toEqual([`${gap.message} So it may differ.`]);
  });

  it("go on when the code of one is gone, and say so", async () => {
    const store = tempStore();
    const ids = [addRun(store, "first"), addRun(store, "second", { code: { commit: "c2", tree: "t2" } })];
    const gone = async () => {
      throw new UserError("The code of this run is gone.");
    };
    const found = await compareRuns(store, ids, readersOf({ codeChanges: gone }));
    expect(found.code[1]!.changes).toBeNull();
    expect(found.uncertain).toMatchObject([{ sides: [0, 1], message: "The code of this run is gone." }]);
    expect(summarizeDifferences(found)).toBe("no difference found, but not all was recorded");
  });
});

describe("the workspace", () => {
  const now = { code: { ...CODE, tree: "t9" }, environment: ENVIRONMENT, gaps: [] };

  it("has code, environment, config and data, and no say in the rest", async () => {
    const store = tempStore();
    const id = addRun(store, "first", {
      params: { lr: "0.1" },
      points: [{ source: "output", points: points([1, 0.5]) }],
      data: [read("data/a.csv", sha("a")), read("data/gone.csv", sha("b")), wrote("model.pt", sha("1"))],
      config: [{ path: "conf.json", sha256: sha("d") }],
    });
    const readers = readersOf({
      workspace: async () => now,
      filesNow: async (paths) =>
        paths.map((path) => (path.endsWith("gone.csv") ? null : { path, sha256: sha("c"), size: 1 })),
      configValues: async (_, sha256) => ({ lr: sha256 === null ? "0.2" : "0.1" }),
    });
    const found = await compareRuns(store, [id, WORKSPACE], readers);
    expect(found.sides[1]).toMatchObject({ id: null, name: "workspace", status: null });
    expect(found).toMatchObject({ params: [], metrics: [], command: [], outputs: { files: [] } });
    expect(found.code[1]!.changes).toHaveLength(1);
    expect(found.data.counts).toMatchObject({ changed: 1, removed: 1 });
    expect(found.config).toMatchObject([{ path: "conf.json", keys: [{ name: "lr", values: ["0.1", "0.2"] }] }]);
  });

  it("is asked about files in portions, by the names that the runs have for them", async () => {
    const store = tempStore();
    const files = Array.from({ length: 5_000 }, (_, at) => read(`data/${at}`, sha("a")));
    const ids = [addRun(store, "first", { data: files }), addRun(store, "second", { data: files.slice(1) })];
    const asked: number[] = [];
    const readers = readersOf({
      workspace: async () => ({ ...now, code: CODE }),
      filesNow: async (paths) => {
        if (paths.length > 0) asked.push(paths.length);
        return paths.map((path) => ({ path, sha256: sha("a"), size: 10 }));
      },
    });
    const { data } = await compareRuns(store, [ids[0]!, WORKSPACE, ids[1]!], readers);
    expect(data.files).toMatchObject([{ path: "data/0", kind: "removed", files: [{}, {}, null] }]);
    expect(data.counts.same).toBe(4_999);
    expect(Math.max(...asked)).toBeLessThan(5_000);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(5_000);
  });
});

it("refuses what cannot be compared", async () => {
  const store = tempStore();
  const id = addRun(store, "first");
  await expect(compareRuns(store, [id], readersOf())).rejects.toThrow(UserError);
  await expect(compareRuns(store, [id, WORKSPACE, WORKSPACE], readersOf())).rejects.toThrow(/with itself/);
  await expect(compareRuns(store, [id, "0".repeat(32)], readersOf())).rejects.toThrow(/There is no run/);
});

it("stops when it is told to", async () => {
  const store = tempStore();
  const ids = [addRun(store, "first"), addRun(store, "second")];
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(compareRuns(store, ids, readersOf(), { signal })).rejects.toThrow("enough");
});
