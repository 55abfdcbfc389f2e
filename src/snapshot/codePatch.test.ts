import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { snapshotCode } from "./code";
import { gitIn, makeRepository, makeStore, temporaryFolder, writeFiles } from "./code/testRepository";
import { codePatch } from "./codePatch";
import { type CodePlace, diffPlaces } from "./codeReader";
import { notebookText } from "./notebookText";

async function snapshot(root: string): Promise<CodePlace> {
  const { code } = await snapshotCode(root, makeStore());
  return { gitDir: code.gitDir!, commit: code.commit!, root: code.root };
}

/** What `change` does to the repository, as a diff. */
async function patchOf(root: string, change: () => void, colour = false): Promise<string> {
  const before = await snapshot(root);
  change();
  const pieces: Uint8Array[] = [];
  for await (const piece of codePatch(await diffPlaces(before, await snapshot(root)), { colour })) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const notebook = (source: string, output: string) =>
  JSON.stringify({
    cells: [
      {
        cell_type: "code",
        source: source.split(/(?<=\n)/),
        outputs: [{ data: { "image/png": output } }],
        metadata: {},
      },
      { cell_type: "markdown", source: "# Title", metadata: {} },
    ],
    metadata: { kernelspec: { name: output } },
    nbformat: 4,
    nbformat_minor: 5,
  });

test("a patch that git itself can apply, whatever the user has set", async () => {
  const files = { "train.py": "a\nb\nc\n", "old.py": "1\n2\n3\n4\n", "gone.py": "x\n", "-n": "1\n" };
  const root = makeRepository(files, {
    "diff.noprefix": "true",
    "diff.mnemonicPrefix": "true",
    "diff.external": "false",
    "diff.orderFile": "/nowhere",
    "color.ui": "always",
  });
  const copy = path.join(temporaryFolder(), "copy");
  gitIn(root, "clone", "--quiet", root, copy);
  const patch = await patchOf(root, () => {
    writeFiles(root, { "train.py": "a\nB\nc\n", "sp ace/ü.py": "new\n", "-n": "2\n" });
    fs.renameSync(path.join(root, "old.py"), path.join(root, "moved.py"));
    fs.rmSync(path.join(root, "gone.py"));
  });
  expect(patch).not.toContain("\u001b[");
  expect(patch).toContain("--- a/train.py\n+++ b/train.py\n");
  expect(patch).toContain("rename from old.py\nrename to moved.py\n");
  writeFiles(copy, { "../the.patch": patch });
  gitIn(copy, "apply", "--index", "../the.patch");
  gitIn(root, "add", "--all");
  expect(gitIn(copy, "write-tree")).toBe(gitIn(root, "write-tree"));
});

test("binary files, without their bytes", async () => {
  const root = makeRepository({ "a.bin": Buffer.from([0, 1, 2]) });
  const patch = await patchOf(root, () => writeFiles(root, { "a.bin": Buffer.from([0, 1, 3]) }));
  expect(patch).toContain("Binary files a/a.bin and b/a.bin differ");
});

test("more files than fit one command line, and only those asked for", async () => {
  const names = Array.from({ length: 250 }, (_, at) => `f${at}.py`);
  const root = makeRepository(Object.fromEntries(names.map((name) => [name, "1\n"])));
  const patch = await patchOf(root, () => writeFiles(root, Object.fromEntries(names.map((name) => [name, "2\n"]))));
  expect(patch.match(/^\+2$/gm)).toHaveLength(250);
});

test("in a submodule, with its path", async () => {
  const root = makeRepository({ "train.py": "1\n" });
  const library = makeRepository({ "lib.py": "1\n" });
  gitIn(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
  gitIn(root, "commit", "--quiet", "-m", "with submodule");
  const patch = await patchOf(root, () => writeFiles(root, { "vendor/lib/lib.py": "2\n" }));
  expect(patch).toContain("--- a/vendor/lib/lib.py\n+++ b/vendor/lib/lib.py\n@@ -1 +1 @@\n-1\n+2\n");
});

describe("notebooks", () => {
  test("show their cells, not their outputs", async () => {
    const root = makeRepository({ "n b.ipynb": notebook("x = 1\ny = 2", "AAAA") });
    const patch = await patchOf(root, () => writeFiles(root, { "n b.ipynb": notebook("x = 9\ny = 2", "BBBB") }));
    expect(patch).toContain("n b.ipynb");
    expect(patch).toContain(" # %%\n-x = 1\n+x = 9\n y = 2\n");
    expect(patch).not.toContain("AAAA");
  });

  test("are coloured like the rest", async () => {
    const root = makeRepository({ "a.ipynb": notebook("x = 1", ""), "a.py": "x = 1\n" });
    const change = () => writeFiles(root, { "a.ipynb": notebook("x = 2", ""), "a.py": "x = 2\n" });
    const patch = await patchOf(root, change, true);
    expect(patch.split("\u001b[31m-x = 1")).toHaveLength(3);
  });

  test("say when there is nothing else to show, and when they came or went", async () => {
    const root = makeRepository({ "a.ipynb": notebook("x", "A"), "gone.ipynb": notebook("bye", "") });
    const patch = await patchOf(root, () => {
      writeFiles(root, { "a.ipynb": notebook("x", "B"), "new.ipynb": notebook("hello", "") });
      fs.rmSync(path.join(root, "gone.ipynb"));
    });
    expect(patch).toContain("b/a.ipynb\nOnly outputs or metadata of the notebook differ.\n");
    expect(patch).toMatch(/\+\+\+ b\/new\.ipynb\n@@ .*\n\+# %%\n\+hello\n/);
    expect(patch).toMatch(/--- a\/gone\.ipynb\n\+\+\+ \/dev\/null\n@@ .*\n-# %%\n-bye\n/);
  });

  test("that are none are shown as they are", async () => {
    const root = makeRepository({ "a.ipynb": "{broken\n" });
    const patch = await patchOf(root, () => writeFiles(root, { "a.ipynb": notebook("x", "A") }));
    expect(patch).toContain("-{broken\n");
  });

  test("of version 3 are read too", () => {
    const old = {
      worksheets: [
        {
          cells: [
            { cell_type: "code", input: ["a\n", "b"] },
            { cell_type: "raw", source: "" },
          ],
        },
      ],
    };
    expect(notebookText(Buffer.from(JSON.stringify(old)))).toBe("# %%\na\nb\n\n# %% [raw]\n");
    expect(notebookText(Buffer.from("{}"))).toBeNull();
  });
});
