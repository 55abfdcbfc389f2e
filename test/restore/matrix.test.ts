/** Every state in which people start runs: restored byte by byte, or a gap names the file and the reason. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gitIn, makeRepository, program, temporaryFolder, writeFiles } from "../../src/snapshot/code/testRepository";
import { objectPath } from "../../src/store/objects";
import { openStore } from "../../src/store/open";
import { newRun } from "../../src/store/testStore";
import { baseEnvironment, makeProject, python, useCli } from "../recorder/cli";
import { sha256 } from "../recorder/place";
import { expectRestored, restoreTo, TRAIN } from "./restored";

useCli();

const FILES = { "train.py": TRAIN, "lib/util.py": "x = 1\n", "lib/deep/a.py": "y = 2\n", "docs/a.md": "a\n" };
/** Of the user's, in the home folder: `visit` sets HOME. */
const homeWith = (config: string) => ({ HOME: makeProject({ ".gitconfig": config }) });

describe.skipIf(process.platform === "win32")("changes", () => {
  test("staged, unstaged and untracked together, with modes and links", async () => {
    const root = makeRepository({ ...FILES, "both.py": "1\n", "tool.sh": "echo\n" });
    writeFiles(root, { "lib/util.py": "stashed\n" });
    gitIn(root, "stash", "push", "--quiet");
    writeFiles(root, { "staged.py": "staged\n", "both.py": "staged\n" });
    gitIn(root, "add", "staged.py", "both.py");
    writeFiles(root, {
      "both.py": "and changed\n",
      "lib/util.py": "unstaged\n",
      "new/untracked.py": "u\n",
      "empty.py": "",
    });
    gitIn(root, "add", "--intent-to-add", "empty.py");
    chmodSync(join(root, "tool.sh"), 0o755);
    symlinkSync("lib/util.py", join(root, "link.py"));
    symlinkSync("../docs", join(root, "lib/linked"));
    symlinkSync("nowhere", join(root, "dangling"));
    await expectRestored({ root });
  });

  test("deleted and renamed files, staged or not", async () => {
    const names = ["gone.py", "gone-staged.py", "old.py", "old-staged.py", "untracked-now.py", "folder/a.py"];
    const root = makeRepository({ ...FILES, ...Object.fromEntries(names.map((name) => [name, `${name}\n`])) });
    rmSync(join(root, "gone.py"));
    gitIn(root, "rm", "--quiet", "gone-staged.py");
    renameSync(join(root, "old.py"), join(root, "new.py"));
    gitIn(root, "mv", "old-staged.py", "new-staged.py");
    gitIn(root, "rm", "--quiet", "--cached", "untracked-now.py");
    // A file in the place of a folder, and a folder in that of a file.
    rmSync(join(root, "folder"), { recursive: true });
    rmSync(join(root, "docs"), { recursive: true });
    writeFiles(root, { folder: "a file\n", "docs/a.md/b.md": "deep\n" });
    await expectRestored({ root });
  });

  test("code that git ignores and the script imports", async () => {
    const script = `import secretless\nfrom ignored import deep\nimport sub.package.part\n${TRAIN}`;
    const root = makeRepository({
      ...FILES,
      "train.py": script,
      ".gitignore": "secretless.py\nignored/\npackage/\n*.log\n",
    });
    const code = { "secretless.py": "x = 1\n", "ignored/deep.py": "y = 1\n", "sub/package/part.py": "z = 1\n" };
    writeFiles(root, { ...code, "ignored/__init__.py": "", "unused.log": "no part of it\n" });
    const gaps = ["ignored/__init__.py", "ignored/deep.py", "secretless.py", "sub/package/part.py"];
    const { run, report } = await expectRestored({
      root,
      without: ["unused.log"],
      exact: true,
      gaps: expect.arrayContaining(gaps.map((path) => expect.objectContaining({ kind: "ignored", path }))) as never,
    });
    expect(run.gaps).toHaveLength(gaps.length);
    expect(report.written.data.files).toBe(gaps.length);
  });

  test.each(["true", "false"])("case-only renames, with core.ignorecase=%s", async (ignoreCase) => {
    const root = makeRepository({ ...FILES, "Model.py": "1\n", "Pack/a.py": "1\n", "README.md": "r\n" });
    gitIn(root, "config", "core.ignorecase", ignoreCase);
    renameSync(join(root, "Model.py"), join(root, "model.py"));
    renameSync(join(root, "Pack"), join(root, "pack"));
    renameSync(join(root, "README.md"), join(root, "readme.md"));
    gitIn(root, "-c", "core.ignorecase=false", "add", "--all", "pack", "Pack");
    await expectRestored({ root });
  });

  test("names that look like something else", async () => {
    const odd = {
      "-n": "dash\n",
      "--help": "two\n",
      ":(top)x": "magic\n",
      "a b\tc\nd.py": "space\n",
      "é/日本.py": "u\n",
      '"q".py': "q\n",
    };
    const root = makeRepository({ ...FILES, "-n": "committed\n" });
    writeFiles(root, { ...odd, "-r/-f": "nested\n" });
    await expectRestored({ root });
  });
});

describe.skipIf(process.platform === "win32")("settings of the user's", () => {
  const CRLF = {
    "win.py": "a\r\nb\r\n",
    "mixed.py": "a\r\nb\n",
    "unix.py": "a\nb\n",
    "image.bin": Buffer.from([0, 13, 10, 0]),
  };

  test.each(["true", "input"])("core.autocrlf=%s", async (autocrlf) => {
    const root = makeRepository({ ...FILES, ...CRLF }, { "core.autocrlf": autocrlf, "core.safecrlf": "false" });
    writeFiles(root, { "lib/util.py": "changed\r\n", "new.py": "n\r\nm\n" });
    await expectRestored({ root, env: homeWith(`[core]\n\tautocrlf = ${autocrlf}\n`) });
  });

  test("attributes that convert: line ends, ident, encodings, a filter", async () => {
    const filter = program("sed s/output//");
    const files = {
      ".gitattributes":
        "*.py text eol=crlf\n*.md ident\n*.txt working-tree-encoding=UTF-16LE-BOM eol=lf\n*.ipynb filter=strip\n",
      "a.md": "$Id: expanded $\n",
      "b.txt": Buffer.from("\ufeffa = 1\n", "utf16le"),
      "c.ipynb": "code output\n",
    };
    const root = makeRepository(
      { ...FILES, ...CRLF, ...files },
      { "filter.strip.clean": filter, "core.safecrlf": "false" },
    );
    await expectRestored({ root });
  });

  test("no diff prefixes, odd colours, orders and formats, all untracked files hidden", async () => {
    const config = `[diff]\n\tnoprefix = true\n\texternal = false\n\trenames = copies\n
[color]\n\tui = always\n[status]\n\tshowUntrackedFiles = no\n\trelativePaths = false\n\tshort = true
[core]\n\tquotePath = false\n\tabbrev = 4\n\tpager = false\n[log]\n\tshowSignature = true\n[format]\n\tpretty = oneline\n`;
    const root = makeRepository(FILES);
    writeFiles(root, { "train.py": `${TRAIN}# changed\n`, "new.py": "new\n" });
    await expectRestored({ root, env: homeWith(config) });
  });

  test("commits are signed by a program that fails", async () => {
    const config = `[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = ${program("exit 1")}\n[user]\n\tsigningKey = none\n`;
    const root = makeRepository(FILES);
    writeFiles(root, { "train.py": `${TRAIN}# changed\n` });
    await expectRestored({ root, env: homeWith(config) });
  });

  test("hooks that fail, and would change files", async () => {
    const root = makeRepository(FILES);
    const names =
      "pre-commit post-commit post-index-change reference-transaction post-checkout pre-auto-gc post-rewrite";
    for (const name of names.split(" ")) {
      writeFiles(root, { [`.git/hooks/${name}`]: `#!/bin/sh\necho hooked >> ${root}/lib/util.py\nexit 1\n` });
      chmodSync(join(root, ".git/hooks", name), 0o755);
    }
    writeFiles(root, { "train.py": `${TRAIN}# changed\n`, "new.py": "new\n" });
    await expectRestored({ root });
    expect(readFileSync(join(root, "lib/util.py"), "utf8")).toBe(FILES["lib/util.py"]);
  });

  test("a file system monitor that sees no change", async () => {
    const asked = join(temporaryFolder(), "asked");
    const monitor = program(`echo asked >> '${asked}'; printf 'token\\0'`);
    const root = makeRepository(FILES);
    gitIn(root, "config", "core.fsmonitor", monitor);
    gitIn(root, "update-index", "--fsmonitor");
    gitIn(root, "status");
    expect(existsSync(asked)).toBe(true);
    writeFiles(root, { "train.py": `${TRAIN}# changed\n`, "new.py": "new\n" });
    await expectRestored({ root });
  });

  test("nobody has said who commits", async () => {
    const env = { HOME: makeProject(), GIT_CONFIG_NOSYSTEM: "1", GIT_AUTHOR_EMAIL: "", EMAIL: "" };
    const root = makeRepository(FILES, { "user.useConfigOnly": "true" });
    writeFiles(root, { "train.py": `${TRAIN}# changed\n` });
    await expectRestored({ root, env });
  });
});

describe.skipIf(process.platform === "win32")("kinds of repositories", () => {
  test("none", async () => {
    const root = makeProject(FILES);
    symlinkSync("train.py", join(root, "link.py"));
    chmodSync(join(root, "lib/util.py"), 0o755);
    await expectRestored({ root });
  });

  test.each([["--cone"], ["--no-cone"], ["--sparse-index"]])("a sparse checkout, %s", async (form) => {
    const root = makeRepository({ ...FILES, "data/a.csv": "1\n", "docs/deep/b.md": "b\n" });
    const patterns = form === "--no-cone" ? ["/*", "!/docs/", "!/data/"] : ["lib"];
    gitIn(root, "sparse-checkout", "set", form, ...patterns);
    expect(existsSync(join(root, "docs"))).toBe(false);
    writeFiles(root, { "lib/util.py": "changed\n", "new.py": "new\n" });
    await expectRestored({ root });
  });

  test("a shallow clone", async () => {
    const origin = makeRepository(FILES);
    writeFiles(origin, { "train.py": `${TRAIN}# second\n` });
    gitIn(origin, "commit", "--quiet", "-am", "second");
    const root = join(temporaryFolder(), "clone");
    gitIn(origin, "clone", "--quiet", "--depth=1", `file://${origin}`, root);
    writeFiles(root, { "lib/util.py": "changed\n", "new.py": "new\n" });
    await expectRestored({ root });
    expect(gitIn(root, "rev-list", "--count", "HEAD")).toBe("1");
  });

  test("a linked work tree", async () => {
    const main = makeRepository(FILES);
    const root = join(temporaryFolder(), "linked");
    gitIn(main, "worktree", "add", "--quiet", "-b", "side", root);
    writeFiles(root, { "train.py": `${TRAIN}# on the side\n`, "new.py": "new\n" });
    await expectRestored({ root, watched: [root, main] });
  });

  test("a project in a subfolder, started from a deeper one", async () => {
    const root = makeRepository({ ...FILES, "sub/modeltrail.yaml": "{}\n", "sub/deep/train.py": TRAIN });
    const { report } = await expectRestored({ root, cwd: join(root, "sub/deep") });
    expect(report.project).toBe(join(report.folder, "sub"));
    expect(report.cwd).toBe(join(report.folder, "sub/deep"));
  });
});

describe.skipIf(process.platform === "win32")("repositories in repositories", () => {
  const add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add"];

  function withSubmodules(): string {
    const inner = makeRepository({ "inner.py": "i = 1\n", "win.py": "a\r\n" });
    const library = makeRepository({ "lib.py": "l = 1\n", "more/b.py": "b = 1\n" });
    gitIn(library, ...add, inner, "inner");
    gitIn(library, "commit", "--quiet", "-m", "with inner");
    const root = makeRepository(FILES);
    gitIn(root, ...add, library, "vendor/lib");
    gitIn(root, ...add, inner, "vendor/clean");
    gitIn(root, "commit", "--quiet", "-m", "with submodules");
    gitIn(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive");
    return root;
  }

  test("submodules, clean", async () => {
    await expectRestored({ root: withSubmodules() });
  });

  test("submodules, dirty: changed, new and deleted files, another commit, one in another", async () => {
    const root = withSubmodules();
    const inside = join(root, "vendor/lib");
    writeFiles(inside, { "lib.py": "changed\n", "untracked.py": "new\n", "inner/inner.py": "changed too\n" });
    rmSync(join(inside, "more/b.py"));
    const clean = join(root, "vendor/clean");
    writeFiles(clean, { "inner.py": "committed\n" });
    gitIn(clean, "commit", "--quiet", "-am", "inside");
    await expectRestored({ root });
  });

  test("submodules whose files git would convert, and one that is not checked out", async () => {
    const root = withSubmodules();
    gitIn(join(root, "vendor/clean"), "config", "core.autocrlf", "true");
    gitIn(join(root, "vendor/clean"), "add", "--renormalize", ".");
    gitIn(join(root, "vendor/clean"), "commit", "--quiet", "-m", "line ends");
    gitIn(root, "commit", "--quiet", "-am", "newer");
    gitIn(root, "submodule", "--quiet", "deinit", "--force", "vendor/lib");
    expect(readFileSync(join(root, "vendor/clean/win.py"), "utf8")).toBe("a\r\n");
    await expectRestored({ root });
  });

  test("after the submodules are gone from the work tree", async () => {
    const root = withSubmodules();
    writeFiles(root, { "vendor/lib/lib.py": "changed\n" });
    const { run, env, report } = await expectRestored({ root });
    gitIn(root, "submodule", "--quiet", "deinit", "--force", "--all");
    gitIn(root, "rm", "--quiet", "-r", "--force", "vendor");
    const again = restoreTo(join(temporaryFolder(), "again"), root, env, run.id);
    expect(again).toMatchObject({ exact: true, written: report.written });
  });

  test("a nested repository: its files, but what it ignores", async () => {
    const root = makeRepository(FILES);
    const nested = join(root, "third/party");
    mkdirSync(join(nested, ".."));
    cpSync(makeRepository({ "a.py": "1\n", ".gitignore": "*.log\n" }), nested, { recursive: true });
    writeFiles(nested, { "a.py": "changed\n", "new.py": "2\n", "x.log": "ignored" });
    await expectRestored({ root, without: ["third/party/x.log"] });
  });

  test("a nested repository that is ignored as a whole, and imported from", async () => {
    const script = `import sys\nsys.path.append("third")\nimport used\n${TRAIN}`;
    const root = makeRepository({ ...FILES, "train.py": script, ".gitignore": "third/\n" });
    cpSync(makeRepository({ "used.py": "1\n", "unused.py": "1\n" }), join(root, "third"), { recursive: true });
    const gaps = [{ kind: "ignored", path: "third/used.py" }] as const;
    await expectRestored({ root, without: ["third/unused.py"], gaps: [...gaps], exact: true });
  });
});

describe.skipIf(process.platform === "win32")("Git LFS", () => {
  /** What git-lfs does, as far as files of one machine go. */
  const LFS = `import hashlib, os, sys
data = sys.stdin.buffer.read()
store = lambda oid: os.path.join(os.environ["LFS_STORE"], oid[:2], oid[2:4], oid)
head = b"version https://git-lfs.github.com/spec/v1\\n"
if sys.argv[1] == "clean" and data and not data.startswith(head):
    oid = hashlib.sha256(data).hexdigest()
    os.makedirs(os.path.dirname(store(oid)), exist_ok=True)
    with open(store(oid), "wb") as file: file.write(data)
    data = head + b"oid sha256:%s\\nsize %d\\n" % (oid.encode(), len(data))
elif sys.argv[1] == "smudge" and data.startswith(head):
    oid = data.split(b"sha256:")[1][:64].decode()
    with open(store(oid), "rb") as file: data = file.read()
sys.stdout.buffer.write(data)
`;
  const MODEL = Buffer.alloc(5000, "weights");

  function lfsRepository(): { root: string; filter: string } {
    const tool = join(makeProject({ "lfs.py": LFS }), "lfs.py");
    const root = temporaryFolder();
    gitIn(root, "init", "--quiet", "--initial-branch=main");
    const filter = program(`LFS_STORE='${root}/.git/lfs/objects' exec '${python}' '${tool}' "$1"`);
    const settings = { clean: `${filter} clean`, smudge: `${filter} smudge`, required: "true" };
    for (const [name, value] of Object.entries(settings)) gitIn(root, "config", `filter.lfs.${name}`, value);
    writeFiles(root, { ...FILES, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "model.bin": MODEL });
    writeFiles(root, { "models/a.bin": "a", "models/b.bin": "b", "models/read.me": "r" });
    gitIn(root, "add", "--all");
    gitIn(root, "commit", "--quiet", "-m", "first");
    expect(gitIn(root, "cat-file", "blob", "HEAD:model.bin")).toContain(`oid sha256:${sha256(MODEL)}`);
    return { root, filter };
  }

  test("with its filter: contents on disk, committed, changed and new", async () => {
    const { root } = lfsRepository();
    writeFiles(root, {
      "models/a.bin": "changed",
      "new.bin": "new",
      "empty.bin": "",
      "train.py": `${TRAIN}# changed\n`,
    });
    await expectRestored({ root });
  });

  test("its filter was removed since the checkout", async () => {
    const { root } = lfsRepository();
    gitIn(root, "config", "--remove-section", "filter.lfs");
    writeFiles(root, { "new.bin": "new", "models/b.bin": "changed" });
    await expectRestored({ root });
  });

  test("without its filter: pointers on disk stay pointers", async () => {
    const { root: origin } = lfsRepository();
    const root = join(temporaryFolder(), "clone");
    gitIn(origin, "clone", "--quiet", origin, root);
    expect(readFileSync(join(root, "model.bin"), "utf8")).toContain("git-lfs");
    writeFiles(root, { "train.py": `${TRAIN}# changed\n` });
    await expectRestored({ root });
  });

  test("contents that LFS has pruned: the gap is named, the pointer is there", async () => {
    const { root } = lfsRepository();
    const { env } = await expectRestored({ root });
    rmSync(join(root, ".git/lfs"), { recursive: true });
    rmSync(join(root, "model.bin"));
    // Git may take a file that is as old as its index for changed, and then we have kept what is in it.
    rmSync(objectPath(join(root, ".modeltrail"), sha256(MODEL)), { force: true });
    const report = restoreTo(join(temporaryFolder(), "pruned"), root, env);
    const problem = { part: "code", path: "model.bin", fault: "not-kept" };
    expect(report).toMatchObject({
      exact: false,
      problems: expect.arrayContaining([expect.objectContaining(problem)]) as unknown as object[],
    });
  });
});

describe.skipIf(process.platform === "win32")("trouble", () => {
  test("git does not trust the repository", async () => {
    const root = makeRepository({ ...FILES, ".gitignore": "*.log\n" });
    writeFiles(root, { "train.py": `${TRAIN}# changed\n`, "new.py": "new\n", "a.log": "ignored" });
    const { run } = await expectRestored({
      root,
      without: ["a.log"],
      env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" },
      exact: true,
      gaps: [{ kind: "no-git", message: expect.stringContaining("safe.directory") as unknown as string }],
    });
    expect(run.snapshot.code.gitDir).toBe(join(root, ".modeltrail/code.git"));
  });

  test("the index is locked by another git", async () => {
    const root = makeRepository(FILES);
    writeFiles(root, { "train.py": `${TRAIN}# changed\n`, "new.py": "new\n", ".git/index.lock": "" });
    await expectRestored({ root });
    expect(readFileSync(join(root, ".git/index.lock"), "utf8")).toBe("");
  });

  test("a file that is written to while the snapshot is taken, and one that goes away", async () => {
    const root = makeRepository({ ...FILES, "log.txt": "" });
    const elsewhere = temporaryFolder();
    const bin = join(elsewhere, "bin");
    const { PATH = "" } = baseEnvironment(root);
    const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
    // Recorded, and only then: the run without us must find the same.
    const meddle = `case "$*" in *hash-object*) echo more >> '${root}/log.txt'; rm -f '${root}/brief.txt';; esac`;
    writeFiles(bin, { git: `#!/bin/sh\n${meddle}\nexec '${real}' "$@"\n` });
    chmodSync(join(bin, "git"), 0o755);
    writeFiles(root, { "train.py": `${TRAIN}# changed\n`, "log.txt": "begun\n", "brief.txt": "b\n" });
    await expectRestored({
      root,
      watched: [],
      env: { PATH: `${bin}:${PATH}` },
      inexact: ["log.txt"],
      gaps: [{ kind: "changed-while-hashing", path: "log.txt" }],
    });
    expect(existsSync(join(root, "brief.txt"))).toBe(false);
  });

  test("a source that is edited after the snapshot and before its use", async () => {
    const root = makeRepository({ ...FILES, "late.py": "x = 1\n" });
    appendFileSync(join(root, "train.py"), "open('late.py', 'w').write('x = 2\\n')\nimport late\n");
    await expectRestored({
      root,
      watched: [],
      inexact: ["late.py"],
      gaps: [{ kind: "changed-while-hashing", path: "late.py" }],
    });
  });
});

describe.skipIf(process.platform === "win32")("large files", () => {
  const reading = (name: string) => ({ ...FILES, "train.py": `open(${JSON.stringify(name)}, "rb").read(1)\n${TRAIN}` });

  test("a tracked one that has changed: too big for code, kept as what was read", async () => {
    const root = makeRepository({ ...reading("model.bin"), "model.bin": Buffer.alloc(11 << 20, 1) });
    writeFiles(root, { "model.bin": Buffer.alloc(11 << 20, 2) });
    await expectRestored({ root, gaps: [{ kind: "too-big", path: "model.bin" }], exact: true });
  });

  test("one of which only the hash is kept: from the original, and when that has changed, named", async () => {
    const root = makeRepository({ ...reading("data/big.bin"), ".gitignore": "data/\n" });
    writeFiles(root, { "data/big.bin": Buffer.alloc(51 << 20, 1) });
    const { env } = await expectRestored({ root, gaps: [{ kind: "hash-only", path: "data/big.bin" }], exact: true });
    writeFiles(root, { "data/big.bin": Buffer.alloc(51 << 20, 2) });
    const report = restoreTo(join(temporaryFolder(), "later"), root, env);
    expect(report).toMatchObject({ exact: false, problems: [{ path: "data/big.bin", fault: "not-kept" }] });
    expect(existsSync(join(report.folder, "data/big.bin"))).toBe(false);
  });
});

describe.skipIf(process.platform === "win32")("many", () => {
  test("20,000 files", async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `pack${index % 100}/part${index % 7}/f${index}.py`);
    const files = Object.fromEntries(names.map((name) => [name, `# ${name}\n`]));
    // Git would begin to collect garbage by itself, behind the commit's back.
    const root = makeRepository({ "train.py": TRAIN, ...files }, { "gc.auto": "0" });
    for (const name of names.slice(0, 10)) appendFileSync(join(root, name), "changed = 1\n");
    for (const name of names.slice(10, 15)) rmSync(join(root, name));
    writeFiles(root, { "new.py": "new\n" });
    const { report } = await expectRestored({ root });
    expect(report.written.code.files).toBe(19_997);
  });

  test("5,000 runs kept: each is still there, and so is the next", async () => {
    const root = makeRepository(FILES);
    const commits = fillWithRuns(root, 5_000);
    const { env } = await expectRestored({ root });
    const refs = gitIn(root, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/modeltrail/snapshots").split("\n");
    expect(new Set(refs)).toEqual(new Set([...commits, gitIn(root, "rev-parse", "HEAD")]));
    for (const index of [0, 1234, 4999]) {
      const { folder } = restoreTo(join(temporaryFolder(), "one"), root, env, `run-${index}`);
      expect(readFileSync(join(folder, "train.py"), "utf8")).toBe(`run = ${index}\n`);
    }
  });
});

/** Runs as so many recorders would have left them, each with code of its own; returns the commits. */
function fillWithRuns(root: string, count: number): string[] {
  const head = gitIn(root, "rev-parse", "HEAD");
  const commit = (index: number) => {
    const script = `run = ${index}\n`;
    return `commit refs/import\nmark :${index + 1}\ncommitter Modeltrail <modeltrail@localhost> 0 +0000\ndata 19\nModeltrail snapshot\nfrom ${head}\nM 100644 inline train.py\ndata ${script.length}\n${script}\n`;
  };
  const marks = join(temporaryFolder(), "marks");
  const input = Array.from({ length: count }, (_, index) => commit(index)).join("");
  execFileSync("git", ["fast-import", "--quiet", "--force", `--export-marks=${marks}`], { cwd: root, input });
  gitIn(root, "update-ref", "-d", "refs/import");
  const lines = readFileSync(marks, "utf8").trim().split("\n");
  const commits: string[] = [];
  for (const line of lines) commits[Number(line.slice(1, line.indexOf(" "))) - 1] = line.slice(line.indexOf(" ") + 1);
  const updates = commits.map((id) => `create refs/modeltrail/snapshots/${id} ${id}\n`).join("");
  execFileSync("git", ["update-ref", "--stdin"], { cwd: root, input: updates });
  const store = openStore(root);
  const code = { tree: null, head, branch: "main", dirty: true, gitDir: join(root, ".git"), root };
  commits.forEach((id, index) => {
    const run = store.createRun(newRun({ name: `run-${index}`, cwd: root, startTime: 1_000 + index }));
    store.setCode(run, { ...code, commit: id }, [], []);
    store.endRun(run, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 + index });
  });
  store.close();
  return commits;
}
