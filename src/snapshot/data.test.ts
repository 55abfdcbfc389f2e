import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Store } from "../store/contract";
import { hasObject, objectPath } from "../store/objects";
import { openStore } from "../store/open";
import { createDataHasher, type DataHasher, type DataHasherOptions } from "./data";
import * as hashPool from "./hashPool";
import { buildHashWorker } from "./testWorker";

const workerFile = buildHashWorker();
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

let root: string;
let store: Store;
let hashers: DataHasher[];

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-data-")));
  store = openStore(root);
  hashers = [];
});

afterEach(async () => {
  await Promise.all(hashers.map((hasher) => hasher.close()));
  store.close();
  fs.rmSync(root, { recursive: true });
});

function hasher(options: Partial<DataHasherOptions> = {}): DataHasher {
  const made = createDataHasher({ store, workerFile, ...options });
  hashers.push(made);
  return made;
}

/** Writes a file whose stamp is old enough to be remembered. */
function write(name: string, content: string | Buffer): string {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** Until the clock has moved on far enough that what is hashed now may be remembered. */
async function settled(file: string): Promise<void> {
  await vi.waitUntil(() => Date.now() - fs.statSync(file).ctimeMs > 60, { interval: 5 });
}

describe("hashing", () => {
  test("files of all sizes, their bytes kept, in the order asked for", async () => {
    const big = Buffer.alloc(3 * 2 ** 20 + 17, "abc");
    const contents = { "b/empty.csv": "", "a.csv": "x,y\n", "big.bin": big, "é ü.txt": "umlauts" };
    const files = Object.entries(contents).map(([name, content]) => write(name, content));
    const result = await hasher().hash(files.map((file) => ({ path: file })));
    expect(result.gaps).toEqual([]);
    expect(result.files).toEqual(
      Object.entries(contents).map(([name, content], index) => ({
        path: files[index],
        name,
        sha256: sha256(content),
        size: Buffer.byteLength(content),
        kept: true,
      })),
    );
    expect(fs.readFileSync(objectPath(store.folder, sha256(big)))).toEqual(big);
    expect(fs.readdirSync(path.join(store.folder, "tmp"))).toEqual([]);
  });

  test("links are followed; folders, pipes and devices are no data", async () => {
    const file = write("real.csv", "1\n");
    const names = ["link", "loop", "pipe"].map((name) => path.join(root, name));
    fs.symlinkSync(file, names[0]!);
    fs.symlinkSync("loop", names[1]!);
    execFileSync("mkfifo", [names[2]!]);
    const result = await hasher().hash([...names, root, "/dev/zero", "/dev/null"].map((name) => ({ path: name })));
    expect(result.files.map(({ name, sha256: hash }) => [name, hash])).toEqual([
      ["link", sha256("1\n")],
      ["loop", null],
    ]);
    expect(result.gaps).toMatchObject([{ kind: "missing", path: "loop" }]);
  });

  test("the same content is kept once, and files outside the project have their full name", async () => {
    const outside = `${root}-outside.csv`;
    fs.writeFileSync(outside, "same");
    onTestFinished(() => fs.rmSync(outside));
    const files = [write("a", "same"), write("b", "same"), outside];
    const result = await hasher().hash(files.map((file) => ({ path: file })));
    expect(result.files.map(({ name }) => name)).toEqual(["a", "b", outside]);
    const { ino } = fs.statSync(objectPath(store.folder, sha256("same")));
    expect(ino).toBeGreaterThan(0);
    expect(fs.readdirSync(path.join(store.folder, "tmp"))).toEqual([]);
  });

  test("nothing to do", async () => {
    expect(await hasher().hash([])).toEqual({ files: [], gaps: [] });
  });
});

describe("files that are known", () => {
  test("an unchanged file is not read again; a changed one is", async () => {
    const hash = vi.spyOn(hashPool, "createHashPool");
    const file = write("a.csv", "one");
    await settled(file);
    const used = hasher();
    const pool = hash.mock.results[0]!.value as hashPool.HashPool;
    const work = vi.spyOn(pool, "hash");
    await used.hash([{ path: file }]);
    expect((await used.hash([{ path: file }])).files[0]).toMatchObject({ sha256: sha256("one"), kept: true });
    expect(work.mock.calls.map(([tasks]) => tasks.length)).toEqual([1]);
    // The same size and the same mtime: only ctime tells.
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, "two");
    fs.utimesSync(file, atime, mtime);
    expect((await used.hash([{ path: file }])).files[0]?.sha256).toBe(sha256("two"));
    expect(work).toHaveBeenCalledTimes(2);
  });

  test("very many, asked for by folder", async () => {
    const contents = Array.from({ length: 700 }, (_, index) => [`data/${index % 7}/${index}.txt`, `content ${index}`]);
    const files = contents.map(([name, content]) => write(name!, content!));
    await settled(files.at(-1)!);
    const used = hasher();
    const first = await used.hash(files.map((file) => ({ path: file })));
    expect(new Map(first.files.map(({ name, sha256: hash }) => [name, hash]))).toEqual(
      new Map(contents.map(([name, content]) => [name, sha256(content!)])),
    );
    fs.writeFileSync(files[3]!, "changed");
    const single = vi.spyOn(store, "cachedHash");
    const below = vi.spyOn(store, "cachedHashesBelow");
    const second = await hasher().hash(files.map((file) => ({ path: file })));
    expect(single).not.toHaveBeenCalled();
    expect(below).toHaveBeenCalledTimes(1);
    expect(second.files.filter(({ sha256: hash }, index) => hash !== first.files[index]!.sha256)).toMatchObject([
      { path: files[3], sha256: sha256("changed") },
    ]);
  });

  test("a file that was written just now is read again", async () => {
    const file = write("a.csv", "one");
    const future = new Date(Date.now() + 60_000);
    fs.utimesSync(file, future, future);
    const cache = vi.spyOn(store, "cacheHashes");
    await hasher().hash([{ path: file }]);
    expect(cache).not.toHaveBeenCalled();
  });

  test("bytes that were freed meanwhile are kept anew", async () => {
    const file = write("a.csv", "one");
    await settled(file);
    await hasher().hash([{ path: file }]);
    fs.rmSync(path.join(store.folder, "objects"), { recursive: true });
    const { files } = await hasher().hash([{ path: file }]);
    expect(files[0]?.kept).toBe(true);
    expect(hasObject(store.folder, sha256("one"))).toBe(true);
  });

  test("the same of very many, where a sample is looked for", async () => {
    const files = Array.from({ length: 300 }, (_, index) => write(`d/${index}`, `content ${index}`));
    await settled(files.at(-1)!);
    await hasher().hash(files.map((file) => ({ path: file })));
    fs.rmSync(path.join(store.folder, "objects"), { recursive: true });
    const { files: again } = await hasher().hash(files.map((file) => ({ path: file })));
    expect(again.every(({ sha256: hash, kept }) => kept && hasObject(store.folder, hash!))).toBe(true);
  });

  test("a limit that was raised since keeps what was too big before", async () => {
    const small = Array.from({ length: 300 }, (_, index) => write(`d/${index}`, `content ${index}`));
    const files = [...small, write("d/big", Buffer.alloc(2 * 2 ** 20, 1))];
    await settled(files.at(-1)!);
    const requests = files.map((file) => ({ path: file }));
    expect((await hasher({ keepBytes: 5 }).hash(requests)).gaps).toMatchObject([{ kind: "hash-only" }]);
    const { files: again, gaps } = await hasher().hash(requests);
    expect(gaps).toEqual([]);
    expect(again.every(({ sha256: hash, kept }) => kept && hasObject(store.folder, hash!))).toBe(true);
  });

  test("a store that cannot be written to costs the memory, not the hashes", async () => {
    vi.spyOn(store, "cacheHashes").mockImplementation(() => {
      throw new Error("disk full");
    });
    const file = write("a.csv", "one");
    await settled(file);
    expect((await hasher().hash([{ path: file }])).files[0]?.sha256).toBe(sha256("one"));
  });
});

describe("gaps", () => {
  test("big files: hash only, said once for all", async () => {
    const files = ["a", "b", "c"].map((name) => write(`${name}.bin`, name.repeat(200)));
    const result = await hasher({ keepBytes: 100 }).hash(files.map((file) => ({ path: file })));
    expect(result.files.every(({ sha256: hash, kept }) => hash !== null && !kept)).toBe(true);
    expect(result.gaps).toMatchObject([{ kind: "hash-only", message: expect.stringMatching(/^3 files .*a\.bin/) }]);
    expect(hasObject(store.folder, result.files[0]!.sha256!)).toBe(false);
    const one = await hasher({ keepBytes: 100 }).hash([{ path: files[0]! }]);
    expect(one.gaps).toMatchObject([{ kind: "hash-only", path: "a.bin" }]);
  });

  test("what is gone, or was changed after the run had opened it", async () => {
    const file = write("a.csv", "one");
    const { size, mtimeNs } = fs.statSync(file, { bigint: true });
    const used = hasher();
    expect((await used.hash([{ path: file, seen: { size, mtimeNs } }])).gaps).toEqual([]);
    expect((await used.hash([{ path: file, seen: { size: 99n } }])).gaps).toMatchObject([
      { kind: "changed-while-hashing", path: "a.csv" },
    ]);
    expect((await used.hash([{ path: file, seen: { size, mtimeNs: 1n } }])).gaps).toHaveLength(1);
    fs.rmSync(file);
    const { files, gaps } = await used.hash([{ path: file }]);
    expect(gaps).toMatchObject([{ kind: "missing", path: "a.csv" }]);
    expect(files).toMatchObject([{ sha256: null, size: 0, kept: false }]);
  });

  test("a thread that dies takes nothing else along", async () => {
    const file = write("a.csv", "one");
    const used = hasher({ workerFile: path.join(root, "none.js") });
    const { files, gaps } = await used.hash([{ path: file }]);
    expect(files).toMatchObject([{ sha256: null }]);
    expect(gaps).toMatchObject([{ kind: "unreadable", path: "a.csv" }]);
  });

  test("a caller that gives up", async () => {
    const files = Array.from({ length: 600 }, (_, index) => write(`d/${index}`, String(index)));
    const controller = new AbortController();
    const work = hasher().hash(
      files.map((file) => ({ path: file })),
      controller.signal,
    );
    controller.abort(new Error("enough"));
    await expect(work).rejects.toThrow("enough");
  });
});
