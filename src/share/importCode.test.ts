import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fingerprint, gitIn, makeRepository, SOURCES, temporaryFolder } from "../snapshot/code/testRepository";
import type { Store } from "../store/contract";
import { hasObject, objectPath } from "../store/objects";
import { tempStore } from "../store/testStore";
import { exportRuns } from "./exportRuns";
import { importRuns } from "./importRuns";
import { addRun, codeOf, writeText } from "./testRuns";

/** Records the project as it is and exports that. */
async function record(root: string): Promise<{ id: string; file: string; files: Record<string, string> | null }> {
  const store = tempStore(root);
  const id = await addRun(store);
  const file = path.join(temporaryFolder(), "runs.zip");
  expect((await exportRuns(store, [id], file)).missing).toEqual([]);
  const files = await codeOf(store.getRun(id)!);
  store.close();
  return { id, file, files };
}

const codeAt = (store: Store, id: string) => store.getRun(id)!.snapshot.code;
const fsck = (gitDir: string) => gitIn(gitDir, "fsck", "--full", "--strict", "--no-dangling");

/** All of a repository but what is ours in it, and in its submodules. */
const stateOf = (folder: string) =>
  Object.fromEntries(
    Object.entries(fingerprint(folder)).filter(
      ([name]) => !/\.git\/(.*\/)?(objects|refs\/modeltrail|modeltrail)\//.test(name),
    ),
  );

function clone(root: string, ...options: string[]): string {
  const folder = path.join(temporaryFolder(), "clone");
  gitIn(root, "clone", "--quiet", ...options, `file://${root}`, folder);
  return folder;
}

/** A repository with a submodule in vendor/lib, both with changes that are not committed. */
function withSubmodule(): { root: string; library: string } {
  const library = makeRepository({ "lib.py": "lib = 1\n" });
  const root = makeRepository(SOURCES);
  gitIn(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
  gitIn(root, "commit", "--quiet", "-m", "with submodule");
  writeText(root, { "train.py": "changed\n", "vendor/lib/lib.py": "lib = 2\n", "vendor/lib/new.py": "new\n" });
  return { root, library };
}

describe("code of an imported run goes", () => {
  test("into the project's own repository when that has the commit below it", async () => {
    const root = makeRepository(SOURCES);
    const here = clone(root);
    gitIn(here, "commit", "--quiet", "--allow-empty", "-m", "going on");
    writeText(root, { "train.py": "changed\n", "new.py": "untracked\n" });
    const { id, file, files } = await record(root);
    rmSync(root, { recursive: true });
    const before = stateOf(here);
    const store = tempStore(here);
    await importRuns(store, file);
    expect(codeAt(store, id)).toMatchObject({ gitDir: path.join(here, ".git"), root: here });
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
    expect(stateOf(here)).toEqual(before);
    expect(fsck(here)).toBe("");
    gitIn(here, "gc", "--quiet", "--prune=now");
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
    expect(store.getRun(id)!.gaps.some(({ message }) => message.startsWith("Imported"))).toBe(false);
  });

  test("of an unchanged work tree: only a ref is added", async () => {
    const root = makeRepository(SOURCES);
    const here = clone(root);
    const { id, file, files } = await record(root);
    const objects = () => {
      const all = gitIn(here, "cat-file", "--batch-all-objects", "--batch-check").split("\n");
      return all.filter((line) => !line.includes(" blob "));
    };
    const before = objects();
    const store = tempStore(here);
    await importRuns(store, file);
    // Beside a note of ours that says whose snapshots are here.
    expect(objects()).toEqual(before);
    expect(codeAt(store, id)).toMatchObject({ gitDir: path.join(here, ".git"), dirty: false });
    expect(gitIn(here, "for-each-ref", "refs/modeltrail")).toContain(codeAt(store, id).commit!);
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
  });

  test("into code.git when the project's repository is another one", async () => {
    const root = makeRepository(SOURCES);
    writeText(root, { "train.py": "changed\n" });
    const { id, file, files } = await record(root);
    const here = makeRepository({ "other.py": "1\n" });
    const before = stateOf(here);
    const store = tempStore(here);
    await importRuns(store, file);
    expect(codeAt(store, id)).toMatchObject({ gitDir: path.join(store.folder, "code.git"), root: here });
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
    expect(stateOf(here)).toEqual(before);
    expect(gitIn(here, "for-each-ref", "refs/modeltrail")).toBe("");
    expect(fsck(path.join(store.folder, "code.git"))).not.toMatch(/missing|broken/);
  });

  test.each(["shallow", "sha256", "no commit", "no git"])("from a project with %s", async (kind) => {
    let root = makeRepository(SOURCES);
    if (kind === "shallow") {
      gitIn(root, "commit", "--quiet", "--allow-empty", "-m", "second");
      root = clone(root, "--depth=1");
    } else if (kind === "sha256") {
      root = temporaryFolder();
      gitIn(root, "init", "--quiet", "--object-format=sha256");
      writeText(root, SOURCES);
      gitIn(root, "add", "--all");
      gitIn(root, "commit", "--quiet", "-m", "first");
    } else {
      rmSync(path.join(root, ".git"), { recursive: true });
      if (kind === "no commit") gitIn(root, "init", "--quiet");
    }
    writeText(root, { "train.py": "changed\n" });
    const { id, file, files } = await record(root);
    rmSync(root, { recursive: true });
    const store = tempStore();
    await importRuns(store, file);
    const gitDir = path.join(store.folder, kind === "sha256" ? "code-sha256.git" : "code.git");
    expect(codeAt(store, id).gitDir).toBe(gitDir);
    expect(Object.keys(files!)).toContain("train.py");
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
    expect(fsck(gitDir)).not.toMatch(/missing|broken/);
  });

  test("with that of its submodules, where there is no work tree", async () => {
    const { root } = withSubmodule();
    const { id, file, files } = await record(root);
    expect(files).toMatchObject({ "vendor/lib/lib.py": "100644 lib = 2\n", "vendor/lib/new.py": "100644 new\n" });
    rmSync(root, { recursive: true });
    const store = tempStore();
    await importRuns(store, file);
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
    // What was imported can be passed on.
    const further = path.join(temporaryFolder(), "further.zip");
    expect((await exportRuns(store, [id], further)).missing).toEqual([]);
    const third = tempStore();
    await importRuns(third, further);
    expect(await codeOf(third.getRun(id)!)).toEqual(files);
  });

  test("with that of its submodules into their own repositories", async () => {
    const { root } = withSubmodule();
    const here = clone(root);
    gitIn(here, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init");
    const { id, file, files } = await record(root);
    rmSync(root, { recursive: true });
    const before = stateOf(here);
    const store = tempStore(here);
    await importRuns(store, file);
    expect(codeAt(store, id)).toMatchObject({ gitDir: path.join(here, ".git"), root: here });
    expect(await codeOf(store.getRun(id)!)).toEqual(files);
    expect(stateOf(here)).toEqual(before);
    expect(fsck(here)).toBe("");
    expect(fsck(path.join(here, "vendor/lib"))).toBe("");
    // With a submodule that is not checked out here, all of it goes to our own repository.
    const bare = tempStore(clone(here));
    await importRuns(bare, file);
    expect(codeAt(bare, id).gitDir).toBe(path.join(bare.folder, "code.git"));
    expect(await codeOf(bare.getRun(id)!)).toEqual(files);
  });

  test("with many files as a pack", async () => {
    const root = makeRepository(SOURCES);
    const here = clone(root);
    writeText(root, Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`m/f${n}.py`, `x = ${n}\n`])));
    const from = tempStore(root);
    const id = await addRun(from);
    const file = path.join(temporaryFolder(), "runs.zip");
    await exportRuns(from, [id], file);
    const store = tempStore(here);
    await importRuns(store, file);
    const { commit, gitDir } = codeAt(store, id);
    expect(gitIn(here, "count-objects", "-v")).toContain("packs: 2");
    expect(gitIn(gitDir!, "ls-tree", "-r", commit!)).toBe(gitIn(root, "ls-tree", "-r", commit!));
    expect(fsck(here)).toBe("");
  });
});

describe("files of Git LFS", () => {
  function lfsRepository(): string {
    const root = makeRepository({ ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "train.py": "1\n" });
    for (const [name, content] of Object.entries({
      "kept.bin": "in the store\n",
      "theirs.bin": "where LFS has it\n",
    })) {
      writeText(root, { [name]: content });
    }
    return root;
  }

  const hashOf = (content: string) => createHash("sha256").update(content).digest("hex");

  test("come with their contents, unless data is left out", async () => {
    const root = lfsRepository();
    const store = tempStore(root);
    const id = await addRun(store);
    // What LFS has fetched is in git's folder, and not in the store.
    const sha256 = hashOf("where LFS has it\n");
    const theirs = path.join(root, ".git/lfs/objects", sha256.slice(0, 2), sha256.slice(2, 4));
    mkdirSync(theirs, { recursive: true });
    renameSync(objectPath(store.folder, sha256), path.join(theirs, sha256));
    const [file, bare] = ["runs.zip", "bare.zip"].map((name) => path.join(temporaryFolder(), name)) as [string, string];
    await exportRuns(store, [id], file);
    await exportRuns(store, [id], bare, { withoutData: true });
    store.close();
    rmSync(root, { recursive: true });

    const here = tempStore();
    await importRuns(here, file);
    for (const content of ["in the store\n", "where LFS has it\n"]) {
      expect(readFileSync(objectPath(here.folder, hashOf(content)), "utf8")).toBe(content);
    }

    const without = tempStore();
    await importRuns(without, bare);
    expect(hasObject(without.folder, sha256)).toBe(false);
  });
});

describe("a project below its repository", () => {
  async function recordBelow(): Promise<{ id: string; file: string }> {
    const top = makeRepository({ "shared.py": "1\n", "jobs/wine/train.py": "2\n" });
    return await record(path.join(top, "jobs/wine"));
  }

  test("lies in its code as it did in a folder of the same name", async () => {
    const { id, file } = await recordBelow();
    const above = temporaryFolder();
    mkdirSync(path.join(above, "jobs/wine"), { recursive: true });
    const store = tempStore(path.join(above, "jobs/wine"));
    await importRuns(store, file);
    expect(codeAt(store, id).root).toBe(above);
    expect(store.getRun(id)!.gaps.some(({ message }) => message.startsWith("Imported"))).toBe(false);
  });

  test("lies otherwise elsewhere, which is said", async () => {
    const { id, file } = await recordBelow();
    const store = tempStore();
    await importRuns(store, file);
    expect(codeAt(store, id).root).toBe(store.root);
    expect(store.getRun(id)!.gaps.at(-1)?.message).toMatch(
      /^Imported to another place: .*the folder jobs\/wine in its code/,
    );
    expect((await importRuns(store, file)).runs).toMatchObject([{ outcome: "present" }]);
  });
});

test("a lock that another git holds on code.git is waited for, and named when it stays", async () => {
  const root = makeRepository(SOURCES);
  writeText(root, { "train.py": "changed\n" });
  const { id, file } = await record(root);
  const store = tempStore();
  mkdirSync(path.join(store.folder, "code.git"), { recursive: true });
  rmSync(path.join(store.folder, "code.git"), { recursive: true });
  gitIn(store.folder, "init", "--quiet", "--bare", "code.git");
  const lock = path.join(store.folder, "code.git", "shallow.lock");
  writeFileSync(lock, "");
  const importing = importRuns(store, file);
  await expect
    .poll(() => gitIn(path.join(store.folder, "code.git"), "count-objects"), { timeout: 30_000 })
    .not.toMatch(/^0 /);
  expect(store.listRuns({}).total).toBe(0);
  renameSync(lock, `${lock}.away`);
  await importing;
  expect(readFileSync(path.join(store.folder, "code.git", "shallow"), "latin1")).toContain(codeAt(store, id).commit!);
});
