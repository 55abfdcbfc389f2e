import { sep } from "node:path";
import { expect, test } from "vitest";
import { tempStore } from "./testStore";

const STAMP = { size: 5n, mtimeNs: 1_763_693_000_123_456_789n, ctimeNs: 2n, ino: 2n ** 64n - 1n };
const SHA = "0123456789abcdef".repeat(4);
const at = (...parts: string[]) => ["", ...parts].join(sep);

test("a hash is known as long as size, times and inode are the same", () => {
  const store = tempStore();
  const path = at("data", "a.csv");
  store.cacheHashes([{ path, stamp: STAMP, sha256: SHA }]);
  expect(store.cachedHash(path, STAMP)).toBe(SHA);
  expect(store.cachedHash(at("data", "b.csv"), STAMP)).toBeUndefined();
  for (const key of ["size", "mtimeNs", "ctimeNs", "ino"] as const) {
    expect(store.cachedHash(path, { ...STAMP, [key]: STAMP[key] - 1n })).toBeUndefined();
  }
  const newer = { ...STAMP, mtimeNs: STAMP.mtimeNs + 1n };
  store.cacheHashes([{ path, stamp: newer, sha256: "f".repeat(64) }]);
  expect(store.cachedHash(path, STAMP)).toBeUndefined();
  expect(store.cachedHash(path, newer)).toBe("f".repeat(64));
});

/** The stamp as `fs.Stats` has it. */
const STATS = { size: 5, mtimeMs: Number(STAMP.mtimeNs) / 1e6, ctimeMs: 2e-6, ino: Number(STAMP.ino) };

test("all below a folder, and only those", () => {
  const store = tempStore();
  const inside = [
    at("data", "a"),
    at("data", "sub", "b"),
    at("data", "é😀"),
    at("data", "\u{10ffff}"),
    at("data", 'a "b"\n'),
  ];
  const outside = [at("data"), at("data-2", "a"), at("dat", "a"), at("data0")];
  const all = [...inside, ...outside];
  store.cacheHashes(all.map((path) => ({ path, stamp: STAMP, sha256: SHA })));
  const known = (folder: string) => all.filter((path) => store.cachedHashesBelow(folder)(path, STATS) === SHA);
  expect(known(at("data"))).toEqual(inside);
  expect(known(at("data") + sep)).toEqual(inside);
  expect(known(sep)).toEqual(all);
  expect(known(at("none"))).toEqual([]);
});

test("a look-up by numbers tells changes of a microsecond, and inodes of all widths", () => {
  const store = tempStore();
  const inodes = [1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 2n ** 54n + 3n, 2n ** 64n - 1n];
  store.cacheHashes(inodes.map((ino) => ({ path: at("d", String(ino)), stamp: { ...STAMP, ino }, sha256: SHA })));
  const lookUp = store.cachedHashesBelow(at("d"));
  for (const ino of inodes) {
    const path = at("d", String(ino));
    const stats = { ...STATS, ino: Number(ino) };
    expect(lookUp(path, stats)).toBe(SHA);
    expect(lookUp(path, { ...stats, size: 6 })).toBeUndefined();
    expect(lookUp(path, { ...stats, mtimeMs: STATS.mtimeMs + 0.002 })).toBeUndefined();
    expect(lookUp(path, { ...stats, ctimeMs: STATS.ctimeMs - 0.002 })).toBeUndefined();
    expect(lookUp(path, { ...stats, ino: Number(ino / 2n + 7n) })).toBeUndefined();
  }
});

test("very many at once, without a change that readers look for", () => {
  const store = tempStore();
  const entries = Array.from({ length: 12_001 }, (_, i) => ({ path: at("d", String(i)), stamp: STAMP, sha256: SHA }));
  store.cacheHashes(entries);
  const lookUp = store.cachedHashesBelow(at("d"));
  expect(entries.every(({ path }) => lookUp(path, STATS) === SHA)).toBe(true);
  expect(store.changesSince(0).revision).toBe(0);
});
