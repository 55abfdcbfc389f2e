/** Checks the bytes of every object, and looks for good ones in the project where they are damaged or gone. */
import { existsSync, statSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Gap } from "../../domain/run";
import type { FileUse, Store } from "../../store/contract";
import { hashFile, objectPath, putFile } from "../../store/objects";
import { listObjectFiles } from "../keptObjects";
import type { Finding, RepairOptions } from "./repair";

/** Of larger files the bytes may not be kept, and one gap for all of them says so. */
const ALWAYS_KEPT_BYTES = 2 ** 20;

export async function repairObjects(store: Store, options: Pick<RepairOptions, "signal"> = {}): Promise<Finding[]> {
  const release = store.holdObjects();
  try {
    const findings: Finding[] = [];
    const sound = new Set<string>();
    for await (const files of listObjectFiles(store.folder)) {
      for (const { sha256 } of files) {
        options.signal?.throwIfAborted();
        if ((await hashFile(objectPath(store.folder, sha256))).sha256 === sha256) sound.add(sha256);
        else {
          await setAside(store, sha256);
          findings.push(await replace(store, sha256, "was damaged"));
        }
      }
    }
    for (const sha256 of store.referencedObjects()) {
      options.signal?.throwIfAborted();
      if (sound.has(sha256) || existsSync(objectPath(store.folder, sha256)) || isKnownGap(store, sha256)) continue;
      findings.push(await replace(store, sha256, "was missing"));
    }
    return findings;
  } finally {
    release();
  }
}

/** To `damaged/objects/`; nothing is deleted. */
async function setAside(store: Store, sha256: string): Promise<void> {
  const place = join(store.folder, "damaged", "objects", sha256);
  await mkdir(dirname(place), { recursive: true });
  await rename(objectPath(store.folder, sha256), place);
}

/** From a file of the project that still has this content; else the runs that use it are told. */
async function replace(store: Store, sha256: string, what: string): Promise<Finding> {
  const uses = usesOf(store, sha256);
  const names = [...new Set(uses.map(({ path }) => path))];
  const shown = names[0] ?? datasetOf(store, sha256)?.name ?? `the object ${sha256.slice(0, 12)}`;
  for (const name of names) {
    const path = resolve(store.root, name);
    const size = uses.find((use) => use.path === name)?.size;
    if (!(await hasContent(path, sha256, size))) continue;
    if ((await putFile(store.folder, path, sha256)).sha256 !== sha256) continue;
    return {
      part: "files",
      outcome: "repaired",
      message: `${shown} ${what} in the store, and was kept again from ${path}.`,
    };
  }
  store.forgetHash(sha256);
  tellRuns(store, sha256, uses);
  return { part: "files", outcome: "lost", message: `${shown} ${what} in the store, and no good copy was found.` };
}

async function hasContent(path: string, sha256: string, size: number | null | undefined): Promise<boolean> {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || (typeof size === "number" && stats.size !== size)) return false;
    return (await hashFile(path)).sha256 === sha256;
  } catch {
    return false;
  }
}

function tellRuns(store: Store, sha256: string, uses: readonly FileUse[]): void {
  for (const { run, path } of uses) {
    const message = `The kept bytes of ${path} were lost, so that only its hash is known.`;
    store.ingest(run, { gaps: [{ kind: "hash-only", path, message }] });
  }
  const dataset = datasetOf(store, sha256);
  if (!dataset) return;
  const message = `The list of files of the dataset ${dataset.name} (version ${sha256.slice(0, 12)}) was lost.`;
  for (const run of dataset.runs) store.ingest(run, { gaps: [{ kind: "missing", path: dataset.name, message }] });
}

/** Whether all runs that use the content say already that its bytes are not kept. */
function isKnownGap(store: Store, sha256: string): boolean {
  const uses = usesOf(store, sha256);
  const gaps = new Map(store.getSummaries([...new Set(uses.map(({ run }) => run))]).map(({ id, gaps }) => [id, gaps]));
  const dataset = datasetOf(store, sha256);
  const isSaid = ({ run, path, size }: FileUse) =>
    gaps.get(run)?.some((gap) => gap.kind === "hash-only" && covers(gap, path, size)) ?? true;
  const isListed = (run: string) =>
    store.getSummaries([run])[0]?.gaps.some((gap) => gap.kind === "missing" && gap.path === dataset!.name) ?? true;
  return uses.every(isSaid) && (dataset?.runs.every(isListed) ?? true);
}

function covers(gap: Gap, path: string, size: number | null): boolean {
  return gap.path === undefined ? (size ?? 0) > ALWAYS_KEPT_BYTES : gap.path === path;
}

function usesOf(store: Store, sha256: string): FileUse[] {
  const uses: FileUse[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = store.fileUses({ sha256 }, { limit: 1_000, cursor });
    uses.push(...page.uses);
    if (page.next === null) return uses;
    cursor = page.next;
  }
}

/** The dataset of which the object is a version, and the runs that used that. */
function datasetOf(store: Store, version: string): { name: string; runs: string[] } | null {
  for (const { name } of store.listDatasets()) {
    const { uses } = store.runsOfDataset(name, version, { limit: 10_000 });
    if (uses.length > 0) return { name, runs: [...new Set(uses.map(({ run }) => run))] };
  }
  return null;
}
