import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { IngestBatch, Store } from "../store/contract";
import { newRun, tempStore } from "../store/testStore";
import { snapshotCode } from "./code";
import { makeRepository, SOURCES, writeFiles } from "./code/testRepository";
import { codeChanges } from "./codeChanges";

/** A run of the files as they are now. */
async function addRun(store: Store, batch: IngestBatch = {}): Promise<string> {
  const id = store.createRun(newRun());
  const { code, gaps } = await snapshotCode(store.root, store.folder);
  store.setCode(id, code, gaps, []);
  store.ingest(id, batch);
  return id;
}

const never = new AbortController().signal;

test("from one run to another, and to the files as they are now", async () => {
  const store = tempStore(makeRepository(SOURCES));
  const first = await addRun(store);
  writeFiles(store.root, { "train.py": "print('ho')\n", "new.py": "" });
  const second = await addRun(store);
  writeFiles(store.root, { "new.py": "1\n" });
  expect(await codeChanges(store, first, second, never)).toEqual([
    { path: "new.py", from: null, kind: "added" },
    { path: "train.py", from: null, kind: "modified" },
  ]);
  expect(await codeChanges(store, second, null, never)).toEqual([{ path: "new.py", from: null, kind: "modified" }]);
  expect(await codeChanges(store, first, first, never)).toEqual([]);
});

test("without what the runs wrote, also when the project is a folder in the repository", async () => {
  const root = path.join(makeRepository({ "project/train.py": "1\n", "other.py": "1\n" }), "project");
  const store = tempStore(root);
  const wrote = (name: string) => ({ path: name, sha256: "a".repeat(64), size: 1 });
  const first = await addRun(store, { data: [{ ...wrote("out/model.txt"), role: "write" }] });
  writeFiles(root, { "out/model.txt": "1\n", "report.txt": "1\n", "../other.py": "2\n", "notes.txt": "mine\n" });
  const second = await addRun(store, { artifacts: [wrote("report.txt")] });
  expect((await codeChanges(store, first, second, never)).map((change) => change.path)).toEqual([
    "other.py",
    "project/notes.txt",
  ]);
  expect((await codeChanges(store, second, null, never)).map((change) => change.path)).toEqual([]);
});

test("a run without code says why", async () => {
  const store = tempStore(makeRepository(SOURCES));
  const first = await addRun(store);
  const bare = store.createRun(newRun({ name: "bare" }));
  store.ingest(bare, { gaps: [{ kind: "no-git", message: "Git is not installed." }] });
  await expect(codeChanges(store, first, bare, never)).rejects.toThrow(
    "The code of bare was not captured. Git is not installed.",
  );
  // The repository is gone, not the record.
  rmSync(path.join(store.root, ".git"), { recursive: true });
  const same = await addRun(store);
  expect(await codeChanges(store, first, same, never)).toEqual([]);
  writeFiles(store.root, { "train.py": "" });
  const second = await addRun(store);
  await expect(codeChanges(store, first, second, never)).rejects.toThrow(/no longer there/);
});
