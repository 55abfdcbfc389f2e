import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../snapshot/code/testRepository";
import { newCell } from "../store/cells/testCells";
import { hasObject, putBytes } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { exportRuns } from "./exportRuns";
import { importRuns } from "./importRuns";

async function notebookRun() {
  const store = tempStore();
  const id = store.createRun(newRun({ cwd: store.root, script: "a.ipynb", source: "notebook" }));
  const put = async (text: string) => (await putBytes(store.folder, Buffer.from(text))).sha256;
  const [source, image] = [await put("plot()"), await put("image")];
  const item = { mime: "image/png", size: 5, sha256: image, kept: true };
  const cell = newCell({ source, outputs: [{ kind: "display", items: [item], preview: "image/png" }] });
  store.ingest(id, { cells: [cell] });
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 5_000 });
  return { store, id, cell, source, image };
}

const archiveFile = () => path.join(temporaryFolder(), "runs.zip");

test("a notebook's run moves with its cells and what they showed", async () => {
  const { store, id, cell, source, image } = await notebookRun();
  const file = archiveFile();
  await exportRuns(store, [id], file);
  const other = tempStore();
  await importRuns(other, file);
  expect(other.cells.list(id).cells).toEqual([cell]);
  expect([hasObject(other.folder, source), hasObject(other.folder, image)]).toEqual([true, true]);
  expect((await importRuns(other, file)).runs[0]!.outcome).toBe("present");
});

test("without data, what ran moves and what it showed does not", async () => {
  const { store, id, source, image } = await notebookRun();
  const file = archiveFile();
  await exportRuns(store, [id], file, { withoutData: true });
  const other = tempStore();
  await importRuns(other, file);
  expect([hasObject(other.folder, source), hasObject(other.folder, image)]).toEqual([true, false]);
});
