import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { GitError, git } from "../git";
import { type Head, readHead } from "./repository";
import { gitIn, makeRepository, SOURCES, temporaryFolder } from "./testRepository";
import { commitOnHead, copyIndex, type TreeEntry, writeCommit, writeTree } from "./treeBuilder";

const NULL_ID = "0".repeat(40);

async function setUp() {
  const cwd = makeRepository({
    ...SOURCES,
    "gone/a.txt": "a",
    "gone/b.txt": "b",
    "was/folder/c.txt": "c",
    "was-file": "d",
  });
  const context = { cwd };
  const head: Head = (await readHead(context))!;
  const { stdout } = await git(["hash-object", "-w", "--stdin"], { ...context, input: "new content" });
  return { cwd, context, head, blob: stdout.toString().trim() };
}

test("the short way to a commit makes the same one as the long way", async () => {
  const { cwd, context, head, blob } = await setUp();
  const entries = new Map<string, TreeEntry>([
    ["train.py", { mode: "100755", oid: blob }],
    ["gone/a.txt", null],
    ["gone/b.txt", null],
    ["was/folder/c.txt", null],
    ["was/folder", { mode: "100644", oid: blob }],
    ["was-file", null],
    ["was-file/inside.py", { mode: "100644", oid: blob }],
    ["a new/deep/file", { mode: "120000", oid: blob }],
    ['"quoted"', { mode: "100644", oid: blob }],
    ["two\nlines", { mode: "100644", oid: blob }],
    ["back\\slash", { mode: "100644", oid: blob }],
    // Bytes, in no encoding.
    ["\xff\x01 \x7f", { mode: "100644", oid: blob }],
    ["-n", { mode: "100644", oid: blob }],
    ["module", { mode: "160000", oid: head.commit }],
  ]);
  const notes = ["Absent: left%20out"];
  const short = await commitOnHead(context, head, entries, notes);

  const index = copyIndex(path.join(cwd, ".git/index"), temporaryFolder(), context);
  const tree = await writeTree(index.context, entries, NULL_ID);
  const commit = await writeCommit(context, tree, head, notes);
  index.close();
  expect(short).toEqual({ tree, commit });
  expect(gitIn(cwd, "for-each-ref", "refs/modeltrail")).toBe("");
  expect(gitIn(cwd, "fsck", "--no-dangling")).toBe("");
});

test("it stands on HEAD's own tree, whatever a replacement says", async () => {
  const { cwd, context, head, blob } = await setUp();
  gitIn(cwd, "replace", head.commit, gitIn(cwd, "commit-tree", "-m", "other", "HEAD:lib"));
  const { tree } = await commitOnHead(context, head, new Map([["train.py", { mode: "100644", oid: blob }]]), []);
  const expected = [
    "gone/a.txt",
    "gone/b.txt",
    "lib/deep/a.py",
    "lib/util.py",
    "train.py",
    "was-file",
    "was/folder/c.txt",
  ];
  expect(gitIn(cwd, "ls-tree", "-r", "--name-only", tree).split("\n")).toEqual(expected);
});

test("what fails leaves nothing behind", async () => {
  const { cwd, context, head } = await setUp();
  const before = fs.readdirSync(path.join(cwd, ".git"));
  const missing = new Map([["train.py", { mode: "100644", oid: "1".repeat(40) }]]);
  await expect(commitOnHead(context, head, missing, [])).rejects.toThrow(GitError);
  const odd = commitOnHead(context, { ...head, date: "long ago" }, new Map([["train.py", null]]), []);
  await expect(odd).rejects.toThrow(GitError);
  expect(fs.readdirSync(path.join(cwd, ".git"))).toEqual(before);
  expect(gitIn(cwd, "for-each-ref", "refs/modeltrail")).toBe("");
});
