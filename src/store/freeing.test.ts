import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunEnd, Store } from "./contract";
import { listObjects, objectPath, putBytes } from "./objects";
import { newRun, tempStore } from "./testStore";

const END: RunEnd = { status: "finished", exitCode: 0, signal: null, endTime: 2_000 };

const put = async (store: Store, text: string) => (await putBytes(store.folder, Buffer.from(text))).sha256;
const read = (store: Store, sha256: string) => readFileSync(objectPath(store.folder, sha256), "utf8");
const data = (sha256: string) => ({ data: [{ path: sha256, sha256, size: 1, role: "read" as const }] });
const remember = (store: Store, path: string, sha256: string) =>
  store.cacheHashes([{ path, sha256, stamp: { size: 1n, mtimeNs: 1n, ctimeNs: 1n, ino: 1n } }]);
const remembered = (store: Store, path: string) =>
  store.cachedHash(path, { size: 1n, mtimeNs: 1n, ctimeNs: 1n, ino: 1n });

function ended(store: Store, sha256?: string): string {
  const id = store.createRun(newRun());
  store.endRun(id, END, sha256 === undefined ? undefined : data(sha256));
  return id;
}

/** Throws away all objects that nothing names, up to the end. */
function free(store: Store): { bytes: number; waiting: number } {
  const freeing = store.startFreeing();
  freeing.throwAway([...listObjects(store.folder)]);
  return freeing.finish();
}

test("what nothing names goes, with what is remembered of it; the rest stays", async () => {
  const store = tempStore();
  const [kept, gone] = [await put(store, "kept"), await put(store, "gone")] as const;
  ended(store, kept);
  remember(store, "/kept", kept);
  remember(store, "/gone", gone);
  expect(free(store)).toEqual({ bytes: 4, waiting: 0 });
  expect([...listObjects(store.folder)]).toEqual([kept]);
  expect(remembered(store, "/kept")).toBe(kept);
  expect(remembered(store, "/gone")).toBeUndefined();
});

test("a deleted run's objects stay until it is freed", async () => {
  const store = tempStore();
  const sha256 = await put(store, "a");
  const id = ended(store, sha256);
  store.deleteRuns([id]);
  free(store);
  expect(read(store, sha256)).toBe("a");
  store.freeRuns([id]);
  expect(free(store).bytes).toBe(1);
});

test("what a version of a dataset lists stays as long as a run uses the version", async () => {
  const store = tempStore();
  const file = await put(store, "a");
  const version = await put(store, `${file} 1 a.csv\n`);
  const id = store.createRun(newRun());
  const dataset = { name: "d", kind: "dvc", version, files: 1, size: 1, role: "read" } as const;
  store.endRun(id, END, { datasets: [dataset] });
  free(store);
  expect(listObjects(store.folder)).toEqual(new Set([file, version]));
  store.deleteRuns([id]);
  store.freeRuns([id]);
  free(store);
  expect(listObjects(store.folder).size).toBe(0);
});

test("a recorder that counted on an object gets it back when it names it", async () => {
  const store = tempStore();
  const sha256 = await put(store, "a");
  const recorder = tempStore(store.root);
  const id = recorder.createRun(newRun());
  // The recorder has seen it, and has not said so yet.
  expect(free(store)).toEqual({ bytes: 0, waiting: 1 });
  expect(listObjects(store.folder).size).toBe(0);
  recorder.ingest(id, data(sha256));
  expect(read(store, sha256)).toBe("a");
  recorder.endRun(id, END);
  expect(free(store)).toEqual({ bytes: 0, waiting: 0 });
  expect(read(store, sha256)).toBe("a");
});

test("so does one that began while space was being freed, or whose freeing was killed", async () => {
  const store = tempStore();
  const [a, b] = [await put(store, "a"), await put(store, "b")] as const;
  const freeing = store.startFreeing();
  const recorder = tempStore(store.root);
  const id = recorder.createRun(newRun());
  freeing.throwAway([a, b]);
  recorder.ingest(id, data(a));
  expect(read(store, a)).toBe("a");
  freeing.abandon();
  recorder.endRun(id, END, data(b));
  expect(read(store, b)).toBe("b");
});

test("what waited goes when the runs have ended; what is remembered of it is forgotten then", async () => {
  const store = tempStore();
  const sha256 = await put(store, "a");
  const id = store.createRun(newRun());
  expect(free(store).waiting).toBe(1);
  // The recorder notes what it had hashed before, and never names it.
  remember(store, "/a", sha256);
  store.endRun(id, END);
  expect(free(store)).toEqual({ bytes: 1, waiting: 0 });
  expect(remembered(store, "/a")).toBeUndefined();
});

test("a run that began after does not make anything wait", async () => {
  const store = tempStore();
  const sha256 = await put(store, "a");
  const freeing = store.startFreeing();
  freeing.throwAway([sha256]);
  freeing.abandon();
  tempStore(store.root).createRun(newRun());
  const last = store.startFreeing();
  expect(last.trashed()).toEqual([sha256]);
  // It began in the epoch of the killed one, so it may have seen the object.
  expect(last.finish().waiting).toBe(1);

  const other = tempStore();
  await put(other, "a");
  const slow = other.startFreeing();
  slow.throwAway([...listObjects(other.folder)]);
  slow.abandon();
  const next = other.startFreeing();
  other.createRun(newRun());
  expect(next.finish().bytes).toBe(1);
});

test("an imported run's objects are held by a lease, and come back with the run", async () => {
  const store = tempStore();
  const from = tempStore();
  const sha256 = await put(store, "a");
  const run = from.getRun(ended(from, sha256))!;
  const importer = tempStore(store.root);
  const release = importer.holdObjects();
  expect(free(store)).toEqual({ bytes: 0, waiting: 1 });
  importer.importRun({ run, series: [] });
  release();
  expect(read(store, sha256)).toBe("a");
  free(store);
  expect(read(store, sha256)).toBe("a");
});

test("code that points to objects brings all back", async () => {
  const store = tempStore();
  const sha256 = await put(store, "a");
  const id = store.createRun(newRun());
  free(store);
  expect(existsSync(objectPath(store.folder, sha256))).toBe(false);
  const none = { commit: null, tree: null, head: null, branch: null, dirty: null, gitDir: null, root: null };
  store.setCode(id, none, [], []);
  expect(read(store, sha256)).toBe("a");
});

test("two do not free at once", () => {
  const store = tempStore();
  const freeing = store.startFreeing();
  expect(() => tempStore(store.root).startFreeing()).toThrow(/Another process is freeing/);
  freeing.finish();
  free(store);
});

test("a moment without code being taken is told from others", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  expect(store.whileNoCodeIsTaken(() => 1)).toBeUndefined();
  store.setCode(
    id,
    { commit: "c", tree: "t", head: null, branch: null, dirty: null, gitDir: "/g", root: "/r" },
    [],
    [],
  );
  expect(store.whileNoCodeIsTaken(() => 1)).toBe(1);
  const release = store.holdObjects();
  expect(store.whileNoCodeIsTaken(() => 1)).toBeUndefined();
  release();
  expect(store.whileNoCodeIsTaken(() => 1)).toBe(1);
  expect(store.listCode()).toMatchObject([{ commit: "c", gitDir: "/g" }]);
});

test("what may go: deleted runs, the first deleted first, then scratch runs; pinned ones never", () => {
  const store = tempStore();
  const run = (name: string, startTime: number, status: RunEnd["status"]) => {
    const id = store.createRun(newRun({ name, startTime }));
    store.endRun(id, { ...END, status, endTime: startTime + 10 });
    return id;
  };
  const [deleted, pinned] = [run("deleted", 5, "finished"), run("pinned", 6, "failed")] as const;
  run("late scratch", 9, "failed");
  run("scratch", 8, "failed");
  run("good", 7, "finished");
  store.setPinned([pinned], true);
  store.deleteRuns([deleted]);
  expect(store.listFreeable().map(({ name, kind }) => [name, kind])).toEqual([
    ["deleted", "deleted"],
    ["scratch", "scratch"],
    ["late scratch", "scratch"],
  ]);
});

test("what would be without use, run by run", () => {
  const store = tempStore();
  const [a, b, c] = ["aa".repeat(32), "bb".repeat(32), "cc".repeat(32)] as const;
  const [first, second, other] = [ended(store, a), ended(store, b), ended(store, c)] as const;
  store.ingest(second, data(a));
  store.ingest(other, data(b));
  const own = (...ids: string[]) => [...store.ownObjects(ids)];
  expect(own(first)).toEqual([]);
  expect(own(first, second)).toEqual([{ sha256: a, place: 1 }]);
  expect(own(second, first, other)).toEqual([
    { sha256: a, place: 1 },
    { sha256: b, place: 2 },
    { sha256: c, place: 2 },
  ]);
  expect(own()).toEqual([]);
});

test("what a dataset lists is without use with the last run that used the version", async () => {
  const store = tempStore();
  const files = [await put(store, "a"), await put(store, "b"), await put(store, "c")] as const;
  const listing = (...list: string[]) => put(store, list.map((sha256) => `${sha256} 1 x\n`).join(""));
  const [v1, v2] = [await listing(files[0], files[1]), await listing(files[1], files[2])];
  const used = (experiment: string, version: string) => {
    const id = store.createRun(newRun({ experiment }));
    store.endRun(id, END, { datasets: [{ name: "d", kind: "read", version, files: 2, size: 2, role: "read" }] });
    return id;
  };
  const [first, again, second] = [used("x", v1), used("x", v1), used("y", v2)] as const;
  const own = (...ids: string[]) =>
    Object.fromEntries([...store.ownObjects(ids)].map((one) => [one.sha256, one.place]));
  expect(own(first)).toEqual({});
  expect(own(first, again)).toEqual({ [v1]: 1, [files[0]]: 1 });
  expect(own(second)).toEqual({ [v2]: 0, [files[2]]: 0 });
  expect(own(second, first, again)).toEqual({ [v1]: 2, [v2]: 0, [files[0]]: 2, [files[1]]: 2, [files[2]]: 0 });

  const uses = new Map(
    [...store.objectUses()].map((one) => [one.sha256, one.uses.map(({ experiment }) => experiment)]),
  );
  expect(uses.get(files[0])).toEqual(["x"]);
  expect(uses.get(files[1])!.sort()).toEqual(["x", "y"]);
  expect(uses.size).toBe(5);
});
