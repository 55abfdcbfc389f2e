import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Cell } from "../cell";
import { createRandom } from "../testTables";
import { matchRows } from "./matchRows";
import { PARTITIONS, PartitionReader, RecordWriter } from "./recordStore";
import { RowHasher } from "./rowHasher";

/** Rows as texts; the first column is the key. */
type Row = (string | null)[];

function setUp(memory?: number) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-rows-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  function store(rows: Row[], isKeyed: boolean, prints = 0) {
    const hasher = new RowHasher(isKeyed, prints);
    const columns = rows[0]?.length ?? 0;
    for (let column = 0; column < columns; column++) hasher.plan(column, column, column === 0);
    const writer = new RecordWriter({ width: hasher.width, folder, memory });
    onTestFinished(() => writer.close());
    const cell = new Cell();
    rows.forEach((row, index) => {
      row.forEach((text, column) => {
        if (text === null) return;
        cell.setText(text);
        hasher.add(index % 100, column, cell);
      });
      if (index % 100 === 99) hasher.flush(100, (records, at) => writer.add(records, at));
    });
    hasher.flush(rows.length % 100, (records, at) => writer.add(records, at));
    return writer.finish();
  }
  const match = (before: Row[], after: Row[], isKeyed: boolean, prints = 0) =>
    matchRows(store(before, isKeyed, prints), store(after, isKeyed, prints), isKeyed, prints);
  return { folder, store, match };
}

test("by key: added, removed, changed, and by which column", () => {
  const { match } = setUp();
  const before = [
    ["a", "1", "x"],
    ["b", "2", "y"],
    ["c", "3", null],
    ["d", "4", "z"],
  ];
  const after = [
    ["e", "5", "x"],
    ["d", "4", "z"],
    ["c", "3", "w"],
    ["b", "20", "yy"],
  ];
  expect(match(before, after, true, 3)).toEqual({
    matchedBy: "key",
    added: 1,
    removed: 1,
    changed: 2,
    unchanged: 1,
    doubleKeys: 0,
    changedByColumn: [0, 1, 2],
  });
});

test("a key that is there twice, in either table, leaves the content", () => {
  const { match } = setUp();
  const once = [
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
  ];
  const twice = [
    ["a", "1"],
    ["a", "2"],
    ["b", "2"],
    ["d", "3"],
  ];
  expect(match(once, twice, true, 2)).toMatchObject({
    matchedBy: "content",
    added: 2,
    removed: 1,
    unchanged: 2,
    changed: null,
    doubleKeys: 1,
  });
  expect(match(twice, once, true, 2)).toMatchObject({
    matchedBy: "content",
    added: 1,
    removed: 2,
    unchanged: 2,
    doubleKeys: 1,
  });
});

test("by content: equal rows count as often as they are there", () => {
  const { match } = setUp();
  const before = [
    ["a", "1"],
    ["a", "1"],
    ["a", "1"],
    ["b", "2"],
  ];
  const after = [
    ["b", "2"],
    ["a", "1"],
    ["b", "2"],
    ["1", "a"],
  ];
  expect(match(before, after, false)).toMatchObject({ matchedBy: "content", added: 2, removed: 2, unchanged: 2 });
  expect(match([], after, false)).toMatchObject({ added: 4, removed: 0, unchanged: 0 });
  expect(match(before, [], false)).toMatchObject({ added: 0, removed: 4, unchanged: 0 });
});

test.each([
  ["in memory", undefined],
  ["in a file", 1 << 18],
])("many rows match %s as they do by name", (_, memory) => {
  const { folder, match } = setUp(memory);
  const random = createRandom(3);
  const before = Array.from({ length: 60_000 }, (_row, i) => [`k${i}`, `${Math.floor(random() * 10)}`, `${i % 7}`]);
  const after = before
    .filter((_row, i) => i % 100 !== 0)
    .map(([key, value, other], i) => [key!, i % 50 === 0 ? `${value}!` : value!, other!])
    .sort((a, b) => (a[0]! < b[0]! ? 1 : -1));
  after.push(["new", "1", "1"]);
  const result = match(before, after, true, 3);
  expect(result).toMatchObject({
    matchedBy: "key",
    added: 1,
    removed: 600,
    changed: 1188,
    unchanged: 58_212,
    doubleKeys: 0,
  });
  expect(result.changedByColumn).toEqual([0, 1188, 0]);
  expect(match(before, after, false)).toMatchObject({ added: 1189, removed: 1788, unchanged: 58_212 });
  // Whatever was written has no name any more.
  if (process.platform !== "win32") expect(fs.readdirSync(folder)).toEqual([]);
});

test("rows are in the file once there are too many for memory, and all come back", () => {
  const { store } = setUp(1);
  const records = store(
    Array.from({ length: 200_000 }, (_, i) => [`k${i}`]),
    false,
  );
  expect(records.file).not.toBeNull();
  expect(records.partitions.every(({ blocks }) => blocks.every((block) => typeof block === "number"))).toBe(true);
  const reader = new PartitionReader(records);
  const seen = new Set<string>();
  for (let index = 0; index < PARTITIONS; index++) {
    const words = reader.read(index);
    for (let at = 0; at < words.length; at += 2) seen.add(`${words[at]} ${words[at + 1]}`);
  }
  expect(seen.size).toBe(200_000);
});

test("a full disk is an error that says so", () => {
  const { store } = setUp(1);
  vi.spyOn(fs, "writeSync").mockImplementation(() => {
    throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  });
  expect(() =>
    store(
      Array.from({ length: 200_000 }, (_, i) => [`k${i}`]),
      false,
    ),
  ).toThrow("no space left");
});
