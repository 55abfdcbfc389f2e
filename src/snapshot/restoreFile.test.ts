import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesOnDisk, fingerprint, makeRepository, SOURCES, temporaryFolder, writeFiles } from "./code/testRepository";
import { restoreFile } from "./restoreFile";
import { recordRun } from "./testRestore";
import { buildHashWorker } from "./testWorker";

const pool = { workerFile: buildHashWorker() };

test("a file that is gone comes back to its place, with its mode or as a link", async () => {
  const root = makeRepository(SOURCES);
  writeFiles(root, { "run.sh": "echo\n" });
  fs.chmodSync(path.join(root, "run.sh"), 0o755);
  fs.symlinkSync("run.sh", path.join(root, "link"));
  const before = filesOnDisk(root);
  const { store, id } = await recordRun(root);
  fs.rmSync(path.join(root, "run.sh"));
  fs.rmSync(path.join(root, "link"));
  fs.rmSync(path.join(root, "lib"), { recursive: true });
  expect(await restoreFile(store, id, "run.sh", { pool })).toEqual({
    run: id,
    part: "code",
    path: "run.sh",
    to: path.join(root, "run.sh"),
    size: 5,
    outcome: "written",
    undo: null,
  });
  await restoreFile(store, id, "link", { pool });
  for (const name of ["lib/util.py", "lib/deep/a.py"]) await restoreFile(store, id, name, { pool });
  expect(filesOnDisk(root)).toEqual(before);
  expect(fs.readdirSync(root).filter((name) => name.startsWith(".modeltrail-"))).toEqual([]);
});

test("another file is never overwritten unasked; when asked, an undo copy is kept", async () => {
  const root = makeRepository(SOURCES);
  const { store, id } = await recordRun(root);
  const file = path.join(root, "train.py");
  expect(await restoreFile(store, id, "train.py", { pool })).toMatchObject({ outcome: "same", undo: null });
  fs.writeFileSync(file, "precious\n");
  const before = fingerprint(root);
  await expect(restoreFile(store, id, "train.py", { pool })).rejects.toThrow(/another file than the run had.*--force/);
  await expect(restoreFile(store, id, "train.py", { to: path.join(root, "lib"), pool })).rejects.toThrow("is a folder");
  expect(fingerprint(root)).toEqual(before);
  const { outcome, undo } = await restoreFile(store, id, "train.py", { overwrite: true, pool });
  expect(outcome).toBe("replaced");
  expect(fs.readFileSync(undo!, "utf8")).toBe("precious\n");
  // Undo copies are kept for a month.
  const undos = path.dirname(path.dirname(undo!));
  fs.mkdirSync(path.join(undos, "2020-01-01T00-00-00.000Z-abcd"));
  fs.writeFileSync(file, "again\n");
  await restoreFile(store, id, "train.py", { overwrite: true, pool });
  expect(fs.readdirSync(undos)).toHaveLength(2);
  expect(fs.existsSync(undo!)).toBe(true);
  expect(fs.readFileSync(file, "utf8")).toBe(SOURCES["train.py"]);
});

test("data and results, by the names that the run has for them, to wherever", async () => {
  const elsewhere = temporaryFolder();
  writeFiles(elsewhere, { "far.csv": "far" });
  const root = makeRepository({ ...SOURCES, ".gitignore": "*.csv\n" });
  writeFiles(root, { "sub/modeltrail.yaml": "", "top.csv": "top", "sub/a.csv": "a", "sub/out.csv": "out" });
  const project = path.join(root, "sub");
  const names = ["a.csv", path.join(root, "top.csv"), path.join(elsewhere, "far.csv")];
  const read = Object.fromEntries(names.map((name) => [name, true]));
  const { store, id } = await recordRun(project, { read, wrote: ["out.csv"] });
  const restored = async (name: string, options = {}) => {
    const to = path.join(temporaryFolder(), "new/place");
    expect(await restoreFile(store, id, name, { to, pool, ...options })).toMatchObject({ to, outcome: "written" });
    return fs.readFileSync(to, "utf8");
  };
  expect(await Promise.all(names.map((name) => restored(name)))).toEqual(["a", "top", "far"]);
  expect(await restored(path.join(root, "train.py"))).toBe(SOURCES["train.py"]);
  expect(await restored("out.csv", { written: true })).toBe("out");
  const to = path.join(temporaryFolder(), "found");
  expect(await restoreFile(store, id, ["nowhere.csv", "a.csv"], { to, pool })).toMatchObject({
    path: "a.csv",
    part: "data",
  });
  await expect(restored("out.csv")).rejects.toThrow("out.csv is not in what was kept of");
  await expect(restored("../../etc/passwd")).rejects.toThrow("is not in what was kept of");
});
