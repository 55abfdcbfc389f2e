import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  filesInSnapshot,
  fingerprint,
  gitIn,
  makeRepository,
  SOURCES,
  take,
  takeExact,
  temporaryFolder,
  writeFiles,
} from "./code/testRepository";

describe("where repositories stand", () => {
  test("no commit yet: staged and untracked files, without a parent", async () => {
    const root = temporaryFolder();
    gitIn(root, "init", "--quiet", "--initial-branch=main");
    const empty = await takeExact(root);
    expect(empty.code).toMatchObject({ head: null, branch: "main", dirty: false });
    writeFiles(root, SOURCES);
    gitIn(root, "add", "train.py");
    const { code } = await takeExact(root);
    expect(code).toMatchObject({ head: null, dirty: true });
    expect(gitIn(root, "rev-list", "--count", code.commit!)).toBe("1");
  });

  test("a detached HEAD", async () => {
    const root = makeRepository(SOURCES);
    gitIn(root, "checkout", "--quiet", "--detach");
    writeFiles(root, { "train.py": "2\n" });
    const { code } = await takeExact(root);
    expect(code).toMatchObject({ branch: null, head: gitIn(root, "rev-parse", "HEAD") });
  });

  test("a linked work tree", async () => {
    const main = makeRepository(SOURCES);
    const root = path.join(temporaryFolder(), "linked");
    gitIn(main, "worktree", "add", "--quiet", "-b", "side", root);
    writeFiles(root, { "train.py": "side\n" });
    const before = fingerprint(main);
    const { code } = await takeExact(root);
    expect(code).toMatchObject({ branch: "side", root, gitDir: path.join(main, ".git") });
    expect(fingerprint(main)).toEqual(before);
    expect(gitIn(main, "rev-parse", `refs/modeltrail/snapshots/${code.commit}`)).toBe(code.commit);
  });

  test("a subfolder takes the whole repository; gaps are told from the subfolder", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "lib/new.py": "1\n", "lib/big.bin": Buffer.alloc(2000), "top.bin": Buffer.alloc(2000) });
    const { code, gaps } = await take(path.join(root, "lib"), { limits: { fileBytes: 1000 } });
    expect(code.root).toBe(root);
    expect(Object.keys(filesInSnapshot(code))).toContain("train.py");
    expect(gaps.map(({ path: name }) => name).sort()).toEqual([path.join(root, "top.bin"), "big.bin"].sort());
  });

  test("a folder whose name has a line break", async () => {
    const root = path.join(temporaryFolder(), "line\nbreak é");
    fs.cpSync(makeRepository(SOURCES), root, { recursive: true });
    writeFiles(root, { "train.py": "2\n" });
    const { code } = await takeExact(root);
    expect(code.root).toBe(root);
  });

  test("a shallow clone", async () => {
    const origin = makeRepository(SOURCES);
    writeFiles(origin, { "train.py": "2\n" });
    gitIn(origin, "commit", "--quiet", "-am", "second");
    const root = path.join(temporaryFolder(), "clone");
    gitIn(origin, "clone", "--quiet", "--depth=1", `file://${origin}`, root);
    writeFiles(root, { "train.py": "3\n" });
    await takeExact(root);
    expect(gitIn(root, "fsck", "--strict")).toBe("");
  });

  test("a repository with SHA-256 ids", async () => {
    const root = temporaryFolder();
    gitIn(root, "init", "--quiet", "--object-format=sha256");
    writeFiles(root, SOURCES);
    gitIn(root, "add", "--all");
    gitIn(root, "commit", "--quiet", "-m", "first");
    writeFiles(root, { "train.py": "2\n", "new.py": "1\n" });
    fs.rmSync(path.join(root, "lib/util.py"));
    const { code, gaps } = await take(root);
    expect(gaps).toEqual([]);
    expect(code.commit).toHaveLength(64);
    expect(gitIn(root, "ls-tree", "-r", "--name-only", code.commit!)).toBe("lib/deep/a.py\nnew.py\ntrain.py");
    expect(gitIn(root, "show", `${code.commit}:train.py`)).toBe("2");
  });

  test("a sparse checkout: the tree is whole, the commit names what was not on disk", async () => {
    const root = makeRepository({ ...SOURCES, "docs/a.md": "a", "docs/deep/b.md": "b", "data/c.csv": "c" });
    gitIn(root, "sparse-checkout", "set", "lib");
    expect(fs.existsSync(path.join(root, "docs"))).toBe(false);
    const clean = await takeExact(root);
    expect(clean.code).toMatchObject({ dirty: false, tree: gitIn(root, "rev-parse", "HEAD^{tree}") });
    expect(gitIn(root, "log", "-1", "--format=%b", clean.code.commit!)).toBe("Absent: data/\nAbsent: docs/");
    writeFiles(root, { "lib/util.py": "changed\n", "docs/a.md": "written nonetheless" });
    const { code } = await takeExact(root);
    expect(gitIn(root, "ls-tree", "-r", "--name-only", code.commit!)).toContain("data/c.csv");
  });

  test("the index in all its forms", async () => {
    const forms = [
      ["update-index", "--index-version=4"],
      ["update-index", "--split-index"],
      ["update-index", "--untracked-cache"],
    ];
    for (const form of forms) {
      const root = makeRepository(SOURCES, { "core.untrackedCache": "true", "core.splitIndex": "true" });
      gitIn(root, ...form);
      writeFiles(root, { "lib/util.py": "2\n", "new.py": "n\n" });
      await takeExact(root);
    }
  });

  test("a sparse index", async () => {
    const root = makeRepository({ ...SOURCES, "docs/a.md": "a", "docs/deep/b.md": "b" });
    gitIn(root, "sparse-checkout", "set", "--cone", "--sparse-index", "lib");
    writeFiles(root, { "lib/util.py": "2\n" });
    await takeExact(root);
  });
});

describe("repositories within repositories", () => {
  function withSubmodule(): { root: string; inside: string } {
    const library = makeRepository({ "lib.py": "1\n", "more/b.py": "1\n" });
    const root = makeRepository(SOURCES);
    gitIn(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
    gitIn(root, "commit", "--quiet", "-m", "with submodule");
    return { root, inside: path.join(root, "vendor/lib") };
  }

  test("a clean submodule is kept from its own garbage collection", async () => {
    const { root, inside } = withSubmodule();
    const { code } = await takeExact(root);
    expect(code).toMatchObject({ dirty: false, commit: code.head });
    const commit = gitIn(inside, "rev-parse", "HEAD");
    expect(gitIn(inside, "rev-parse", `refs/modeltrail/snapshots/${commit}`)).toBe(commit);
  });

  test("a dirty submodule is captured whole", async () => {
    const { root, inside } = withSubmodule();
    writeFiles(inside, { "lib.py": "changed\n", "untracked.py": "new\n" });
    const { code } = await takeExact(root);
    expect(code.dirty).toBe(true);
    expect(gitIn(inside, "fsck", "--strict")).toBe("");
  });

  test("a submodule at another commit", async () => {
    const { root, inside } = withSubmodule();
    writeFiles(inside, { "lib.py": "committed\n" });
    gitIn(inside, "commit", "--quiet", "-am", "inside");
    const { code } = await takeExact(root);
    expect(gitIn(root, "ls-tree", code.commit!, "vendor/lib")).toContain(gitIn(inside, "rev-parse", "HEAD"));
    // The user goes back and collects garbage: the run's commit stays.
    gitIn(inside, "checkout", "--quiet", "HEAD~1");
    gitIn(inside, "reflog", "expire", "--expire=now", "--all");
    gitIn(inside, "branch", "--force", "main", "HEAD");
    gitIn(inside, "gc", "--quiet", "--prune=now");
    filesInSnapshot(code);
  });

  test("a submodule that is not checked out", async () => {
    const { root } = withSubmodule();
    gitIn(root, "submodule", "--quiet", "deinit", "--force", "vendor/lib");
    const { code } = await takeExact(root);
    expect(code.dirty).toBe(false);
  });

  test("a submodule that git cannot read is named", async () => {
    const { root, inside } = withSubmodule();
    writeFiles(inside, { "lib.py": "changed\n" });
    fs.writeFileSync(path.join(root, ".git/modules/vendor/lib/index"), "damaged");
    const { gaps, code } = await take(root);
    expect(gaps.map(({ kind }) => kind)).toContain("submodule");
    expect(gaps.find(({ kind }) => kind === "submodule")?.path).toBe("vendor/lib");
    expect(code.dirty).toBe(true);
  });

  test("nested repositories are taken as files, what they ignore left out", async () => {
    const root = makeRepository(SOURCES);
    const nested = path.join(root, "third/party");
    fs.mkdirSync(path.dirname(nested));
    fs.cpSync(makeRepository({ "a.py": "1\n", ".gitignore": "*.log\n" }), nested, { recursive: true });
    fs.cpSync(makeRepository({ "inner.py": "1\n" }), path.join(nested, "inner"), { recursive: true });
    writeFiles(nested, { "a.py": "changed\n", "new.py": "2\n", "x.log": "ignored" });
    const { code } = await takeExact(root, ["third/party/x.log"]);
    expect(code.dirty).toBe(true);
  });

  test("a nested repository that git cannot read is named", async () => {
    const root = makeRepository(SOURCES);
    fs.cpSync(makeRepository({ "a.py": "1\n" }), path.join(root, "nested"), { recursive: true });
    fs.writeFileSync(path.join(root, "nested/.git/index"), "damaged");
    const { gaps } = await take(root);
    expect(gaps).toMatchObject([{ kind: "nested-repository", path: "nested" }]);
  });
});
