import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findDeclaredData } from "./declaredData";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "modeltrail-declared-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, content = ""): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), content);
}

const found = async () => {
  const { files, gaps } = await findDeclaredData(root);
  return { files: files.map((file) => path.relative(root, file)), gaps };
};

describe("findDeclaredData", () => {
  it("finds nothing without a project file, or in one that only marks the root", async () => {
    expect(await found()).toEqual({ files: [], gaps: [] });
    write("modeltrail.yaml", "# only here\n\n#data:\n#  - x\n");
    expect(await found()).toEqual({ files: [], gaps: [] });
    write("modeltrail.yaml", "data:\n");
    expect(await found()).toEqual({ files: [], gaps: [] });
  });

  it("gives each file once, and none of a virtual environment or of ours", async () => {
    write("modeltrail.yaml", "data:\n  - data/**/*.csv\n  - data/a.csv\n  - '*.bin'\n");
    for (const name of ["data/a.csv", "data/deep/b.csv", "data/c.txt", "x.bin", "data/.modeltrail/d.csv"]) write(name);
    mkdirSync(path.join(root, "data/folder.csv"));
    expect(await found()).toEqual({ files: ["data/a.csv", "data/deep/b.csv", "x.bin"], gaps: [] });
  });

  it("says what is wrong", async () => {
    write("modeltrail.yaml", "data:\n  - nothing/*.csv\n");
    expect((await found()).gaps).toMatchObject([{ kind: "missing", path: "nothing/*.csv" }]);
    for (const content of ["data: 5\n", "dta: []\n", "data: [\n", "- x\n"]) {
      write("modeltrail.yaml", content);
      expect((await found()).gaps, content).toMatchObject([{ kind: "other", path: "modeltrail.yaml" }]);
    }
  });
});
