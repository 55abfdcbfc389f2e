import { sep } from "node:path";
import { expect, test } from "vitest";
import { stampText } from "./hashes";
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
  store.cacheHashes([...inside, ...outside].map((path) => ({ path, stamp: STAMP, sha256: SHA })));
  const below = store.cachedHashesBelow(at("data"));
  expect([...below.keys()].toSorted()).toEqual(inside.toSorted());
  expect(below.get(inside[0]!)).toEqual({ stamp: stampText(STAMP), sha256: SHA });
  expect(store.cachedHashesBelow(at("data") + sep).size).toBe(5);
  expect(store.cachedHashesBelow(sep).size).toBe(9);
});

test("very many at once, without a change that readers look for", () => {
  const store = tempStore();
  const entries = Array.from({ length: 12_001 }, (_, i) => ({ path: at("d", String(i)), stamp: STAMP, sha256: SHA }));
  store.cacheHashes(entries);
  expect(store.cachedHashesBelow(at("d")).size).toBe(12_001);
  expect(store.cachedHashesBelow(at("none"))).toEqual(new Map());
  expect(store.changesSince(0).revision).toBe(0);
});
