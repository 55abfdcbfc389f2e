import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readMarks } from "../../snapshot/code/storeMark";
import { gitIn, makeRepository, SOURCES, temporaryFolder, writeFiles } from "../../snapshot/code/testRepository";
import { listTree } from "../../snapshot/codeReader";
import type { Store } from "../../store/contract";
import { listObjects } from "../../store/objects";
import { newRun, tempStore } from "../../store/testStore";
import { freeObjects } from "../freeObjects";
import { freeNow, record, snapshotRefs } from "../testSpace";
import { freeCode } from "./freeCode";
import { packOwnCode } from "./ownCode";

const change = (root: string, text: string) => writeFileSync(path.join(root, "train.py"), text);
const commitOf = (store: Store, id: string) => store.getRun(id)!.snapshot.code.commit!;

/** Runs of three states of one project; the first two are of the same state. */
async function threeStates() {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  const states = [];
  for (const text of ["print(1)\n", "print(1)\n", "print(2)\n", "print(3)\n"]) {
    change(root, text);
    states.push(await record(store, { code: true }));
  }
  return { root, store, runs: states as [string, string, string, string] };
}

test("a snapshot goes with the last run that has it; nothing else is touched", async () => {
  const { root, store, runs } = await threeStates();
  const [first, second, third, fourth] = runs;
  const [one, , two, three] = runs.map((id) => commitOf(store, id));
  gitIn(root, "update-ref", `refs/modeltrail/snapshots/${gitIn(root, "rev-parse", "HEAD")}`, "HEAD");
  const others = gitIn(root, "for-each-ref", "refs/heads", "refs/tags");
  freeNow(store, first, third);
  expect(await freeCode(store)).toEqual({ refs: 1, notes: [] });
  expect(snapshotRefs(root).sort()).toEqual([one, three, gitIn(root, "rev-parse", "HEAD")].sort());
  expect(store.listFreedCode()).toEqual([]);
  gitIn(root, "gc", "--quiet", "--prune=now");
  for (const id of [second, fourth]) {
    const { gitDir, commit, root: top } = store.getRun(id)!.snapshot.code;
    expect(await listTree({ gitDir: gitDir!, commit: commit!, root: top })).toHaveLength(3);
  }
  expect(() => gitIn(root, "cat-file", "-e", two!)).toThrow();
  expect(gitIn(root, "for-each-ref", "refs/heads", "refs/tags")).toBe(others);
  expect(gitIn(root, "fsck", "--full")).not.toMatch(/missing|broken/);
});

test("the same state can be recorded again after its snapshot was freed and collected", async () => {
  const root = makeRepository(SOURCES);
  writeFiles(root, { "new.py": "untracked = True\n" });
  const store = tempStore(root);
  const first = await record(store, { code: true });
  const commit = commitOf(store, first);
  freeNow(store, first);
  await freeCode(store);
  gitIn(root, "gc", "--quiet", "--prune=now");
  const again = await record(store, { code: true });
  expect(store.getRun(again)!.gaps).toEqual([]);
  expect(commitOf(store, again)).toBe(commit);
  expect(gitIn(root, "show", `${commit}:new.py`)).toBe("untracked = True");
});

test("what a store in another work tree needs stays, until it is gone from there too", async () => {
  const root = makeRepository(SOURCES);
  const tree = path.join(temporaryFolder(), "tree");
  gitIn(root, "worktree", "add", "--quiet", "--detach", tree);
  const [store, other] = [tempStore(root), tempStore(tree)];
  for (const place of [root, tree]) change(place, "print(1)\n");
  const [mine, theirs] = [await record(store, { code: true }), await record(other, { code: true })];
  const commit = commitOf(store, mine);
  expect(commitOf(other, theirs)).toBe(commit);
  freeNow(store, mine);
  expect(await freeCode(store)).toEqual({ refs: 0, notes: [] });
  expect(snapshotRefs(root)).toEqual([commit]);
  freeNow(other, theirs);
  expect(await freeCode(other)).toEqual({ refs: 1, notes: [] });
  expect(snapshotRefs(root)).toEqual([]);
});

test("while another store cannot be asked, nothing is removed; a run that is starting is waited for", async () => {
  const root = makeRepository(SOURCES);
  const tree = path.join(temporaryFolder(), "deep", "tree");
  gitIn(root, "worktree", "add", "--quiet", "--detach", tree);
  const store = tempStore(root);
  const other = tempStore(tree);
  await record(other, { code: true });
  change(root, "print(1)\n");
  const mine = await record(store, { code: true });
  freeNow(store, mine);
  other.close();
  rmSync(tree, { recursive: true });
  const { refs, notes } = await freeCode(store);
  expect(refs).toBe(0);
  expect(notes.join()).toContain(path.join(tree, ".modeltrail"));
  expect(store.listFreedCode()).toHaveLength(1);
  expect(snapshotRefs(root)).toHaveLength(2);
});

test("a run that is taking its code keeps what it may be about to name", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  change(root, "print(1)\n");
  const [first, second] = [await record(store, { code: true }), store.createRun(newRun())];
  const { code } = store.getRun(first)!.snapshot;
  freeNow(store, first);
  const freeing = freeCode(store);
  // It found the ref in place, and says so only now.
  setTimeout(() => store.setCode(second, code, [], []), 300);
  expect(await freeing).toEqual({ refs: 0, notes: [] });
  expect(snapshotRefs(root)).toEqual([code.commit]);
});

test("snapshots of submodules go with those that name them", async () => {
  const library = makeRepository({ "lib.py": "a = 1\n" });
  const root = makeRepository(SOURCES);
  gitIn(root, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", library, "lib2");
  gitIn(root, "commit", "--quiet", "-m", "with a submodule");
  const inner = path.join(root, "lib2");
  const store = tempStore(root);
  const states = [];
  for (const text of ["a = 2\n", "a = 3\n"]) {
    writeFileSync(path.join(inner, "lib.py"), text);
    states.push(await record(store, { code: true }));
  }
  change(root, "print(3)\n");
  const sameInside = await record(store, { code: true });
  expect(snapshotRefs(inner)).toHaveLength(2);
  freeNow(store, states[1]!);
  expect(await freeCode(store)).toEqual({ refs: 1, notes: [] });
  expect(snapshotRefs(inner)).toHaveLength(2);
  freeNow(store, states[0]!);
  expect(await freeCode(store)).toEqual({ refs: 2, notes: [] });
  expect(snapshotRefs(inner)).toHaveLength(1);
  freeNow(store, sameInside);
  await freeCode(store);
  expect(snapshotRefs(inner)).toEqual([]);
  expect(snapshotRefs(root)).toEqual([]);
});

test("our own repository is packed, and rid of what nothing keeps", async () => {
  const root = temporaryFolder();
  const store = tempStore(root);
  const states = [];
  for (let i = 0; i < 4; i++) {
    writeFiles(root, {
      "train.py": `print(${i})\n`,
      "noise.txt": execFileSync("head", ["-c", "20000", "/dev/urandom"]),
    });
    states.push(await record(store, { code: true }));
  }
  const gitDir = path.join(store.folder, "code.git");
  for (const name of readdirSync(path.join(gitDir, "objects"), { recursive: true, encoding: "utf8" })) {
    // As if written before this hour.
    utimesSync(path.join(gitDir, "objects", name), 1e9, 1e9);
  }
  freeNow(store, ...states.slice(0, 3));
  expect((await freeCode(store)).refs).toBe(3);
  expect(await packOwnCode(store, true)).toBeGreaterThan(55_000);
  const { commit } = store.getRun(states[3]!)!.snapshot.code;
  expect(gitIn(gitDir, "show", `${commit}:train.py`)).toBe("print(3)");
  const again = await record(store, { code: true });
  expect(commitOf(store, again)).toBe(commit);
});

test("files of Git LFS stay as long as code points to them", async () => {
  const root = makeRepository({ ...SOURCES, ".gitattributes": "*.bin filter=lfs\n" });
  const store = tempStore(root);
  writeFileSync(path.join(root, "model.bin"), "large");
  const [first, second] = [await record(store, { code: true }), await record(store, { code: true })];
  const [sha256] = [...listObjects(store.folder)];
  freeNow(store, first);
  await freeObjects(store, new Set());
  expect([...listObjects(store.folder)]).toEqual([sha256]);
  freeNow(store, second);
  await freeCode(store);
  expect(await freeObjects(store, new Set())).toMatchObject({ objects: 1, bytes: 5 });
});

test("while a repository is not there, only what freed runs had goes", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  await record(store, { code: true });
  const gone = await record(store, { data: { "a.csv": "aaa", "b.csv": "bbbb" } });
  const own = [...store.ownObjects([gone])].map(({ sha256 }) => sha256);
  freeNow(store, gone);
  rmSync(path.join(root, ".git"), { recursive: true });
  expect(await freeObjects(store, new Set())).toMatchObject({ objects: 0, bytes: 0 });
  expect(await freeObjects(store, new Set(own))).toMatchObject({ objects: 2, bytes: 7 });
});

test("a store says where it is once, also after its mark was packed", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  await record(store, { code: true });
  const mark = gitIn(root, "for-each-ref", "refs/modeltrail/stores");
  expect(mark.split("\n")).toHaveLength(1);
  gitIn(root, "pack-refs", "--all");
  await record(store, { code: true });
  expect(gitIn(root, "for-each-ref", "refs/modeltrail/stores")).toBe(mark);
  expect(await readMarks(path.join(root, ".git"))).toEqual([
    { id: expect.stringMatching(/^\w{32}$/), folder: store.folder },
  ]);
});

test("a store that was moved is asked where it is now", async () => {
  const root = makeRepository(SOURCES);
  const [before, after] = ["tree", "moved"].map((name) => path.join(temporaryFolder(), name)) as [string, string];
  gitIn(root, "worktree", "add", "--quiet", "--detach", before);
  const [store, other] = [tempStore(root), tempStore(before)];
  for (const place of [root, before]) change(place, "print(1)\n");
  const mine = await record(store, { code: true });
  await record(other, { code: true });
  other.close();
  gitIn(root, "worktree", "move", before, after);
  freeNow(store, mine);
  expect((await freeCode(store)).notes).toEqual([expect.stringContaining(before)]);
  await record(tempStore(after), { code: true });
  expect(await freeCode(store)).toEqual({ refs: 0, notes: [] });
  expect(snapshotRefs(root)).toHaveLength(1);
});
