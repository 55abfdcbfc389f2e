import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { tempFolder } from "../store/testStore";
import { filePatterns } from "./filePatterns";

let root: string;
beforeEach(() => {
  root = tempFolder();
});

function write(...names: string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), "");
  }
}

const list = async (...patterns: string[]) =>
  (await filePatterns(root, patterns).list()).map((file) => path.relative(root, file).replaceAll(path.sep, "/"));

describe("filePatterns", () => {
  it("lists what fits, each file once", async () => {
    write("data/a.csv", "data/deep/b.csv", "data/deep/er/c.csv", "data/d.txt", "x.bin", "other/e.csv");
    expect(await list("data/**/*.csv", "data/a.csv", "*.bin")).toEqual([
      "data/a.csv",
      "data/deep/b.csv",
      "data/deep/er/c.csv",
      "x.bin",
    ]);
    expect(await list("data/*.{csv,txt}")).toEqual(["data/a.csv", "data/d.txt"]);
    expect(await list("data/*/*.csv")).toEqual(["data/deep/b.csv"]);
    expect(await list("nothing/*.csv", "nothing")).toEqual([]);
  });

  it("takes a folder for all that is below it", async () => {
    write("data/a.csv", "data/deep/b.csv");
    for (const pattern of ["data", "data/", "./data", path.join(root, "data"), "data/**"]) {
      expect(await list(pattern), pattern).toEqual(["data/a.csv", "data/deep/b.csv"]);
    }
    expect(await list("data", "!data/deep/**")).toEqual(["data/a.csv"]);
  });

  it("leaves out what is hidden, unless it is asked for, and what is nobody's data", async () => {
    write("data/.DS_Store", "data/.hidden/a.csv", "data/.modeltrail/b.csv", "data/.git/c.csv", "data/d.csv");
    expect(await list("data")).toEqual(["data/d.csv"]);
    expect(await list("data/.*/*.csv")).toEqual(["data/.hidden/a.csv"]);
  });

  it("follows links, and not in circles", async () => {
    write("cache/1234", "elsewhere/a.csv");
    mkdirSync(path.join(root, "data"));
    symlinkSync("../cache/1234", path.join(root, "data/b.csv"));
    symlinkSync("../elsewhere", path.join(root, "data/folder"));
    symlinkSync("..", path.join(root, "data/up"));
    symlinkSync("nowhere", path.join(root, "data/broken"));
    expect((await list("data/**/*.csv")).filter((name) => !name.includes("up/"))).toEqual([
      "data/b.csv",
      "data/folder/a.csv",
    ]);
  });

  it("tells of one file whether it fits", () => {
    const { matches } = filePatterns(root, ["data/*.csv", "images", "!images/tmp/**", "one file.txt"]);
    const fits = ["data/a.csv", "images/a/b.png", "one file.txt"];
    const fitsNot = ["data/deep/a.csv", "data/a.txt", "data", "images/tmp/a.png", "imagesX/a.png", "../data/a.csv"];
    for (const name of fits) expect(matches(path.join(root, name)), name).toBe(true);
    for (const name of fitsNot) expect(matches(path.join(root, name)), name).toBe(false);
  });

  it("does not take special characters of a folder's own name for wildcards when they are escaped", async () => {
    write("data [v2]/a.csv", "data v/b.csv");
    expect(await list("data \\[v2\\]/*.csv")).toEqual(["data [v2]/a.csv"]);
  });
});
