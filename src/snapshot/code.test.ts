import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { gitIn, makeRepository, SOURCES, takeExact, writeFiles } from "./code/testRepository";

describe("what is captured", () => {
  test("a clean work tree is its own HEAD", async () => {
    const root = makeRepository(SOURCES);
    const { code } = await takeExact(root);
    const head = gitIn(root, "rev-parse", "HEAD");
    expect(code).toMatchObject({ commit: head, head, branch: "main", dirty: false, root });
    expect(code.tree).toBe(gitIn(root, "rev-parse", "HEAD^{tree}"));
    expect(gitIn(root, "rev-parse", `refs/modeltrail/snapshots/${head}`)).toBe(head);
  });

  test("staged, unstaged, untracked, deleted, renamed, made executable, turned into a link", async () => {
    const root = makeRepository({
      ...SOURCES,
      "gone.py": "1\n",
      "old.py": "moved\n",
      "run.sh": "#!/bin/sh\n",
      "l.py": "",
    });
    writeFiles(root, { "train.py": "staged\n" });
    gitIn(root, "add", "train.py");
    writeFiles(root, { "train.py": "staged, then changed\n", "lib/util.py": "x = 2\n", "new/untracked.py": "n\n" });
    fs.rmSync(path.join(root, "gone.py"));
    gitIn(root, "mv", "old.py", "Old.py");
    fs.chmodSync(path.join(root, "run.sh"), 0o755);
    fs.rmSync(path.join(root, "l.py"));
    fs.symlinkSync("train.py", path.join(root, "l.py"));
    const { code } = await takeExact(root);
    expect(code.dirty).toBe(true);
    expect(gitIn(root, "rev-parse", `${code.commit}^`)).toBe(code.head);
    expect(gitIn(root, "fsck", "--strict")).toBe("");
  });

  test("a change staged and taken back on disk is HEAD again", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "train.py": "staged\n" });
    gitIn(root, "add", "train.py");
    writeFiles(root, { "train.py": SOURCES["train.py"] });
    const { code } = await takeExact(root);
    expect(code).toMatchObject({ dirty: false, commit: code.head });
  });

  test("names that trip programs up", async () => {
    const names = [
      "-n",
      "--all",
      "a b.py",
      'quo"te.py',
      "back\\slash",
      "new\nline.py",
      "tab\t.py",
      "cr\r",
      "été.py",
      "日本.py",
      "*.py",
      ":(top)x",
      "#h",
      '"',
    ];
    const root = makeRepository({ "train.py": "1\n", 'tracked\n"ü".py': "1\n" });
    writeFiles(root, Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    writeFiles(root, { 'tracked\n"ü".py': "2\n" });
    await takeExact(root);
    await takeExact(root);
  });

  test.skipIf(process.platform !== "linux")("names and links that are not UTF-8", async () => {
    const root = makeRepository(SOURCES);
    const name = Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9, 0x2e]), Buffer.from("py")]);
    fs.writeFileSync(name, "latin1\n");
    fs.symlinkSync(Buffer.from([0xff, 0xfe]), path.join(root, "link"));
    await takeExact(root);
  });

  test("a file in place of a folder, a folder in place of a file, a link in place of a folder", async () => {
    const root = makeRepository({ ...SOURCES, "a/x.py": "1", "b/y.py": "1", c: "1" });
    for (const name of ["a", "b", "c"]) fs.rmSync(path.join(root, name), { recursive: true });
    writeFiles(root, { a: "file now", "c/d/e.py": "folder now" });
    fs.symlinkSync("lib", path.join(root, "b"));
    await takeExact(root);
  });

  test("files that git was told not to look at", async () => {
    const root = makeRepository({
      ...SOURCES,
      "local.py": "1\n",
      "other.py": "1\n",
      "same.py": "1\n",
      "gone.py": "1\n",
    });
    gitIn(root, "update-index", "--assume-unchanged", "local.py", "same.py", "gone.py");
    gitIn(root, "update-index", "--skip-worktree", "other.py");
    writeFiles(root, { "local.py": "changed\n", "other.py": "changed\n" });
    fs.rmSync(path.join(root, "gone.py"));
    await takeExact(root);
  });

  test("a change of the same size in the same clock tick as the index", async () => {
    const root = makeRepository(SOURCES);
    const index = path.join(root, ".git", "index");
    const tick = new Date(Date.now() - 100_000);
    fs.utimesSync(path.join(root, "train.py"), tick, tick);
    gitIn(root, "update-index", "--refresh");
    writeFiles(root, { "train.py": SOURCES["train.py"].replace("hi", "ho") });
    fs.utimesSync(path.join(root, "train.py"), tick, tick);
    // All that could tell the two apart is the index's own time: git ignores ctime here.
    gitIn(root, "config", "core.trustctime", "false");
    gitIn(root, "config", "core.checkStat", "minimal");
    fs.utimesSync(index, tick, tick);
    await takeExact(root);
  });

  test("intent to add, and paths under conflict", async () => {
    const root = makeRepository(SOURCES);
    gitIn(root, "checkout", "--quiet", "-b", "other");
    writeFiles(root, { "train.py": "theirs\n", "lib/util.py": "theirs\n" });
    gitIn(root, "commit", "--quiet", "-am", "theirs");
    gitIn(root, "checkout", "--quiet", "main");
    writeFiles(root, { "train.py": "ours\n" });
    gitIn(root, "rm", "--quiet", "lib/util.py");
    gitIn(root, "commit", "--quiet", "-am", "ours");
    expect(() => gitIn(root, "merge", "other")).toThrow();
    writeFiles(root, { "planned.py": "1\n" });
    gitIn(root, "add", "--intent-to-add", "planned.py");
    const { code } = await takeExact(root);
    expect(code.dirty).toBe(true);
    fs.rmSync(path.join(root, "train.py"));
    await takeExact(root);
  });

  test("ignored files are not in it, unless they are tracked", async () => {
    const root = makeRepository({ ...SOURCES, ".gitignore": "*.log\n" });
    writeFiles(root, { "a.log": "ignored", "kept.log": "kept" });
    gitIn(root, "add", "--force", "kept.log");
    await takeExact(root, ["a.log"]);
  });
});
