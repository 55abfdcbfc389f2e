import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { RestoreReport } from "../domain/restore";
import { objectPath } from "../store/objects";
import { tempDisk } from "../store/testStore";
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
import { createDataHasher } from "./data";
import { type RestoreOptions, restoreRun } from "./restore";
import { type Recorded, recordRun, sha256 } from "./testRestore";
import { buildHashWorker } from "./testWorker";

const pool = { workerFile: buildHashWorker() };
const fresh = () => path.join(temporaryFolder(), "restored");

function restore({ store, id }: Recorded, options: Partial<RestoreOptions> = {}): Promise<RestoreReport> {
  return restoreRun(store, id, { to: fresh(), pool, ...options });
}

async function restoreExact(run: Recorded, options: Partial<RestoreOptions> = {}): Promise<RestoreReport> {
  const report = await restore(run, options);
  expect(report).toMatchObject({ problems: [], gaps: [], exact: true, cancelled: false });
  return report;
}

const read = (...parts: string[]) => fs.readFileSync(path.join(...parts), "utf8");

describe("code", () => {
  test("what was staged, changed, new, deleted and linked", async () => {
    const root = makeRepository({ ...SOURCES, "gone.py": "1\n" });
    writeFiles(root, {
      "train.py": "changed\n",
      "new/a.py": "new\n",
      "-n": "dash\n",
      "big.bin": Buffer.alloc(3 << 20, 7),
    });
    gitIn(root, "add", "new/a.py");
    fs.rmSync(path.join(root, "gone.py"));
    fs.chmodSync(path.join(root, "train.py"), 0o755);
    fs.symlinkSync("lib/util.py", path.join(root, "link.py"));
    fs.symlinkSync("/nonexistent", path.join(root, "dangling"));
    const run = await recordRun(root);
    const before = filesOnDisk(root);
    writeFiles(root, { "train.py": "later\n" });
    const report = await restoreExact(run);
    expect(filesOnDisk(report.folder)).toEqual(before);
    expect(report.written.code.files).toBe(Object.keys(before).length);
    expect(report).toMatchObject({ project: report.folder, cwd: report.folder });
    // Nothing but that: no folder of ours is left.
    expect(fs.readdirSync(report.folder).sort()).toEqual(
      fs
        .readdirSync(root)
        .filter((name) => !/^\.(git|modeltrail)$/.test(name))
        .sort(),
    );
  });

  test("a project in a subfolder: the whole repository, and where the project is in it", async () => {
    const root = makeRepository({ ...SOURCES, "sub/modeltrail.yaml": "", "sub/a.csv": "1\n" });
    const project = path.join(root, "sub");
    const report = await restoreExact(await recordRun(project, { read: { "a.csv": true } }));
    expect(report).toMatchObject({ project: path.join(report.folder, "sub"), cwd: path.join(report.folder, "sub") });
    expect(filesOnDisk(report.folder)).toEqual(filesOnDisk(root));
  });

  test("a folder without a repository", async () => {
    const root = temporaryFolder();
    writeFiles(root, SOURCES);
    const report = await restoreExact(await recordRun(root));
    expect(filesOnDisk(report.folder)).toEqual(filesOnDisk(root));
  });

  test("a project that has moved since, with its store", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "train.py": "changed\n" });
    const { store, id } = await recordRun(root);
    const before = filesOnDisk(root);
    const moved = path.join(temporaryFolder(), "moved");
    fs.renameSync(root, moved);
    const there = { ...store, root: moved, folder: path.join(moved, ".modeltrail"), getRun: store.getRun };
    const report = await restoreRun(there, id, { to: fresh(), pool });
    expect(report.problems).toEqual([]);
    expect(filesOnDisk(report.folder)).toEqual(before);
  });

  test("names that are not UTF-8", async ({ skip }) => {
    if (process.platform !== "linux") skip("only Linux has them");
    const root = makeRepository(SOURCES);
    fs.writeFileSync(Buffer.from(`${root}/caf\xe9.py`, "latin1"), "odd\n");
    const report = await restoreExact(await recordRun(root));
    expect(filesOnDisk(report.folder)).toEqual(filesOnDisk(root));
  });

  test("a commit that is gone is said, and the data is restored", async () => {
    const root = makeRepository({ ...SOURCES, ".gitignore": "*.csv\n" });
    writeFiles(root, { "train.py": "changed\n", "a.csv": "1\n" });
    const run = await recordRun(root, { read: { "a.csv": true } });
    const { commit } = run.store.getRun(run.id)!.snapshot.code;
    gitIn(root, "update-ref", "-d", `refs/modeltrail/snapshots/${commit}`);
    gitIn(root, "gc", "--quiet", "--prune=now");
    const report = await restore(run);
    expect(report.problems).toMatchObject([
      { part: "code", path: ".", fault: "gone", message: expect.stringContaining(commit!) },
    ]);
    expect(filesOnDisk(report.folder)).toEqual({ "a.csv": filesOnDisk(root)["a.csv"] });
  });

  test("damaged and missing objects are named, the rest is restored", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, {
      "damaged.py": "damaged\n",
      "other.py": "other\n",
      "missing.py": "missing\n",
      "zz.py": "last\n",
    });
    const run = await recordRun(root);
    const object = (name: string) => {
      const oid = gitIn(root, "hash-object", name);
      return path.join(root, ".git/objects", oid.slice(0, 2), oid.slice(2));
    };
    const [damaged, other] = [object("damaged.py"), object("other.py")];
    fs.chmodSync(damaged, 0o644);
    fs.writeFileSync(damaged, "no object at all");
    // Whole by itself, but not what its name says.
    fs.chmodSync(other, 0o644);
    fs.copyFileSync(object("zz.py"), other);
    fs.rmSync(object("missing.py"));
    const report = await restore(run);
    expect(report.problems.map(({ path: name, fault }) => [name, fault]).sort()).toEqual([
      ["damaged.py", expect.stringMatching(/damaged|gone/)],
      ["missing.py", "gone"],
      ["other.py", "damaged"],
    ]);
    expect(Object.keys(filesOnDisk(report.folder))).toEqual(["lib/deep/a.py", "lib/util.py", "train.py", "zz.py"]);
  });

  test("names in a tree that lead elsewhere are refused, one by one", async () => {
    const root = makeRepository(SOURCES);
    const run = await recordRun(root);
    const blob = gitIn(root, "rev-parse", "HEAD:train.py");
    const bytes = (hex: string) => Buffer.from(hex, "hex");
    const entry = (mode: string, name: string, oid: string) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), bytes(oid)]);
    const writeTree = (...entries: Buffer[]) => {
      const file = path.join(temporaryFolder(), "tree");
      fs.writeFileSync(file, Buffer.concat(entries));
      return gitIn(root, "hash-object", "-t", "tree", "-w", "--literally", file);
    };
    fs.writeFileSync(path.join(root, "target"), "../..");
    const link = gitIn(root, "hash-object", "-w", "target");
    const hooks = writeTree(entry("100755", "hook", blob));
    const tree = writeTree(
      entry("100644", "..", blob),
      entry("40000", ".GIT", hooks),
      entry("40000", ".git", hooks),
      entry("100644", "good.py", blob),
      entry("120000", "out", link),
      entry("40000", "out", hooks),
    );
    const commit = gitIn(root, "commit-tree", tree, "-m", "bad");
    const { store, id } = run;
    const recorded = store.getRun(id)!;
    recorded.snapshot.code = { ...recorded.snapshot.code, commit, tree };
    const report = await restoreRun({ ...store, root, folder: store.folder, getRun: () => recorded }, id, {
      to: fresh(),
      pool,
    });
    expect(report.problems.map(({ path: name, fault }) => [name, fault]).sort()).toEqual([
      ["..", "unsafe"],
      [".GIT/hook", "unsafe"],
      [".git/hook", "unsafe"],
      ["out", "collision"],
    ]);
    expect(Object.keys(filesOnDisk(report.folder)).sort()).toEqual(["good.py", "out/hook"]);
    expect(fs.readdirSync(path.dirname(report.folder))).toEqual(["restored"]);
  });

  test("what Git LFS keeps: from the store, from LFS, from the disk, else its pointer", async () => {
    const root = makeRepository({
      ".gitattributes": "*.bin filter=lfs -text\n",
      "pointer.bin": lfsPointer("never here"),
    });
    writeFiles(root, {
      "kept.bin": "kept",
      "lfs.bin": "in lfs",
      "disk.bin": "on disk",
      "lost.bin": "lost",
      "sub/x.bin": "x",
    });
    const run = await recordRun(root);
    const before = filesOnDisk(root);
    const { folder } = run.store;
    const inLfs = sha256("in lfs");
    writeFiles(root, { [`.git/lfs/objects/${inLfs.slice(0, 2)}/${inLfs.slice(2, 4)}/${inLfs}`]: "in lfs" });
    for (const content of ["in lfs", "on disk", "lost"]) fs.rmSync(objectPath(folder, sha256(content)));
    for (const name of ["kept.bin", "lfs.bin", "lost.bin"]) fs.rmSync(path.join(root, name));
    const report = await restore(run);
    expect(report.problems).toMatchObject([
      { path: "lost.bin", fault: "not-kept", message: expect.stringContaining("pointer") },
    ]);
    expect(read(report.folder, "lost.bin")).toBe(lfsPointer("lost"));
    expect({ ...filesOnDisk(report.folder), "lost.bin": 0 }).toEqual({ ...before, "lost.bin": 0 });
  });

  test("what git keeps encrypted is decrypted as a checkout would, or said to be encrypted", async () => {
    const reverse = program("rev");
    const root = makeRepository(
      { ".gitattributes": "*.key filter=git-crypt\n", "a.key": "secret\n" },
      { "filter.git-crypt.clean": reverse, "filter.git-crypt.smudge": reverse },
    );
    const run = await recordRun(root);
    const exact = await restoreExact(run);
    expect(filesOnDisk(exact.folder)).toEqual(filesOnDisk(root));
    gitIn(root, "config", "--remove-section", "filter.git-crypt");
    const report = await restore(run);
    expect(report.problems).toMatchObject([{ path: "a.key", fault: "differs" }]);
    expect(read(report.folder, "a.key")).toBe("terces\n");
  });
});

function lfsPointer(content: string): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`;
}

describe("data", () => {
  /** Ignored by git, so that the code snapshot has nothing of it. */
  function project(files: Record<string, string | Buffer>): string {
    const root = makeRepository({ ...SOURCES, ".gitignore": "data/\n*.bin\n" });
    writeFiles(root, files);
    return root;
  }

  test("kept bytes, config and ignored code come back to their places, and are the user's to change", async () => {
    const root = project({
      "data/a.csv": "1\n",
      "data/empty": "",
      "data/conf.yaml": "lr: 1\n",
      "data/helper.py": "x\n",
    });
    const gap = { kind: "ignored", path: "data/helper.py", message: "data/helper.py is ignored" } as const;
    const run = await recordRun(root, {
      read: { "data/a.csv": true, "data/empty": true, "data/helper.py": true, "train.py": true },
      config: ["data/conf.yaml"],
      gaps: [gap],
    });
    const before = filesOnDisk(root);
    fs.rmSync(path.join(root, "data"), { recursive: true });
    const report = await restoreExact(run);
    expect(filesOnDisk(report.folder)).toEqual(before);
    expect(report.written).toMatchObject({
      data: { files: 4 },
      config: { files: 1, bytes: 6 },
      artifacts: { files: 0 },
    });
    fs.appendFileSync(path.join(report.folder, "data/a.csv"), "2\n");
    expect(fs.readFileSync(objectPath(run.store.folder, sha256("1\n")), "utf8")).toBe("1\n");
  });

  test("a hash only: copied from the original while that is the same, else said", async () => {
    const root = project({ "data/same.csv": "same", "data/changed.csv": "before", "data/gone.csv": "gone" });
    const run = await recordRun(root, {
      read: { "data/same.csv": false, "data/changed.csv": false, "data/gone.csv": false },
    });
    writeFiles(root, { "data/changed.csv": "after!" });
    fs.rmSync(path.join(root, "data/gone.csv"));
    const report = await restore(run);
    expect(report.exact).toBe(false);
    expect(report.problems.map(({ path: name, fault }) => [name, fault]).sort()).toEqual([
      ["data/changed.csv", "not-kept"],
      ["data/gone.csv", "gone"],
    ]);
    expect(fs.readdirSync(path.join(report.folder, "data"))).toEqual(["same.csv"]);
  });

  test("a damaged object: from the original when that is whole, else said", async () => {
    const root = project({ "data/a.csv": "a", "data/b.csv": "b" });
    const run = await recordRun(root, { read: { "data/a.csv": true, "data/b.csv": true } });
    for (const content of ["a", "b"]) {
      const object = objectPath(run.store.folder, sha256(content));
      fs.chmodSync(object, 0o644);
      fs.writeFileSync(object, "x");
    }
    fs.rmSync(path.join(root, "data/b.csv"));
    const report = await restore(run);
    expect(report.problems).toMatchObject([{ part: "data", path: "data/b.csv", fault: "damaged" }]);
    expect(fs.readdirSync(path.join(report.folder, "data"))).toEqual(["a.csv"]);
  });

  test("what was verified when it was stored is read again when somebody has touched it, or when asked to", async () => {
    const root = project({ "data/a.bin": Buffer.alloc(2 << 20, 1), "data/b.bin": Buffer.alloc(2 << 20, 2) });
    const names = ["data/a.bin", "data/b.bin"];
    const run = await recordRun(root, { read: { "data/a.bin": false, "data/b.bin": false } });
    const hasher = createDataHasher({ store: run.store, ...pool });
    await hasher.hash(names.map((name) => ({ path: path.join(root, name) })));
    await hasher.close();
    const [first, second] = names.map((name) =>
      objectPath(run.store.folder, sha256(fs.readFileSync(path.join(root, name)))),
    );
    for (const name of names) fs.rmSync(path.join(root, name));
    await restoreExact(run);

    fs.chmodSync(first!, 0o644);
    const { atime, mtime } = fs.statSync(first!);
    fs.writeFileSync(first!, Buffer.alloc(2 << 20, 3));
    fs.utimesSync(first!, atime, mtime);
    expect(await restore(run)).toMatchObject({ problems: [{ path: "data/a.bin", fault: "damaged" }] });

    // A disk that changes bytes behind the back of its file system.
    fs.chmodSync(second!, 0o644);
    fs.writeFileSync(second!, Buffer.alloc(2 << 20, 3));
    const { store, id } = run;
    const blind = { ...store, root, folder: store.folder, cachedHash: () => sha256(Buffer.alloc(2 << 20, 2)) };
    const parts = ["data"] as const;
    const trusting = await restoreRun(blind, id, { to: fresh(), parts, pool });
    expect(trusting.written.data.files).toBe(1);
    const verified = await restoreRun(blind, id, { to: fresh(), parts, pool, verify: true });
    expect(verified.problems.map(({ fault }) => fault)).toEqual(["damaged", "damaged"]);
  });

  test("files outside of the project, and behind links that lead out, have a folder of their own", async () => {
    const elsewhere = temporaryFolder();
    writeFiles(elsewhere, { "far.csv": "far", "linked/b.csv": "b", "single.csv": "s" });
    const root = project({ "data/a.csv": "a" });
    fs.symlinkSync(path.join(elsewhere, "linked"), path.join(root, "shared"));
    fs.symlinkSync(path.join("..", path.basename(elsewhere), "single.csv"), path.join(root, "up"));
    fs.symlinkSync("data", path.join(root, "near"));
    const names = [path.join(elsewhere, "far.csv"), "shared/b.csv", "up", "near/a.csv", "data/a.csv"];
    const run = await recordRun(root, { read: Object.fromEntries(names.map((name) => [name, true])) });
    const report = await restoreExact(run);
    const place = (name: string) => path.join(report.folder, "modeltrail-outside", elsewhere, name);
    expect(report.outside.sort((a, b) => (a.from < b.from ? -1 : 1))).toEqual(
      ["far.csv", "linked/b.csv", "single.csv"].map((name) => ({ from: path.join(elsewhere, name), to: place(name) })),
    );
    expect(read(place("linked/b.csv"))).toBe("b");
    expect(fs.readlinkSync(path.join(report.folder, "shared"))).toBe(path.join(elsewhere, "linked"));
    expect(read(report.folder, "data/a.csv")).toBe("a");
    expect(read(elsewhere, "linked/b.csv")).toBe("b");
  });

  test("names that lead out of the folder are refused", async () => {
    const root = project({ "data/a.csv": "a" });
    const { store, id } = await recordRun(root, { read: { "data/a.csv": true } });
    const run = store.getRun(id)!;
    const file = run.snapshot.data[0]!;
    for (const name of ["../escaped.csv", "data/../../escaped.csv", "/../escaped.csv", ".git/config"]) {
      run.snapshot.data.push({ ...file, path: name });
    }
    const report = await restoreRun({ root, folder: store.folder, getRun: () => run }, id, { to: fresh(), pool });
    expect(report.problems.map(({ fault }) => fault)).toEqual(["unsafe", "unsafe", "unsafe", "unsafe"]);
    expect(fs.readdirSync(path.dirname(report.folder))).toEqual(["restored"]);
  });

  test("a file that was read is not what the snapshot has: what was read is there, unless its hash is in doubt", async () => {
    const root = makeRepository(SOURCES);
    writeFiles(root, { "a.csv": "before", "b.csv": "before" });
    const { store, id } = await recordRun(root, { read: { "a.csv": true, "b.csv": true } });
    const run = store.getRun(id)!;
    writeFiles(root, { later: "later" });
    await recordRun(root, { read: { later: true } }, store);
    for (const file of run.snapshot.data) Object.assign(file, { sha256: sha256("later"), size: 5 });
    run.gaps.push({ kind: "changed-while-hashing", path: "b.csv", message: "b.csv was changed" });
    const report = await restoreRun({ root, folder: store.folder, getRun: () => run }, id, { to: fresh(), pool });
    expect(report.problems.map(({ path: name, fault }) => [name, fault])).toEqual([
      ["a.csv", "differs"],
      ["b.csv", "differs"],
    ]);
    expect([read(report.folder, "a.csv"), read(report.folder, "b.csv")]).toEqual(["later", "before"]);
  });

  test("a run that goes on has not read all that it will", async () => {
    const { store, id } = await recordRun(project({}));
    const run = store.getRun(id)!;
    run.status = "running";
    const report = await restoreRun({ ...store, root: store.root, folder: store.folder, getRun: () => run }, id, {
      to: fresh(),
      pool,
    });
    expect(report).toMatchObject({ exact: false, problems: [], gaps: [{ kind: "other" }] });
  });

  test("what the run wrote, when asked for", async () => {
    const root = project({ "data/model.bin": "model", "report.txt": "of an earlier run" });
    const { store, id } = await recordRun(root);
    const run = store.getRun(id)!;
    writeFiles(root, { "report.txt": "report" });
    const later = store.getRun((await recordRun(root, { wrote: ["data/model.bin", "report.txt"] }, store)).id)!;
    run.artifacts = later.artifacts;
    const from = { root, folder: store.folder, getRun: () => run };
    const without = await restoreRun(from, id, { to: fresh(), pool });
    expect(read(without.folder, "report.txt")).toBe("of an earlier run");
    const report = await restoreRun(from, id, { to: fresh(), pool, parts: ["code", "artifacts"] });
    expect(report).toMatchObject({ exact: true, written: { artifacts: { files: 2 } } });
    expect([read(report.folder, "report.txt"), read(report.folder, "data/model.bin")]).toEqual(["report", "model"]);
  });
});

describe("where to", () => {
  test("never into a folder with something in it, nor over a file", async () => {
    const run = await recordRun(makeRepository(SOURCES));
    const to = temporaryFolder();
    await restoreExact(run, { to });
    const before = fingerprint(to);
    await expect(restore(run, { to })).rejects.toThrow(`${to} is not empty`);
    await expect(restore(run, { to: path.join(to, "train.py") })).rejects.toThrow("is a file");
    expect(fingerprint(to)).toEqual(before);
  });

  test("a disk that is too small: said, and what is there is whole", async ({ skip }) => {
    const disk = tempDisk("2m") ?? skip("a disk of its own cannot be mounted here: that takes root on Linux");
    const root = makeRepository(SOURCES);
    writeFiles(root, { "a.bin": Buffer.alloc(3 << 20, 1), "data/b": Buffer.alloc(3 << 20, 2), ".gitignore": "data\n" });
    const run = await recordRun(root, { read: { "data/b": true } });
    for (const parts of [["code"], ["data"]] as const) {
      const to = path.join(disk, parts[0]);
      await expect(restore(run, { to, parts })).rejects.toThrow(/disk is full/);
      const expected = filesOnDisk(root);
      for (const [name, value] of Object.entries(filesOnDisk(to))) expect(expected[name]).toBe(value);
      expect(fs.readdirSync(to).filter((name) => name.startsWith(".modeltrail"))).toEqual([]);
    }
  });

  test("cancelled: what is there is whole, and the report says that not all is", async () => {
    const root = makeRepository({ ".gitignore": "data\n" });
    const names = Array.from({ length: 1500 }, (_, index) => `data/${index}`);
    writeFiles(root, Object.fromEntries(names.map((name) => [name, name])));
    const run = await recordRun(root, { read: Object.fromEntries(names.map((name) => [name, true])) });
    const controller = new AbortController();
    const seen: number[] = [];
    const report = await restore(run, {
      signal: controller.signal,
      onProgress: ({ files, totalFiles }) => {
        seen.push(files);
        expect(totalFiles).toBeGreaterThanOrEqual(files);
        if (files === 600) controller.abort();
      },
    });
    expect(report).toMatchObject({ cancelled: true, exact: false });
    const there = Object.keys(filesOnDisk(report.folder));
    expect(there).toHaveLength(report.written.code.files + report.written.data.files);
    expect(there.length).toBeGreaterThanOrEqual(600);
    expect(there.length).toBeLessThan(1501);
    for (const name of there.filter((file) => file.startsWith("data/"))) expect(read(report.folder, name)).toBe(name);
    expect(seen).toEqual(seen.map((_, index) => index + 1));
  });
});
