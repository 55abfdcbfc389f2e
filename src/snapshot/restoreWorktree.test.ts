import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import {
  filesOnDisk,
  fingerprint,
  gitIn,
  makeRepository,
  program,
  SOURCES,
  temporaryFolder,
  writeFiles,
} from "./code/testRepository";
import { restoreWorktree } from "./restoreWorktree";
import { recordRun } from "./testRestore";
import { buildHashWorker } from "./testWorker";

const pool = { workerFile: buildHashWorker() };

/** All of the user's but the register of linked work trees, which has one more for a while. */
function theirs(root: string): Record<string, string> {
  const state = fingerprint(root);
  for (const name of Object.keys(state)) if (name.startsWith(".git/worktrees/")) delete state[name];
  return state;
}

/** Restores the work tree as it is now, expects it to be exact and clean to git, and removes it; nothing else changes. */
async function expectRestored(root: string, read: string[] = []): Promise<void> {
  const { store, id } = await recordRun(root, { read: Object.fromEntries(read.map((name) => [name, true])) });
  const before = theirs(root);
  const to = path.join(temporaryFolder(), "tree");
  const report = await restoreWorktree(store, id, { to, pool });
  expect(report).toMatchObject({ exact: true, folder: to });
  const found = Object.entries(filesOnDisk(to)).filter(([name]) => !name.startsWith("modeltrail-outside/"));
  expect(Object.fromEntries(found)).toEqual(filesOnDisk(root));
  expect(gitIn(to, "rev-parse", "HEAD")).toBe(store.getRun(id)!.snapshot.code.commit);
  expect(gitIn(to, "branch", "--show-current")).toBe("");
  expect(gitIn(to, "status", "--porcelain")).toBe("");
  expect(theirs(root)).toEqual(before);
  gitIn(root, "worktree", "remove", to);
  expect(fs.existsSync(to)).toBe(false);
  expect(gitIn(root, "worktree", "list").split("\n")).toHaveLength(1);
  expect(theirs(root)).toEqual(before);
  expect(gitIn(root, "fsck", "--strict", "--no-dangling")).toBe("");
  expect(fs.readdirSync(path.join(store.folder, "tmp"))).toEqual([]);
}

test("changed, new and deleted files, with data", async () => {
  const elsewhere = temporaryFolder();
  writeFiles(elsewhere, { "far.csv": "far" });
  const root = makeRepository(
    { ...SOURCES, ".gitignore": "*.csv\n" },
    { "core.hooksPath": path.dirname(program("exit 1")) },
  );
  writeFiles(root, { "train.py": "changed\n", "new.py": "new\n", "a.csv": "a" });
  fs.rmSync(path.join(root, "lib/util.py"));
  fs.chmodSync(path.join(root, "new.py"), 0o755);
  await expectRestored(root, ["a.csv", path.join(elsewhere, "far.csv")]);
});

test("bytes that git would convert", async () => {
  const files = { "a.py": "a\r\nb\r\n", "mixed.py": "a\r\nb\n", "b.ipynb": "code output\n", "c.txt": "$Id: x $\r\n" };
  const attributes = "*.py text\n*.ipynb filter=strip\n*.txt ident eol=crlf\n";
  const config = { "core.autocrlf": "true", "core.safecrlf": "false", "filter.strip.clean": program("sed s/output//") };
  await expectRestored(makeRepository({ ...files, ".gitattributes": attributes }, config));
});

test("a sparse checkout, and ids of SHA-256", async () => {
  const sparse = makeRepository({ ...SOURCES, "docs/a.md": "a" });
  gitIn(sparse, "sparse-checkout", "set", "lib");
  await expectRestored(sparse);

  const wide = temporaryFolder();
  gitIn(wide, "init", "--quiet", "--object-format=sha256");
  writeFiles(wide, SOURCES);
  await expectRestored(wide);
});

test("what cannot be: code outside of any repository, a folder with something in it", async () => {
  const bare = temporaryFolder();
  writeFiles(bare, SOURCES);
  const outside = await recordRun(bare);
  const to = path.join(temporaryFolder(), "tree");
  await expect(restoreWorktree(outside.store, outside.id, { to, pool })).rejects.toThrow(
    "Restore it to a folder instead",
  );
  const root = makeRepository(SOURCES);
  const { store, id } = await recordRun(root);
  const before = fingerprint(root);
  writeFiles(to, { "mine.txt": "mine" });
  await expect(restoreWorktree(store, id, { to, pool })).rejects.toThrow("not empty");
  const missing = { ...store, root, folder: store.folder, getRun: () => null };
  await expect(restoreWorktree(missing, id, { to, pool })).rejects.toThrow("no longer there");
  expect(fingerprint(root)).toEqual(before);
});
