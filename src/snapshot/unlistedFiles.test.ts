import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { objectPath, putFile } from "../store/objects";
import { makeRepository, SOURCES, temporaryFolder, writeFiles } from "./code/testRepository";
import { writeManifest } from "./manifest";
import { restoreRun } from "./restore";
import { recordRun } from "./testRestore";
import { buildHashWorker } from "./testWorker";

const pool = { workerFile: buildHashWorker() };

test("files that only a dataset's version names are restored with the run, and their loss is said", async () => {
  const root = makeRepository({ ...SOURCES, ".gitignore": "images/\nlabels/\n" });
  writeFiles(root, { "images/a/1.png": "one", "images/a/2.png": "two", "labels/1.txt": "x", "labels/2.txt": "y" });
  const { store, id } = await recordRun(root, { read: { "images/a/1.png": true, "labels/1.txt": true } });
  const versions: Record<string, string> = {};
  for (const folder of ["images/a", "labels"]) {
    const files = fs.readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
    const entries = await Promise.all(
      files.map(async (name) => ({ path: name, ...(await putFile(store.folder, path.join(root, name))) })),
    );
    const manifest = await writeManifest(store.folder, entries);
    const name = folder.split("/")[0]!;
    versions[name] = manifest.version;
    store.ingest(id, { datasets: [{ name, kind: "read", role: "read", ...manifest }] });
  }
  const gap = { kind: "unlisted", path: "images/a", message: "Many files." } as const;
  store.ingest(id, { gaps: [gap] });

  const report = await restoreRun(store, id, { to: path.join(temporaryFolder(), "restored"), pool });
  expect(report).toMatchObject({ exact: true, written: { data: { files: 3 } } });
  const restored = fs.readdirSync(report.folder, { recursive: true, encoding: "utf8" });
  expect(restored.filter((name) => /\d\.(png|txt)$/.test(name)).sort()).toEqual([
    "images/a/1.png",
    "images/a/2.png",
    // Of the others, what the run opened is all that it needs.
    "labels/1.txt",
  ]);

  fs.rmSync(objectPath(store.folder, versions.images!));
  const incomplete = await restoreRun(store, id, { to: path.join(temporaryFolder(), "again"), pool });
  expect(incomplete).toMatchObject({ exact: false, problems: [{ part: "data", path: "images", fault: "damaged" }] });
});
