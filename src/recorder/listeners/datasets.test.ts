import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import type { ProjectFile } from "../../domain/projectFile";
import { snapshotCode } from "../../snapshot/code";
import type { HashedFile } from "../../snapshot/data";
import { declaredDatasets } from "../../snapshot/declaredDatasets";
import { readManifest } from "../../snapshot/manifest";
import { projectPath } from "../../snapshot/projectPath";
import type { RunDatasetVersion, Store } from "../../store/contract";
import { newRun, tempFolder, tempStore } from "../../store/testStore";
import { createDatasetUses } from "./datasets";

let root: string;
let store: Store;
let project: ProjectFile;
let startTime: number;
beforeEach(() => {
  root = tempFolder();
  store = tempStore(root);
  project = {};
  startTime = 1_000;
});

function write(...names: string[]): void {
  for (const name of names) put(name, name);
}

function put(name: string, content: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), content);
}

function hash(paths: readonly string[]): HashedFile[] {
  return paths.filter(existsSync).map((path) => {
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    return { path, name: projectPath(root, path), sha256, size: statSync(path).size, kept: true };
  });
}

interface Used {
  reads?: string[];
  folders?: string[];
  mayMiss?: boolean;
  /** What the run does, before anything else is known of it than that it runs. */
  write?: string[];
}

/** The time by the disk's clock, which is coarse: later than that of anything written so far. */
async function nextTick(): Promise<number> {
  const file = join(store.folder, "clock");
  const now = () => {
    writeFileSync(file, "");
    return statSync(file).mtimeMs;
  };
  const last = now();
  for (;;) {
    const time = now();
    if (time > last) return time;
    await setImmediate();
  }
}

/** What a run is told to have used, in the order of a recorder: name, role, kind and files of each dataset. */
async function use({ reads = [], folders = [], mayMiss = false, write: writes = [] }: Used) {
  const code = (await snapshotCode(root, store.folder)).code;
  const began = await nextTick();
  const uses = createDatasetUses({
    root,
    store,
    storeFolder: store.folder,
    declared: declaredDatasets(root, project),
    startTime: began,
    code: () => (code.commit === null ? null : { gitDir: code.gitDir!, commit: code.commit, root: code.root }),
    isData: (path) => !path.endsWith(".secret"),
  });
  const takeWanted = () => {
    const wanted = uses.wanted();
    for (const file of hash(wanted.map(({ path }) => path))) uses.hashed(file);
    return wanted;
  };
  for (const name of reads) {
    uses.read(join(root, name));
    for (const file of hash([join(root, name)])) uses.hashed(file);
  }
  const wanted = takeWanted();
  for (const name of folders) uses.readFolder(join(root, name));
  for (const name of writes) {
    put(name, `written ${name}`);
    uses.written(join(root, name));
  }
  await uses.settle(mayMiss);
  wanted.push(...takeWanted());
  const versions = await uses.versions(async (paths) => hash(paths));
  const id = store.createRun(newRun({ startTime: startTime++ }));
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 9_000 }, { datasets: versions });
  const listed = wanted.filter((one) => one.listed).map(({ path }) => projectPath(root, path));
  return { versions, gaps: uses.gaps(), listed, used: await describeAll(versions) };
}

async function describeAll(versions: RunDatasetVersion[]): Promise<Record<string, string[]>> {
  const described: Record<string, string[]> = {};
  for (const { name, kind, role, version, files, size } of versions) {
    const names: string[] = [];
    let bytes = 0;
    for await (const entry of readManifest(store.folder, version)) {
      names.push(entry.path);
      bytes += entry.size;
    }
    expect([files, size]).toEqual([names.length, bytes]);
    described[`${role} ${kind} ${name}`] = names;
  }
  return described;
}

const many = (folder: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `${folder}/${String(i + from).padStart(3, "0")}.png`);

describe("declared datasets", () => {
  it("are used whole as soon as one of their files is read", async () => {
    project = { datasets: { wine: ["data/*.csv"], beer: "beer" } };
    write("data/a.csv", "data/b.csv", "data/c.secret", "beer/x/y.csv", "other.csv");
    const { used, listed, gaps } = await use({ reads: ["data/a.csv", "other.csv"] });
    expect(used).toEqual({ "read declared wine": ["data/a.csv", "data/b.csv"], "read read other.csv": ["other.csv"] });
    expect(listed).toEqual(["data/b.csv"]);
    expect(gaps).toEqual([]);
  });

  it("are used by every run when they are the project's data, and by those that may read unseen", async () => {
    project = { data: ["data/*.csv", "none/*"], datasets: { beer: "beer" } };
    write("data/a.csv", "beer/x.csv");
    const { used, gaps } = await use({});
    expect(used).toEqual({ "read declared data": ["data/a.csv"] });
    expect(gaps).toMatchObject([{ kind: "missing", path: "none/*" }]);
    expect((await use({ mayMiss: true })).used).toEqual({
      "read declared data": ["data/a.csv"],
      "read declared beer": ["beer/x.csv"],
    });
  });

  it("have a version that was read and one that was written", async () => {
    project = { datasets: { wine: "data" } };
    write("data/a.csv", "data/b.csv");
    const { versions, used, gaps } = await use({ reads: ["data/a.csv"], write: ["data/b.csv", "data/new.csv"] });
    expect(gaps).toMatchObject([{ kind: "changed-while-hashing", path: "data/b.csv" }]);
    expect(used).toEqual({
      "read declared wine": ["data/a.csv"],
      "write declared wine": ["data/a.csv", "data/b.csv", "data/new.csv"],
    });
    expect(versions[0]!.version).not.toBe(versions[1]!.version);
    expect((await use({ reads: ["data/new.csv"] })).versions).toMatchObject([{ version: versions[1]!.version }]);
  });

  it("are what they were before the run wrote them, where that was known in time", async () => {
    project = { datasets: { wine: "data" } };
    write("data/a.csv", "data/b.csv");
    const { used, gaps } = await use({ reads: ["data/a.csv", "data/b.csv"], write: ["data/b.csv"] });
    expect(used).toEqual({
      "read declared wine": ["data/a.csv", "data/b.csv"],
      "write declared wine": ["data/a.csv", "data/b.csv"],
    });
    expect(gaps).toEqual([]);
  });

  it("list no files of which there are too many", async () => {
    project = { datasets: { wine: "data" } };
    write(...many("data", 2_001));
    const { versions, listed } = await use({ reads: ["data/000.png"] });
    expect(versions).toMatchObject([{ files: 2_001 }]);
    expect(listed).toEqual([]);
  });

  it("and a folder of the same name are two", async () => {
    project = { datasets: { data: "tables/*.csv" } };
    write("tables/a.csv", ...many("data", 12));
    const reads = ["tables/a.csv", ...many("data", 12)];
    const expected = { "read declared data": ["tables/a.csv"], "read read data/": many("data", 12) };
    expect((await use({ reads })).used).toEqual(expected);
    expect((await use({ reads: ["tables/a.csv", "data/003.png"] })).used).toEqual(expected);
  });
});

describe("datasets of files that were read", () => {
  it("are as large as what runs have read of them, whatever one of them reads", async () => {
    write(...many("images", 40));
    const first = await use({ reads: many("images", 20) });
    expect(first.used).toEqual({ "read read images": many("images", 20) });
    const part = await use({ reads: many("images", 3) });
    expect(part.versions).toEqual(first.versions);
    const more = await use({ reads: many("images", 10, 15) });
    expect(more.used).toEqual({ "read read images": many("images", 25) });
    rmSync(join(root, "images/000.png"));
    put("images/001.png", "changed");
    const changed = await use({ reads: ["images/020.png"] });
    expect(changed.used).toEqual({ "read read images": many("images", 24, 1) });
    expect(changed.versions[0]!.version).not.toBe(more.versions[0]!.version);
  });

  it("can be written once they are known, by a run that changes one of their files", async () => {
    write("a.csv", ...many("images", 12));
    expect((await use({ write: ["a.csv"] })).used).toEqual({});
    await use({ reads: ["a.csv", ...many("images", 12)] });
    expect((await use({ write: ["a.csv", "images/new.png"] })).used).toEqual({ "write read a.csv": ["a.csv"] });
    expect((await use({ write: ["images/003.png"] })).used).toEqual({ "write read images": many("images", 12) });
  });

  it("hold all files of a folder of which more were read than were told", async () => {
    write("images/.hidden", ...many("images", 30));
    const { used } = await use({ reads: many("images", 5), folders: ["images"], write: ["images/made.png"] });
    expect(used).toEqual({ "read read images": many("images", 30) });
  });

  it("are no settings, source files or intermediates", async () => {
    write("params.yaml", "lib.py", "a.csv");
    const { used } = await use({ reads: ["params.yaml", "lib.py", "a.csv"], write: ["out.csv"] });
    expect(used).toEqual({ "read read a.csv": ["a.csv"] });
  });
});

describe("datasets that DVC tracks", () => {
  const MD5 = "a304afb96060aad90176268345e10355";

  it("are named as its outputs, with what DVC calls their content", async () => {
    put(".dvc/config", "");
    write("data/raw.csv", "images/a/1.png", "images/b/2.png", "images/.keep");
    put("data/raw.csv.dvc", `outs:\n- {md5: ${MD5}, size: 12, path: raw.csv}\n`);
    put("images.dvc", `outs:\n- {md5: ${MD5}.dir, nfiles: 3, path: images}\n`);
    const { used, versions, listed } = await use({ reads: ["data/raw.csv", "images/a/1.png"] });
    expect(used).toEqual({
      "read dvc data/raw.csv": ["data/raw.csv"],
      "read dvc images": ["images/.keep", "images/a/1.png", "images/b/2.png"],
    });
    expect(versions.map(({ md5 }) => md5)).toEqual([MD5, `${MD5}.dir`]);
    expect(listed).toEqual([]);
  });

  it("have no name of DVC when it means another content", async () => {
    put(".dvc/config", "");
    write("raw.csv", "images/1.png");
    put("raw.csv.dvc", `outs:\n- {md5: ${MD5}, size: 99, path: raw.csv}\n`);
    put(
      "dvc.lock",
      `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs: [{path: images, md5: ${MD5}.dir, nfiles: 2}]\n`,
    );
    const { versions } = await use({ reads: ["raw.csv", "images/1.png"], write: ["images/2.png"] });
    expect(versions.map(({ name, role, md5 }) => [name, role, md5])).toEqual([
      ["raw.csv", "read", undefined],
      ["images", "read", undefined],
      ["images", "write", undefined],
    ]);
  });
});
