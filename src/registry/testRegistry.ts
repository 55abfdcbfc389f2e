/** For tests: runs with files, as a recorder leaves them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { IngestBatch, NewRun, Store } from "../store/contract";
import { putBytes } from "../store/objects";
import { newRun } from "../store/testStore";

/** An ended run that wrote these files; they are in the project's folder and kept in the store. */
export async function runWithFiles(
  store: Store,
  files: Record<string, string>,
  { part = {}, batch = {}, kept = true }: { part?: Partial<NewRun>; batch?: IngestBatch; kept?: boolean } = {},
): Promise<string> {
  const id = store.createRun(newRun({ experiment: "wine", ...part }));
  const artifacts = [];
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(store.root, path)), { recursive: true });
    writeFileSync(join(store.root, path), text);
    artifacts.push({ path, ...(await putBytes(store.folder, Buffer.from(text))) });
  }
  const data = artifacts.map((file) => ({ ...file, role: "write" as const }));
  store.ingest(id, { data, ...(kept ? { artifacts } : {}), ...batch });
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  return id;
}

/** The file MLmodel of a model that was logged with MLflow 3. */
export const mlmodel = (id: string) =>
  `artifact_path: x\nflavors:\n  python_function:\n    a: b\n  sklearn:\n    c: d\nmodel_id: ${id}\n`;
