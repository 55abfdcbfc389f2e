import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  filesInSnapshot,
  gitIn,
  makeRepository,
  makeStore,
  SOURCES,
  take,
  takeExact,
  temporaryFolder,
  writeFiles,
} from "./code/testRepository";

function makeFolder(files: Record<string, string | Buffer>): { root: string; store: string } {
  const root = temporaryFolder();
  writeFiles(root, files);
  const store = path.join(root, ".modeltrail");
  fs.mkdirSync(store);
  return { root, store };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("a folder without git", () => {
  test("is kept whole, in a repository of our own; equal states share a commit", async () => {
    const { root, store } = makeFolder({ ...SOURCES, "été/日本.py": "1\n", "-n": "x" });
    fs.symlinkSync("train.py", path.join(root, "link"));
    fs.chmodSync(path.join(root, "train.py"), 0o755);
    const { code } = await takeExact(root, [], { store });
    expect(code).toMatchObject({ head: null, branch: null, dirty: null, root, gitDir: path.join(store, "code.git") });
    expect((await takeExact(root, [], { store })).code.commit).toBe(code.commit);
    writeFiles(root, { "lib/util.py": "2\n" });
    fs.rmSync(path.join(root, "link"));
    expect((await takeExact(root, [], { store })).code.commit).not.toBe(code.commit);
    gitIn(path.join(store, "code.git"), "gc", "--quiet", "--prune=now");
    filesInSnapshot(code);
  });

  test("bytes are exact whatever attributes and settings say", async () => {
    const { root, store } = makeFolder({
      ".gitattributes": "* text=auto ident\n*.ipynb filter=strip\n",
      "a.py": "a\r\n# $Id: x $\r\n",
      "b.ipynb": "output\n",
    });
    const global = path.join(temporaryFolder(), "gitconfig");
    fs.writeFileSync(global, '[core]\n\tautocrlf = true\n[filter "strip"]\n\tclean = false\n\trequired\n');
    vi.stubEnv("GIT_CONFIG_GLOBAL", global);
    await takeExact(root, [], { store });
  });

  test("what tools make is left out, and what .gitignore names", async () => {
    const { root, store } = makeFolder({
      ...SOURCES,
      ".gitignore": "*.log\n",
      "a.log": "",
      "my-env/pyvenv.cfg": "",
      "my-env/lib/x.py": "",
      "conda/conda-meta/history": "",
      "conda/bin/python": "",
      "node_modules/a/index.js": "",
      "lib/__pycache__/util.cpython-311.pyc": "",
      ".ipynb_checkpoints/a.ipynb": "",
      "mlruns/0/meta.yaml": "",
      "wandb/run/x": "",
      ".DS_Store": "",
    });
    const names = async () => Object.keys(filesInSnapshot((await take(root, { store })).code));
    const expected = [".gitignore", ...Object.keys(SOURCES)].sort();
    expect(await names()).toEqual(expected);
    expect(await names()).toEqual(expected);
    // What was an environment once may become code.
    fs.rmSync(path.join(root, "my-env/pyvenv.cfg"));
    fs.rmSync(path.join(root, ".gitignore"));
    expect(await names()).toEqual(["a.log", "lib/deep/a.py", "lib/util.py", "my-env/lib/x.py", "train.py"]);
  });

  test("too big files and too heavy folders are named, also the next time", async () => {
    const images = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`data/images/${index}.png`, "x"]));
    const { root, store } = makeFolder({
      ...SOURCES,
      ...images,
      "data/readme.md": "r",
      "model.bin": Buffer.alloc(2000),
    });
    const limits = { fileBytes: 1000, files: 10 };
    for (let time = 0; time < 2; time++) {
      const { code, gaps } = await take(root, { store, limits });
      expect(gaps.map(({ kind, path: name }) => [kind, name]).sort()).toEqual([
        ["too-big", "data/images"],
        ["too-big", "model.bin"],
      ]);
      expect(Object.keys(filesInSnapshot(code))).toEqual(["data/readme.md", ...Object.keys(SOURCES).sort()]);
    }
  });

  test("a repository inside the folder is part of it", async () => {
    const { root, store } = makeFolder(SOURCES);
    fs.cpSync(makeRepository({ "inner.py": "1\n" }), path.join(root, "clone"), { recursive: true });
    await takeExact(root, [], { store });
  });

  test("an empty folder", async () => {
    const { root, store } = makeFolder({});
    const { code } = await takeExact(root, [], { store });
    expect(code.commit).not.toBeNull();
  });

  test("a bare repository, and the inside of .git", async () => {
    const bare = temporaryFolder();
    gitIn(bare, "init", "--quiet", "--bare");
    const { gaps, code } = await take(bare);
    expect(gaps).toEqual([]);
    expect(code.head).toBeNull();
    expect((await take(path.join(makeRepository(SOURCES), ".git"))).gaps).toEqual([]);
  });

  test.each(["its parent", "itself"])("the home folder, %s, is not looked through", async (which) => {
    const { root, store } = makeFolder(SOURCES);
    vi.spyOn(os, "homedir").mockReturnValue(which === "itself" ? root : path.join(root, "lib"));
    const { code, gaps } = await take(root, { store });
    expect(code.commit).toBeNull();
    expect(gaps).toMatchObject([{ kind: "other", message: expect.stringContaining("too wide") }]);
  });
});

describe("untracked files in a repository", () => {
  test("a home folder under git: what is tracked, and a gap", async () => {
    const root = makeRepository(SOURCES);
    vi.spyOn(os, "homedir").mockReturnValue(root);
    writeFiles(root, { "train.py": "2\n", "private.txt": "x" });
    const { code, gaps } = await take(root);
    expect(gaps).toMatchObject([{ kind: "other", path: "." }]);
    expect(Object.keys(filesInSnapshot(code))).toEqual(Object.keys(SOURCES).sort());
    expect(gitIn(root, "show", `${code.commit}:train.py`)).toBe("2");
  });

  test("limits hold; tracked files do not count", async () => {
    const root = makeRepository({ ...SOURCES, "big.csv": Buffer.alloc(5000) });
    writeFiles(root, {
      "a/1.bin": Buffer.alloc(600),
      "a/2.bin": Buffer.alloc(600),
      "b.py": "b",
      "c.bin": Buffer.alloc(999),
    });
    const { code, gaps } = await take(root, { limits: { fileBytes: 900, totalBytes: 1000 } });
    expect(gaps.map(({ kind, path: name }) => [kind, name]).sort()).toEqual([
      ["too-big", "a"],
      ["too-big", "c.bin"],
    ]);
    expect(Object.keys(filesInSnapshot(code))).toEqual(["b.py", "big.csv", ...Object.keys(SOURCES)].sort());
  });

  test("a tracked file that has grown too big stays as committed, and is named", async () => {
    const root = makeRepository({ ...SOURCES, "data.csv": "1\n" });
    writeFiles(root, { "data.csv": Buffer.alloc(2000) });
    const { code, gaps } = await take(root, { limits: { fileBytes: 1000 } });
    expect(gaps).toMatchObject([{ kind: "too-big", path: "data.csv" }]);
    expect(gitIn(root, "show", `${code.commit}:data.csv`)).toBe("1");
    expect(code.dirty).toBe(true);
  });

  test("environments and caches do not make a work tree dirty; the store is never in it", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "venv/pyvenv.cfg": "", "venv/bin/x": "", "__pycache__/a.pyc": "" });
    const store = path.join(root, "lib", "my store");
    writeFiles(store, { "db.sqlite": "x" });
    writeFiles(root, { ".modeltrail/db.sqlite": "x" });
    const { code, gaps } = await takeWithin(root, store);
    expect(gaps).toEqual([]);
    expect(code).toMatchObject({ dirty: false, commit: code.head });
  });

  test("many big files of one folder are said as one", async () => {
    const root = makeRepository(SOURCES);
    const files = Array.from({ length: 40 }, (_, index) => [`data/${index}.bin`, Buffer.alloc(200)] as const);
    writeFiles(root, Object.fromEntries(files));
    const { gaps } = await take(root, { limits: { fileBytes: 100 }, store: makeStore() });
    expect(gaps).toMatchObject([{ kind: "too-big", path: "data", message: expect.stringContaining("40 files") }]);
  });
});

/** The store lies in the work tree and is written to, so that only the rest can be compared. */
async function takeWithin(root: string, store: string) {
  const { snapshotCode } = await import("./code");
  return await snapshotCode(root, store);
}
