import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { snapshotCode } from "./code";
import {
  filesInSnapshot,
  gitIn,
  makeRepository,
  makeStore,
  program,
  SOURCES,
  take,
  takeExact,
  temporaryFolder,
  writeFiles,
} from "./code/testRepository";

afterEach(() => {
  vi.unstubAllEnvs();
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the user's settings", () => {
  test("no hook, monitor or signing program is run", async () => {
    const ran = path.join(temporaryFolder(), "ran");
    const trap = program(`echo "$0 $*" >> '${ran}'; exit 1`);
    const root = makeRepository(SOURCES, {
      "core.fsmonitor": trap,
      "gpg.program": trap,
      "commit.gpgSign": "true",
      "diff.external": trap,
      "core.editor": trap,
      "core.pager": trap,
      "alias.status": `!${trap}`,
    });
    for (const hook of ["pre-commit", "post-index-change", "reference-transaction", "post-commit", "commit-msg"]) {
      fs.mkdirSync(path.join(root, ".git/hooks"), { recursive: true });
      fs.copyFileSync(trap, path.join(root, ".git/hooks", hook));
    }
    fs.rmSync(ran, { force: true });
    writeFiles(root, { "train.py": "2\n", "new.py": "n\n" });
    await takeExact(root);
    expect(fs.existsSync(ran)).toBe(false);
  });

  test("the commit is the same whoever makes it, with whatever settings", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "train.py": "2\n" });
    const { code } = await takeExact(root);
    const settings = {
      "user.useConfigOnly": "true",
      "i18n.commitEncoding": "latin1",
      "diff.noprefix": "true",
      "core.logAllRefUpdates": "always",
      "status.showUntrackedFiles": "no",
      "status.branch": "false",
      "color.ui": "always",
      "core.quotePath": "false",
      "commit.template": "/nonexistent",
    };
    for (const [name, value] of Object.entries(settings)) gitIn(root, "config", name, value);
    vi.stubEnv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z");
    vi.stubEnv("TZ", "Asia/Tokyo");
    gitIn(root, "update-ref", "-d", `refs/modeltrail/snapshots/${code.commit}`);
    expect((await takeExact(root)).code.commit).toBe(code.commit);
    const about = gitIn(root, "log", "-1", "--format=%an <%ae> %cn <%ce> %at %ct %s", code.commit!);
    const date = gitIn(root, "log", "-1", "--format=%ct", "HEAD");
    const identity = "Modeltrail <modeltrail@localhost>";
    expect(about).toBe(`${identity} ${identity} ${date} ${date} Modeltrail snapshot`);
    writeFiles(root, { "untracked.py": "u\n" });
    await takeExact(root);
  });

  test("the environment of a git that started us leads nowhere else", async () => {
    const root = makeRepository(SOURCES);
    const other = makeRepository({ "other.py": "1\n" });
    writeFiles(root, { "train.py": "2\n" });
    vi.stubEnv("GIT_DIR", path.join(other, ".git"));
    vi.stubEnv("GIT_WORK_TREE", other);
    vi.stubEnv("GIT_INDEX_FILE", path.join(other, ".git/index"));
    vi.stubEnv("GIT_NAMESPACE", "elsewhere");
    const { code } = await takeExact(root);
    expect(code.root).toBe(root);
  });

  test("file modes and links that the file system does not have", async () => {
    const root = makeRepository({ ...SOURCES, "run.sh": "1\n", "link.py": "train.py" });
    gitIn(root, "update-index", "--chmod=+x", "run.sh");
    gitIn(root, "commit", "--quiet", "-m", "second");
    gitIn(root, "config", "core.fileMode", "false");
    writeFiles(root, { "run.sh": "2\n", "new.sh": "3\n" });
    fs.chmodSync(path.join(root, "new.sh"), 0o755);
    const { code } = await take(root);
    const files = filesInSnapshot(code);
    expect(files["run.sh"]).toMatch(/^100755/);
    expect(files["new.sh"]).toMatch(/^100644/);
  });
});

describe("a git that is busy, missing or refuses", () => {
  test("an index locked by another git", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "train.py": "2\n", ".git/index.lock": "" });
    await takeExact(root);
  });

  test("a repository that git does not trust: the files are kept, and the user is told what to do", async () => {
    const root = makeRepository({ ...SOURCES, ".gitignore": "*.log\n" });
    writeFiles(root, { "train.py": "2\n", "a.log": "ignored" });
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    const { code, gaps } = await take(root);
    expect(gaps).toMatchObject([{ kind: "no-git", message: expect.stringContaining("safe.directory") }]);
    expect(gaps[0]?.message).toContain(root);
    vi.unstubAllEnvs();
    expect(code).toMatchObject({ head: null, branch: null });
    expect(filesInSnapshot(code)["train.py"]).toBeDefined();
    expect(filesInSnapshot(code)["a.log"]).toBeUndefined();
  });

  test("a damaged index: the files are kept, and the damage is named", async () => {
    const root = makeRepository(SOURCES);
    fs.writeFileSync(path.join(root, ".git/index"), "damaged");
    const { code, gaps } = await take(root);
    expect(gaps).toMatchObject([{ kind: "no-git" }]);
    expect(Object.keys(filesInSnapshot(code))).toEqual(["lib/deep/a.py", "lib/util.py", "train.py"]);
  });

  test("git is not installed", async () => {
    const root = makeRepository(SOURCES);
    const { code, gaps } = await take(root, { git: "/nonexistent/git" });
    expect(gaps).toMatchObject([{ kind: "no-git", message: expect.stringContaining("not installed") }]);
    expect(code.commit).toBeNull();
  });

  test("git takes too long: the run need not wait, and git is ended", async () => {
    const root = makeRepository(SOURCES);
    const pid = path.join(temporaryFolder(), "pid");
    const slow = program(`echo $$ > '${pid}'; exec sleep 600`);
    const { code, gaps } = await take(root, { git: slow, timeoutMs: 200 });
    expect(gaps).toMatchObject([{ kind: "other", message: expect.stringContaining("longer than 0.2 s") }]);
    expect(code.commit).toBeNull();
    await vi.waitUntil(() => !isRunning(Number(fs.readFileSync(pid, "utf8"))));
  });

  test("a child of git that holds its output open is not waited for", async () => {
    const root = makeRepository(SOURCES);
    const pid = path.join(temporaryFolder(), "pid");
    const slow = program(`sleep 600 & echo $! > '${pid}'; wait`);
    const { code } = await take(root, { git: slow, timeoutMs: 200 });
    expect(code.commit).toBeNull();
    process.kill(Number(fs.readFileSync(pid, "utf8")), "SIGKILL");
  });

  test("the caller gives up", async () => {
    const root = makeRepository(SOURCES);
    const slow = program("exec sleep 600");
    const { code } = await take(root, { git: slow, signal: AbortSignal.timeout(100) });
    expect(code.commit).toBeNull();
  });

  test("a store that cannot be written", async () => {
    const root = makeRepository(SOURCES);
    const file = path.join(temporaryFolder(), "file");
    fs.writeFileSync(file, "");
    writeFiles(root, { "train.py": "2\n" });
    const { code, gaps } = await take(root, { store: path.join(file, "store") });
    expect(code.commit).toBeNull();
    expect(gaps).toMatchObject([{ kind: "other", message: expect.stringContaining("could not be kept") }]);
  });
});

describe("garbage collection and other tools", () => {
  test("the user's gc keeps the snapshot, also when its refs are packed", async () => {
    const root = makeRepository(SOURCES);
    const store = makeStore();
    writeFiles(root, { "train.py": "2\n", "new.py": "n\n" });
    const { code } = await takeExact(root, [], { store });
    const before = filesInSnapshot(code);
    gitIn(root, "stash", "--include-untracked", "--quiet");
    gitIn(root, "stash", "drop", "--quiet");
    gitIn(root, "reflog", "expire", "--expire=now", "--all");
    gitIn(root, "gc", "--quiet", "--prune=now");
    expect(filesInSnapshot(code)).toEqual(before);
    expect(gitIn(root, "fsck", "--strict")).toBe("");
    writeFiles(root, { "train.py": "2\n", "new.py": "n\n" });
    expect((await takeExact(root, [], { store })).code.commit).toBe(code.commit);
  });

  test("nothing is left in the temporary folder; what killed recorders left is swept", async () => {
    const root = makeRepository(SOURCES);
    const store = makeStore();
    const [old, fresh] = ["code-index-1-0", "code-index-2-0"].map((name) => path.join(store, "tmp", name));
    writeFiles(path.join(store, "tmp"), { "code-index-1-0": "", "code-index-2-0": "", other: "" });
    fs.utimesSync(old!, 1, 1);
    writeFiles(root, { "train.py": "2\n" });
    fs.symlinkSync("nowhere", path.join(root, "link"));
    await takeExact(root, [], { store });
    expect(fs.readdirSync(path.join(store, "tmp"))).toEqual([path.basename(fresh!), "other"]);
  });

  test("eight at once", async () => {
    const root = makeRepository(SOURCES);
    const store = makeStore();
    writeFiles(root, { "train.py": "2\n", "new.py": "n\n" });
    const all = await Promise.all(Array.from({ length: 8 }, () => snapshotCode(root, store)));
    expect(new Set(all.map(({ code }) => code.commit)).size).toBe(1);
    expect(all.flatMap(({ gaps }) => gaps)).toEqual([]);
    const folder = temporaryFolder();
    writeFiles(folder, SOURCES);
    const inFolder = path.join(folder, ".modeltrail");
    fs.mkdirSync(inFolder);
    const outside = await Promise.all(Array.from({ length: 8 }, () => snapshotCode(folder, inFolder)));
    expect(outside.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(new Set(outside.map(({ code }) => code.commit)).size).toBe(1);
    expect(fs.readdirSync(inFolder).filter((name) => name.startsWith("code-new"))).toEqual([]);
  });
});

describe("files that are hard to read", () => {
  test("a link that loops, a pipe, a socket", async () => {
    const root = makeRepository(SOURCES);
    fs.symlinkSync("loop", path.join(root, "loop"));
    fs.symlinkSync(".", path.join(root, "lib", "self"));
    execFileSync("mkfifo", [path.join(root, "pipe")]);
    fs.rmSync(path.join(root, "train.py"));
    execFileSync("mkfifo", [path.join(root, "train.py")]);
    const server = net.createServer().listen(path.join(root, "socket"));
    try {
      // `fingerprint` and `filesOnDisk` look at files and links only.
      await takeExact(root);
    } finally {
      server.close();
    }
  });

  test("a file that is written to while it is read", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "train.py": "2\n", "log.txt": "" });
    const writer = program(`case "$*" in *hash-object*) echo more >> '${root}/log.txt';; esac\nexec git "$@"`);
    const { code, gaps } = await snapshotCode(root, makeStore(), { git: writer });
    expect(gaps).toMatchObject([{ kind: "changed-while-hashing", path: "log.txt" }]);
    expect(filesInSnapshot(code)["train.py"]).toBeDefined();
  });

  test("a file that goes away meanwhile", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "train.py": "2\n", "brief.txt": "x" });
    const remover = program(`case "$*" in *hash-object*) rm -f '${root}/brief.txt';; esac\nexec git "$@"`);
    const { code, gaps } = await snapshotCode(root, makeStore(), { git: remover });
    expect(gaps).toEqual([]);
    expect(Object.keys(filesInSnapshot(code))).toEqual(["lib/deep/a.py", "lib/util.py", "train.py"]);
  });

  describe.skipIf(process.platform === "win32")("without permission", () => {
    /** What was closed for a test must be removable after it. */
    const reopen = (folder: string) => onTestFinished(() => void execFileSync("chmod", ["-R", "u+rwX", folder]));

    /** Root may read everything, so that another user must look. */
    function asUser<T>(action: () => Promise<T>): Promise<T> {
      if (process.geteuid?.() !== 0) return action();
      vi.stubEnv("HOME", os.tmpdir());
      process.setegid?.(65534);
      process.seteuid?.(65534);
      return action().finally(() => {
        process.seteuid?.(0);
        process.setegid?.(0);
      });
    }

    function owned(...folders: string[]): void {
      if (process.geteuid?.() === 0) execFileSync("chown", ["-R", "65534:65534", ...folders]);
    }

    test("an unreadable file and folder are named, the rest is kept", async () => {
      const root = makeRepository({ ...SOURCES, "secret.py": "1\n" });
      const store = makeStore();
      reopen(root);
      writeFiles(root, { "secret.py": "22\n", "private/a.py": "1\n", "new.py": "1\n" });
      fs.chmodSync(path.join(root, "secret.py"), 0);
      fs.chmodSync(path.join(root, "private"), 0);
      owned(root, path.dirname(store));
      const { code, gaps } = await asUser(() => snapshotCode(root, store));
      expect(gaps.map(({ kind, path: name }) => [kind, name]).sort()).toEqual([
        ["unreadable", "private"],
        ["unreadable", "secret.py"],
      ]);
      expect(code.dirty).toBe(true);
      owned(root);
      const names = await asUser(async () => Object.keys(filesInSnapshot(code)));
      expect(names).toEqual(["lib/deep/a.py", "lib/util.py", "new.py", "secret.py", "train.py"]);
    });

    test("a read-only repository: objects and ref are kept in the store", async () => {
      const root = makeRepository(SOURCES);
      const store = makeStore();
      writeFiles(root, { "train.py": "2\n", "new.py": "1\n" });
      reopen(root);
      owned(root, path.dirname(store));
      for (const name of ["objects", "refs"]) execFileSync("chmod", ["-R", "a-w", path.join(root, ".git", name)]);
      const { code, gaps } = await asUser(() => snapshotCode(root, store));
      expect(gaps).toEqual([]);
      expect(code).toMatchObject({ gitDir: path.join(store, "code.git"), branch: "main", dirty: true });
      expect(code.head).toMatch(/^[0-9a-f]{40}$/);
      const names = await asUser(async () => Object.keys(filesInSnapshot(code)));
      expect(names).toEqual(["lib/deep/a.py", "lib/util.py", "new.py", "train.py"]);
    });
  });
});
