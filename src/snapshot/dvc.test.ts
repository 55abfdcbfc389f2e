import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { tempFolder } from "../store/testStore";
import { isDvcFile, readDvcOutputs } from "./dvc";
import { usesDvc } from "./usesDvc";

let root: string;
beforeEach(() => {
  root = tempFolder();
});

function write(name: string, content: string): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

describe("readDvcOutputs", () => {
  it("reads a file and a folder that were added", async () => {
    const file = write(
      "data/train.csv.dvc",
      "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 37891850\n  hash: md5\n  path: train.csv\n",
    );
    const folder = write(
      "images.dvc",
      "outs:\n- md5: 196a322c107c2572335158503c64bfba.dir\n  size: 23149\n  nfiles: 3\n  path: images\n",
    );
    expect(await readDvcOutputs([file, folder])).toEqual([
      {
        path: path.join(root, "data/train.csv"),
        source: file,
        md5: "a304afb96060aad90176268345e10355",
        isFolder: false,
        size: 37891850,
        files: null,
      },
      {
        path: path.join(root, "images"),
        source: folder,
        md5: "196a322c107c2572335158503c64bfba.dir",
        isFolder: true,
        size: 23149,
        files: 3,
      },
    ]);
  });

  it("reads paths against the working folder that is given", async () => {
    const file = write(
      "meta/all.dvc",
      "wdir: ..\nouts:\n- path: data\n  md5: 1.dir\n- path: s3://bucket/x\n  md5: '2'\n",
    );
    expect(await readDvcOutputs([file])).toMatchObject([{ path: path.join(root, "data"), isFolder: true }]);
  });

  it("reads what a pipeline's stages gave, but its metrics and plots", async () => {
    write(
      "pipeline/dvc.yaml",
      `stages:
  prepare: {cmd: x, wdir: .., outs: [data/clean]}
  train:
    foreach: [a, b]
    do: {cmd: y, outs: ["model-\${item}.pt"], metrics: [metrics.json: {cache: false}], plots: [curve.csv]}
`,
    );
    const lock = write(
      "pipeline/dvc.lock",
      `schema: '2.0'
stages:
  prepare:
    cmd: x
    deps: [{path: data/raw.csv, md5: '1', size: 5}]
    outs: [{path: data/clean, hash: md5, md5: 2.dir, size: 9, nfiles: 2}]
  train@a:
    cmd: y
    outs:
    - {path: model-a.pt, md5: '3', size: 7}
    - {path: metrics.json, md5: '4', size: 2}
    - {path: curve.csv, md5: '5', size: 2}
`,
    );
    expect(await readDvcOutputs([lock])).toEqual([
      { path: path.join(root, "data/clean"), source: lock, md5: "2.dir", isFolder: true, size: 9, files: 2 },
      { path: path.join(root, "pipeline/model-a.pt"), source: lock, md5: "3", isFolder: false, size: 7, files: null },
    ]);
  });

  it("reads the lock file of old versions, and takes nothing from what is none", async () => {
    const old = write("dvc.lock", "train:\n  cmd: x\n  outs:\n  - {path: m.pt, md5: '1'}\n");
    const broken = write("b.dvc", "outs: [\n");
    const other = write("c.dvc", "- 1\n");
    const bad = write("d.dvc", "outs:\n- 5\n- {path: ''}\n");
    const found = await readDvcOutputs([old, broken, other, bad, path.join(root, "gone.dvc")]);
    expect(found).toMatchObject([{ path: path.join(root, "m.pt"), md5: "1", size: null }]);
  });
});

it("knows DVC's files and where it is used", () => {
  expect(["a.csv.dvc", "x/dvc.lock", "dvc.yaml", "a.csv"].map(isDvcFile)).toEqual([true, true, false, false]);
  expect(usesDvc(path.join(root, "a/b"), root)).toBe(false);
  write(".dvc/config", "");
  expect(usesDvc(path.join(root, "a/b"), root)).toBe(true);
  expect(usesDvc(path.join(root, "a/b"), path.join(root, "a"))).toBe(false);
});
