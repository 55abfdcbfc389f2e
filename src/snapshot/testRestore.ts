/** Runs for tests of restoring: recorded as a recorder does, without one. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Artifact, DataFile, Gap } from "../domain/run";
import type { Store } from "../store/contract";
import { putFile } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { snapshotCode } from "./code";

export const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

export interface Recorded {
  store: Store;
  id: string;
}

export interface RecordedFiles {
  /** Files that the run read; those whose value is false have their hash only. */
  read?: Record<string, boolean>;
  config?: string[];
  wrote?: string[];
  gaps?: Gap[];
}

/** A run of the project `root`, which has what is on disk now. */
export async function recordRun(
  root: string,
  files: RecordedFiles = {},
  store: Store = tempStore(root),
): Promise<Recorded> {
  const id = store.createRun(newRun({ cwd: root }));
  const { code, gaps } = await snapshotCode(root, store.folder);
  store.setCode(id, code, [...gaps, ...(files.gaps ?? [])], []);
  const keep = async (name: string, kept: boolean) => {
    const file = path.resolve(root, name);
    if (kept) await putFile(store.folder, file);
    return { path: name, sha256: sha256(fs.readFileSync(file)), size: fs.statSync(file).size };
  };
  const data: DataFile[] = [];
  for (const [name, kept] of Object.entries(files.read ?? {})) data.push({ ...(await keep(name, kept)), role: "read" });
  const config = [];
  for (const name of files.config ?? []) config.push(await keep(name, true));
  const artifacts: Artifact[] = [];
  for (const name of files.wrote ?? []) artifacts.push(await keep(name, true));
  data.push(...artifacts.map((artifact): DataFile => ({ ...artifact, role: "write" })));
  store.ingest(id, {
    data,
    config: config.map(({ path: name, sha256: hash }) => ({ path: name, sha256: hash })),
    artifacts,
  });
  store.endRun(id, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  return { store, id };
}
