import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../domain/errors";
import { snapshotCode } from "./code";
import { gitIn, makeRepository, makeStore, SOURCES, temporaryFolder, writeFiles } from "./code/testRepository";
import { type CodePlace, containsPath, diffTrees, listTree, readFileAt } from "./codeReader";

async function snapshot(root: string, store = makeStore()): Promise<CodePlace> {
  const { code } = await snapshotCode(root, store);
  return { gitDir: code.gitDir!, commit: code.commit!, root: code.root };
}

function withSubmodule(): string {
  const root = makeRepository(SOURCES);
  const library = makeRepository({ "lib.py": "1\n", "deep/b.py": "1\n" });
  gitIn(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
  gitIn(root, "commit", "--quiet", "-m", "with submodule");
  return root;
}

describe("one file", () => {
  test("as it was, whatever bytes it has", async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 0xe9]);
    const root = makeRepository({ ...SOURCES, "sp ace/é.bin": bytes });
    const place = await snapshot(root);
    writeFiles(root, { "sp ace/é.bin": "changed" });
    expect(await readFileAt(place, "sp ace/é.bin")).toEqual(bytes);
    expect(await containsPath(place, "sp ace/é.bin")).toBe(true);
    expect(await containsPath(place, "lib")).toBe(true);
    expect(await containsPath(place, "li")).toBe(false);
  });

  test("in a submodule", async () => {
    const root = withSubmodule();
    writeFiles(root, { "vendor/lib/deep/b.py": "uncommitted\n" });
    const place = await snapshot(root);
    expect((await readFileAt(place, "vendor/lib/deep/b.py")).toString()).toBe("uncommitted\n");
    expect(await containsPath(place, "vendor/lib/lib.py")).toBe(true);
    expect(await containsPath(place, "vendor/lib/none.py")).toBe(false);
    await expect(readFileAt(place, "vendor/lib/none.py")).rejects.toThrow(UserError);
  });

  test("what is not there is said in a sentence", async () => {
    const root = makeRepository(SOURCES);
    const place = await snapshot(root);
    await expect(readFileAt(place, "none.py")).rejects.toThrow(
      new UserError("none.py is not in the code that was kept of this run."),
    );
    await expect(readFileAt({ ...place, commit: "0".repeat(40) }, "train.py")).rejects.toThrow(/is gone/);
    fs.rmSync(place.gitDir, { recursive: true });
    await expect(listTree(place)).rejects.toThrow(/no longer there/);
  });
});

describe("lists and differences", () => {
  test("lists files of submodules too", async () => {
    const root = withSubmodule();
    fs.symlinkSync("train.py", path.join(root, "link"));
    const files = await listTree(await snapshot(root));
    expect(files.map((file) => file.path)).toEqual([
      ".gitmodules",
      "lib/deep/a.py",
      "lib/util.py",
      "link",
      "train.py",
      "vendor/lib/deep/b.py",
      "vendor/lib/lib.py",
    ]);
    expect(files.find((file) => file.path === "link")?.mode).toBe("120000");
  });

  test("finds what was added, removed, changed and renamed, in submodules as well", async () => {
    const root = withSubmodule();
    writeFiles(root, { "old name.py": "a long enough\ncontent to be\nrecognised\n" });
    const before = await snapshot(root);
    fs.renameSync(path.join(root, "old name.py"), path.join(root, "new\nname.py"));
    fs.rmSync(path.join(root, "lib/util.py"));
    writeFiles(root, { "train.py": "2\n", "more.py": "m\n", "vendor/lib/lib.py": "2\n" });
    const after = await snapshot(root);
    expect(await diffTrees(before, after)).toEqual([
      { status: "removed", path: "lib/util.py" },
      { status: "added", path: "more.py" },
      { status: "renamed", path: "new\nname.py", oldPath: "old name.py" },
      { status: "changed", path: "train.py" },
      { status: "changed", path: "vendor/lib/lib.py" },
    ]);
    expect(await diffTrees(after, after)).toEqual([]);
  });

  test("compares code kept in two places", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { ...SOURCES, "train.py": "other\n" });
    const outside = await snapshot(folder, path.join(folder, ".modeltrail"));
    const inside = await snapshot(makeRepository(SOURCES));
    expect(await diffTrees(outside, inside)).toEqual([{ status: "changed", path: "train.py" }]);
  });

  test("leaves the user's own environment for git aside", async () => {
    const place = await snapshot(makeRepository(SOURCES));
    process.env.GIT_DIR = "/nonexistent";
    try {
      expect(await listTree(place)).toHaveLength(3);
    } finally {
      delete process.env.GIT_DIR;
    }
  });
});
