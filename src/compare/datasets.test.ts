import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { DatasetFile } from "../domain/datasetComparison";
import { comparePaths } from "../domain/pathOrder";
import { compareDatasets, type DatasetSide } from "./datasets";

const hashOf = (content: string) => createHash("sha256").update(content).digest("hex");

/** Files from name to content. */
function side(version: string, contents: Record<string, string>): DatasetSide {
  const files = Object.entries(contents).map(([path, content]) => fileOf(path, content));
  return { version, files: streamed(files.sort((a, b) => comparePaths(a.path, b.path))) };
}

const fileOf = (path: string, content: string): DatasetFile => ({
  path,
  sha256: hashOf(content),
  size: content.length,
});

async function* streamed(files: Iterable<DatasetFile>): AsyncGenerator<DatasetFile> {
  yield* files;
}

describe("compareDatasets", () => {
  it("tells what was added, removed, changed and moved", async () => {
    const before = side("v1", { "a.csv": "1", "b.csv": "22", "c.csv": "333", "old/d.csv": "4444" });
    const after = side("v2", { "b.csv": "two", "c.csv": "333", "e.csv": "5", "new/d.csv": "4444" });
    expect(await compareDatasets(before, after)).toEqual({
      before: { version: "v1", files: 4, size: 10 },
      after: { version: "v2", files: 4, size: 11 },
      counts: { added: 1, removed: 1, changed: 1, moved: 1, same: 1 },
      added: [fileOf("e.csv", "5")],
      removed: [fileOf("a.csv", "1")],
      changed: [
        { path: "b.csv", before: { sha256: hashOf("22"), size: 2 }, after: { sha256: hashOf("two"), size: 3 } },
      ],
      moved: [{ from: "old/d.csv", to: "new/d.csv", sha256: hashOf("4444"), size: 4 }],
      complete: true,
    });
  });

  it("pairs files of the same content by their names first, each once, and empty ones never", async () => {
    const before = side("v1", { "a/x": "same", "a/y": "same", "a/z": "same", "a/empty": "" });
    const after = side("v2", { "b/1": "same", "b/y": "same", "b/empty": "" });
    const { moved, removed, added } = await compareDatasets(before, after);
    expect(moved.map(({ from, to }) => `${from} → ${to}`)).toEqual(["a/x → b/1", "a/y → b/y"]);
    expect(removed.map(({ path }) => path)).toEqual(["a/empty", "a/z"]);
    expect(added.map(({ path }) => path)).toEqual(["b/empty"]);
  });

  it("is of nothing and everything", async () => {
    const all = { a: "1", b: "2" };
    expect((await compareDatasets(side("1", {}), side("2", {}))).counts.same).toBe(0);
    expect((await compareDatasets(side("1", {}), side("2", all))).counts).toMatchObject({ added: 2, removed: 0 });
    expect((await compareDatasets(side("1", all), side("2", {}))).counts).toMatchObject({ added: 0, removed: 2 });
    expect((await compareDatasets(side("1", all), side("2", all))).counts).toMatchObject({ same: 2, changed: 0 });
  });

  it("keeps to the order of the bytes where that of the letters is another", async () => {
    const names = ["\u{1f600}", "\uffee", "z"];
    const contents = Object.fromEntries(names.map((name) => [name, name]));
    expect((await compareDatasets(side("1", contents), side("2", contents))).counts.same).toBe(3);
  });

  it("gives the same through the disk as in memory, and leaves nothing there", async () => {
    const numbers = Array.from({ length: 3_000 }, (_, i) => i);
    const before = Object.fromEntries(numbers.map((i) => [`old/${i % 7}/${i}`, `content ${i}`]));
    const after = Object.fromEntries(
      numbers.filter((i) => i % 3 > 0).map((i) => [`${i % 2 ? "old" : "new"}/${i % 7}/${i}`, `content ${i}`]),
    );
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("modeltrail-compare-"));
    const there = folders();
    const inMemory = await compareDatasets(side("1", before), side("2", after), { limit: 100 });
    const onDisk = await compareDatasets(side("1", before), side("2", after), { limit: 100, held: 10 });
    expect(onDisk).toEqual(inMemory);
    expect(onDisk.counts).toEqual({ added: 0, removed: 1_000, changed: 0, moved: 1_000, same: 1_000 });
    expect(onDisk.moved).toHaveLength(100);
    expect(onDisk.complete).toBe(false);
    expect(folders()).toEqual(there);
  });

  it("can be given up", async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<DatasetFile> {
      for (let i = 0; ; i++) {
        if (i === 10_000) controller.abort(new Error("enough"));
        yield fileOf(String(i).padStart(9, "0"), "");
      }
    }
    const { signal } = controller;
    const comparing = compareDatasets({ version: "1", files: endless() }, side("2", {}), { signal });
    await expect(comparing).rejects.toThrow("enough");
  });
});
