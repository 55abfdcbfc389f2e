/** Which files a run is said to have opened, and how. */
import { mkdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findPythons, type Python, runTraced, Scratch } from "./python";

const scratch = new Scratch();
afterAll(() => scratch.remove());
beforeEach(() => scratch.clear());

/** Run `main.py` and require that it ended well. */
async function trace(python: Python, source: string, files: Record<string, string> = {}, argv = ["main.py"]) {
  const cwd = scratch.write({ ...files, "main.py": source });
  const result = await runTraced(python, argv, scratch.spool, { cwd });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  return result;
}

/** Opened files as "mode path", the path relative to the project, in order. */
function opened(): string[] {
  return scratch.events("open").map(({ mode, path }) => `${mode} ${inProject(path)}`);
}

function inProject(path: string): string {
  return path.startsWith(`${scratch.project}/`) ? path.slice(scratch.project.length + 1) : path;
}

function modules(): string[] {
  return scratch.events("module").map(({ path }) => inProject(path));
}

describe.each(findPythons())("Python $version", (python) => {
  test("each way of opening, once", async () => {
    await trace(
      python,
      `
import os, io, gzip, csv, pathlib, shutil, codecs, json
for _ in range(2):
    open("read.txt").close()
    open(b"bytes.txt", "rb").close()
    pathlib.Path("path.txt").read_text()
    io.FileIO("fileio.txt").close()
    codecs.open("codecs.txt", encoding="utf-8").close()
    os.close(os.open("os.txt", os.O_RDONLY))
    open("write.txt", "w").close()
    open("append.txt", "a").close()
    open("update.txt", "r+").close()
    open("both.txt", "w+").close()
    os.close(os.open("oswrite.txt", os.O_WRONLY | os.O_CREAT))
    os.close(os.open("osnew.txt", os.O_RDWR | os.O_CREAT))
    os.close(os.open("osold.txt", os.O_RDWR | os.O_CREAT))
    with gzip.open("zip.gz", "wt") as file:
        file.write("x")
    with open("table.csv", newline="") as file:
        list(csv.reader(file))
open("exclusive.txt", "x").close()
shutil.copy("read.txt", "copy.txt")
open(os.open("descriptor.txt", os.O_RDONLY)).close()
`,
      Object.fromEntries(
        ["read", "bytes", "path", "fileio", "codecs", "os", "update", "osold", "descriptor"]
          .map((name) => [`${name}.txt`, "x"])
          .concat([["table.csv", "a,b\n"]]),
      ),
    );
    expect(opened()).toEqual([
      "r read.txt",
      "r bytes.txt",
      "r path.txt",
      "r fileio.txt",
      "r codecs.txt",
      "r os.txt",
      "w write.txt",
      "w append.txt",
      "rw update.txt",
      "w both.txt",
      "w oswrite.txt",
      "w osnew.txt",
      "rw osold.txt",
      "w zip.gz",
      "r table.csv",
      "rw osnew.txt",
      "w exclusive.txt",
      "w copy.txt",
      "r descriptor.txt",
    ]);
  });

  test("a reader's size, times and inode are those of the file", async () => {
    await trace(python, "open('data.bin', 'rb').close()", { "data.bin": "12345" });
    const { size, mtimeNs, ctimeNs, ino } = statSync(join(scratch.project, "data.bin"), { bigint: true });
    expect(scratch.events("open")).toMatchObject([
      { size: Number(size), mtimeNs: `${mtimeNs}`, ctimeNs: `${ctimeNs}`, ino: `${ino}` },
    ]);
  });

  test("what is no file, or belongs to Python, its packages or the system, is left out", async () => {
    await trace(
      python,
      `
import os, json, email.message, http.client, tempfile, subprocess, sys
for path in ("missing.txt", "missing.py", "missing/deep.txt", "nul\\0.txt"):
    try:
        open(path)
    except (OSError, ValueError):
        pass
os.close(os.open(".", os.O_RDONLY))
open("/dev/null", "w").close()
open("/proc/self/status").close()
open(os.__file__).close()
open("/etc/passwd").close()
r, w = os.pipe(); open(r).close(); os.close(w)
os.mkfifo("fifo"); os.close(os.open("fifo", os.O_RDWR))
with tempfile.TemporaryFile() as file:
    file.write(b"x")
open("lib/site-packages/package/data.csv").close()
`,
      { "lib/site-packages/package/data.csv": "" },
    );
    // Where O_TMPFILE is missing, a temporary file has a name for a moment.
    expect(opened().filter((line) => !line.includes(` ${tmpdir()}/`))).toEqual([]);
    expect(modules()).toEqual(["main.py"]);
  });

  test("paths: relative to the folder of the moment, through links and .., odd names", async () => {
    const files = {
      "data/a.txt": "",
      "data/odd \"name'\\ 名前\u{1f600}\n.txt": "",
      "real/deep/x": "",
      "real/b.txt": "",
    };
    scratch.write(files);
    symlinkSync(join(scratch.project, "real/deep"), join(scratch.project, "link"));
    await trace(
      python,
      `
import os
open("./data//a.txt").close()
open(os.path.join(os.getcwd(), "data", ".", "a.txt")).close()
open("link/../b.txt").close()
open("link/x").close()
os.chdir("data")
open([name for name in os.listdir() if "odd" in name][0]).close()
open("a.txt").close()
open(b"latin\\xe9.txt", "w").close()
`,
    );
    expect(opened()).toEqual([
      "r data/a.txt",
      "r real/b.txt",
      "r link/x",
      "r data/odd \"name'\\ 名前\u{1f600}\n.txt",
      "w data/latin\udce9.txt",
    ]);
  });

  test("renames: the final name of what was written aside", async () => {
    await trace(
      python,
      `
import os, pathlib
for epoch in range(3):
    open("model.tmp", "w").close()
    os.replace("model.tmp", "model.bin")
os.makedirs("new.tmp")
pathlib.Path("new.tmp").rename("new")
try:
    os.rename("missing", "other")
except OSError:
    pass
`,
    );
    expect(scratch.events("rename").map(({ from, to }) => [inProject(from), inProject(to)])).toEqual([
      ["model.tmp", "model.bin"],
      ["new.tmp", "new"],
    ]);
  });

  test("sqlite databases", async () => {
    await trace(
      python,
      `
import sqlite3, pathlib
sqlite3.connect("new.db").execute("create table t (x)")
sqlite3.connect("old.db").close()
sqlite3.connect(pathlib.Path("old.db")).close()
sqlite3.connect("file:old%2edb?mode=ro", uri=True).close()
sqlite3.connect(":memory:").close()
sqlite3.connect("").close()
sqlite3.connect("file::memory:?mode=memory", uri=True).close()
`,
      { "old.db": "" },
    );
    expect(opened()).toEqual(["w new.db", "rw old.db", "r old.db"]);
  });

  test("modules: the project's sources, from byte code or not, and others as data", async () => {
    const outside = join(scratch.base, "outside");
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, "shared.py"), "");
    const files = { "pkg/__init__.py": "", "pkg/part.py": "", "tool.py": "", "lib/site-packages/installed.py": "" };
    const source = `
import sys
sys.path += [${JSON.stringify(outside)}, "lib/site-packages"]
import pkg.part, tool, shared, installed, json
`;
    const told = {
      modules: ["main.py", "pkg/__init__.py", "pkg/part.py", "tool.py"],
      opened: [`r ${outside}/shared.py`],
    };
    for (const _ of ["compiled", "from byte code"]) {
      await trace(python, source, files);
      expect({ modules: modules(), opened: opened() }).toEqual(told);
      scratch.clearSpool();
    }
    await trace(python, source, files, ["-X", `pycache_prefix=${join(scratch.base, "cache")}`, "main.py"]);
    scratch.clearSpool();
    await trace(python, source, files, ["-X", `pycache_prefix=${join(scratch.base, "cache")}`, "main.py"]);
    expect({ modules: modules(), opened: opened() }).toEqual(told);
    expect(scratch.events("import").map(({ name }) => name)).toEqual(["pkg", "tool", "shared", "installed"]);
  });

  test("the main script, however it is started", async () => {
    const files = {
      "train.py": "",
      "bin/train": "",
      "pkg/__init__.py": "",
      "pkg/__main__.py": "",
      "app/__main__.py": "",
    };
    for (const [argv, expected] of [
      [["train.py"], ["train.py"]],
      [[join(scratch.project, "train.py")], ["train.py"]],
      [["bin/train"], ["bin/train"]],
      [
        ["-m", "pkg"],
        ["pkg/__init__.py", "pkg/__main__.py"],
      ],
      [["-m", "train"], ["train.py"]],
      [["app"], ["app/__main__.py"]],
      [["-c", "pass"], []],
    ] as const) {
      scratch.clearSpool();
      await trace(python, "", files, [...argv]);
      expect(modules()).toEqual(expected);
      expect(opened()).toEqual([]);
    }
  });

  test("a project reached by a link", async () => {
    scratch.write({ "main.py": "import helper; open('a.txt').close()", "helper.py": "", "a.txt": "" });
    const link = join(scratch.base, `link-${python.minor}`);
    symlinkSync(scratch.project, link);
    await runTraced(python, [join(link, "main.py")], scratch.spool, { cwd: link });
    expect(scratch.events("module").map(({ path }) => realpathSync(path))).toEqual([
      join(scratch.project, "main.py"),
      join(scratch.project, "helper.py"),
    ]);
    expect(scratch.events("open").map(({ path }) => realpathSync(path))).toEqual([join(scratch.project, "a.txt")]);
  });

  test("many files of one folder are told one by one up to a limit, then counted", async () => {
    await trace(
      python,
      `
import os
os.makedirs("few"); os.makedirs("many")
for n in range(2500):
    open("many/%d" % n, "w").close()
    if n < 10:
        open("few/%d" % n, "w").close()
for epoch in range(2):
    for n in range(2500):
        open("many/%d" % n).close()
`,
    );
    const told = scratch.events("open");
    expect(told.filter(({ path }) => dirname(path).endsWith("few"))).toHaveLength(10);
    for (const mode of ["r", "w"]) {
      expect(told.filter((event) => event.mode === mode && dirname(event.path).endsWith("many"))).toHaveLength(2000);
      const counts = scratch.events("dir").filter((event) => event.mode === mode);
      expect(counts.at(-1)).toMatchObject({ path: join(scratch.project, "many"), count: 500 });
      expect(counts.length).toBeLessThan(15);
    }
  });
});
