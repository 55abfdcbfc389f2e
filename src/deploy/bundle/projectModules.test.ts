import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { snapshotCode } from "../../snapshot/code";
import { newRun, tempFolder, tempStore } from "../../store/testStore";
import { addModule } from "./projectModules";

async function runOf(files: Record<string, string>, script: string) {
  const store = tempStore();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(store.root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(store.root, name), text);
  }
  const id = store.createRun(newRun({ cwd: store.root, script }));
  const { code, gaps, warnings } = await snapshotCode(store.root, store.folder);
  store.setCode(id, code, gaps, warnings);
  // As it was, and not as it is.
  writeFileSync(path.join(store.root, "steps.py"), "changed = True\n");
  return { run: store.getRun(id)!, root: store.root, folder: tempFolder() };
}

const listed = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort();

test("a module comes as the run had it: beside its script, in the project's folder or in src, whole packages too", async () => {
  const files = {
    "train.py": "",
    "steps.py": "here = True\n",
    "jobs/other.py": "",
    "jobs/near.py": "near = True\n",
    "src/features/__init__.py": "",
    "src/features/deep/more.py": "",
    "src/features/data.csv": "1\n",
  };
  const { run, root, folder } = await runOf(files, "jobs/other.py");
  for (const name of ["steps", "near", "features"]) expect(await addModule(run, root, name, folder), name).toBe(true);
  expect(listed(folder)).toEqual(["features/__init__.py", "features/deep/more.py", "near.py", "steps.py"]);
  expect(readFileSync(path.join(folder, "steps.py"), "utf8")).toBe("here = True\n");
  for (const name of ["numpy", "..", "src"])
    expect(await addModule(run, root, name, tempFolder()), name).toBe(name === "src");
});
