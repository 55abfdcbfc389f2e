import { describe, expect, it } from "vitest";
import type { FileState } from "../domain/comparison";
import { createFileComparison, type FilesOptions } from "./files";

const file = (path: string, sha256: string | null, size = 10): FileState => ({ path, sha256, size });

/** Files per side, by path: content, or null where there is none. `undefined` content: not hashed. */
function compare(rows: Record<string, (string | null | undefined)[]>, options?: FilesOptions) {
  const comparison = createFileComparison(options);
  for (const [path, contents] of Object.entries(rows)) {
    const files = contents.map((content) => (content === null ? null : file(path, content ?? null)));
    comparison.add({ path, files });
  }
  return comparison.result();
}

const kinds = (rows: Parameters<typeof compare>[0]) =>
  Object.fromEntries(compare(rows).files.map(({ path, kind }) => [path, kind]));

describe("two sides", () => {
  it("tells what was added, removed and changed, and counts what is the same", () => {
    const { counts, files } = compare({ "b.csv": ["1", "2"], a: [null, "3"], c: ["4", null], d: ["5", "5"] });
    expect(files.map(({ path, kind }) => [path, kind])).toEqual([
      ["a", "added"],
      ["b.csv", "changed"],
      ["c", "removed"],
    ]);
    expect(counts).toEqual({ added: 1, removed: 1, changed: 1, moved: 0, unknown: 0, same: 1 });
  });

  it("says when it cannot know, but believes sizes", () => {
    expect(kinds({ a: ["1", undefined], b: [undefined, undefined] })).toEqual({ a: "unknown", b: "unknown" });
    const comparison = createFileComparison();
    comparison.add({ path: "a", files: [file("a", "1", 5), file("a", null, 6)] });
    // Of what was gone before it was hashed not even the size is known.
    comparison.add({ path: "b", files: [file("b", "1", 5), file("b", null, 0)] });
    expect(comparison.result().counts).toMatchObject({ changed: 1, unknown: 1 });
  });

  it("finds moved files by their content, those with the same name first", () => {
    const { files } = compare({
      "old/a.csv": ["1", null],
      "old/b.csv": ["1", null],
      "new/b.csv": [null, "1"],
      "new/c.csv": [null, "1"],
    });
    expect(files.map(({ path, kind, files: [before] }) => [before!.path, path, kind])).toEqual([
      ["old/b.csv", "new/b.csv", "moved"],
      ["old/a.csv", "new/c.csv", "moved"],
    ]);
  });

  it("does not take empty files for moved ones, nor copies", () => {
    const comparison = createFileComparison();
    comparison.add({ path: "a", files: [file("a", "0", 0), null] });
    comparison.add({ path: "b", files: [null, file("b", "0", 0)] });
    comparison.add({ path: "c", files: [file("c", "1"), file("c", "1")] });
    comparison.add({ path: "copy", files: [null, file("copy", "1")] });
    expect(comparison.result().counts).toMatchObject({ added: 2, removed: 1, moved: 0, same: 1 });
  });

  it("cuts the list, not the counts", () => {
    const { counts, files } = compare({ a: ["1", "2"], b: ["1", "2"], c: ["1", "2"] }, { limit: 2 });
    expect(files.map(({ path }) => path)).toEqual(["a", "b"]);
    expect(counts.changed).toBe(3);
  });

  it("lists what is the same when all is asked for", () => {
    expect(compare({ a: ["1", "1"] }, { all: true }).files).toMatchObject([{ path: "a", kind: "same" }]);
  });
});

describe("several sides", () => {
  it("sees a difference on any of them", () => {
    const rows = {
      a: ["1", "1", "2"],
      b: ["1", null, "1"],
      c: [null, "1", "1"],
      d: ["1", undefined, "2"],
      e: ["1", "1", "1"],
    };
    expect(kinds(rows)).toEqual({ a: "changed", b: "removed", c: "added", d: "changed" });
  });

  it("joins a move when each side has one of the two", () => {
    const { files } = compare({ a: ["1", null, "1"], b: [null, "1", null] });
    expect(files).toMatchObject([{ kind: "moved", path: "a", files: [{ path: "a" }, { path: "b" }, { path: "a" }] }]);
  });
});

it("takes its time in proportion, also when very many files have one content", () => {
  const count = 60_000;
  const rows: Parameters<typeof compare>[0] = {};
  for (let at = 0; at < count; at++) rows[`before/${at}`] = ["1", null];
  for (let at = 0; at < count; at++) rows[`after/${at}`] = [null, "1"];
  expect(compare(rows).counts).toMatchObject({ moved: count, added: 0, removed: 0 });
});
