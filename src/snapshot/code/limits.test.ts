import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, environmentFolders, fitToLimits, isToolProduct } from "./limits";

const files = (folder: string, count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `${folder}f${index}`, size }));
const limits = { fileBytes: 100, files: 20, totalBytes: 500 };

describe("fitting untracked files into the limits", () => {
  test("what fits is kept as it is", () => {
    const some = [...files("src/", 5, 10), ...files("", 2, 100)];
    expect(fitToLimits(some, limits)).toEqual({ kept: some, gaps: [], heavy: [] });
    expect(fitToLimits([], DEFAULT_LIMITS).kept).toEqual([]);
  });

  test("the deepest folder that holds most of it goes, its neighbours stay", () => {
    const source = files("project/src/", 5, 10);
    const { kept, heavy } = fitToLimits(
      [...source, ...files("project/data/raw/", 30, 1), ...files("project/data/", 3, 1)],
      limits,
    );
    expect(heavy.map(({ folder }) => folder)).toEqual(["project/data/raw/"]);
    expect(kept).toEqual([...source, ...files("project/data/", 3, 1)]);
    expect(heavy[0]!.gap.message).toContain("30 untracked files");
  });

  test("by bytes as well as by number, until the rest fits", () => {
    const { kept, heavy } = fitToLimits([...files("a/", 3, 99), ...files("b/", 4, 99), ...files("c/", 1, 10)], limits);
    expect(heavy.map(({ folder }) => folder)).toEqual(["b/"]);
    expect(kept).toHaveLength(4);
  });

  test("files of the top folder itself go without its folders", () => {
    const { kept, heavy } = fitToLimits([...files("", 30, 1), ...files("src/", 3, 1)], limits);
    expect(heavy).toMatchObject([{ folder: "", gap: { kind: "too-big", path: "." } }]);
    expect(kept).toEqual(files("src/", 3, 1));
  });

  test("a folder whose files lie in many small ones goes as one", () => {
    const spread = Array.from({ length: 30 }, (_, index) => ({ path: `data/${index}/x`, size: 1 }));
    expect(fitToLimits(spread, limits).heavy.map(({ folder }) => folder)).toEqual(["data/"]);
  });
});

test("products of tools and environments are told by their names", () => {
  for (const path of [
    "a/__pycache__/x",
    "x.pyc",
    ".DS_Store",
    "n/.DS_Store",
    "node_modules/a/b.js",
    ".modeltrail/db",
  ]) {
    expect(isToolProduct(path)).toBe(true);
  }
  for (const path of ["wandb", "mlruns.py", "my_node_modules/a", "pyc", "a.pycx"])
    expect(isToolProduct(path)).toBe(false);
  const marks = ["env/pyvenv.cfg", "deep/c/conda-meta/history", "pyvenv.cfg", "not-pyvenv.cfg"];
  expect(environmentFolders(marks)).toEqual(["env/", "deep/c/"]);
});
