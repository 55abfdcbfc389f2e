/** For tests: projects with runs that have code and files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { snapshotCode } from "../snapshot/code";
import { gitIn } from "../snapshot/code/testRepository";
import type { NewRun, RunEnd, Store } from "../store/contract";
import { objectPath, putBytes } from "../store/objects";
import { newRun } from "../store/testStore";

export interface Recorded extends Partial<NewRun> {
  status?: RunEnd["status"];
  /** Texts that the run read, and those that it left as artifacts, by name. */
  data?: Record<string, string>;
  artifacts?: Record<string, string>;
  /** Takes the code as it is now. */
  code?: boolean;
  log?: string;
}

/** Records a run that is over. */
export async function record(store: Store, what: Recorded = {}): Promise<string> {
  const { status = "finished", data = {}, artifacts = {}, code = false, log = "", ...part } = what;
  const id = store.createRun(newRun({ cwd: store.root, ...part }));
  if (code) {
    const snapshot = await snapshotCode(store.root, store.folder);
    store.setCode(id, snapshot.code, snapshot.gaps, snapshot.warnings);
  }
  mkdirSync(store.runFolder(id), { recursive: true });
  writeFileSync(store.logPath(id), log);
  const keep = async (files: Record<string, string>) =>
    await Promise.all(
      Object.entries(files).map(async ([path, text]) => ({
        path,
        ...(await putBytes(store.folder, Buffer.from(text))),
      })),
    );
  const read = (await keep(data)).map((file) => ({ ...file, role: "read" as const }));
  const startTime = part.startTime ?? newRun().startTime;
  const end: RunEnd = { status, exitCode: status === "finished" ? 0 : 1, signal: null, endTime: startTime + 10 };
  store.endRun(id, end, { data: read, artifacts: await keep(artifacts), logSize: log.length });
  return id;
}

/** Deletes the runs and removes their rows. */
export function freeNow(store: Store, ...ids: string[]): void {
  store.deleteRuns(ids);
  store.freeRuns(ids);
}

/** The commits that snapshots are kept of, in order. */
export function snapshotRefs(repository: string): string[] {
  const refs = gitIn(repository, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/modeltrail/snapshots");
  return refs.split("\n").filter(Boolean);
}

/** Where the store has a text, whether it is there or not. */
export async function placeOf(store: Store, text: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  return objectPath(store.folder, createHash("sha256").update(text).digest("hex"));
}

export function writeProjectFile(store: Store, text: string): void {
  writeFileSync(join(store.root, "modeltrail.yaml"), text);
}
