/** Checks the bytes of every object, and looks for good ones in the project where they are damaged or gone. */
import { existsSync, statSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Gap } from "../../domain/run";
import type { Store } from "../../store/contract";
import { hashFile, objectPath, putFile } from "../../store/objects";
import { listObjectFiles } from "../keptObjects";
import { findListed } from "./listedFiles";
import type { Finding, RepairOptions } from "./repair";

/** Of larger files the bytes may not be kept, and one gap for all of them says so. */
const ALWAYS_KEPT_BYTES = 2 ** 20;

/** Where an object is used. */
interface Use {
  run: string;
  path: string;
  /** Null when it is not known. */
  size: number | null;
}

/** Objects that are not what they should be. */
type Broken = Map<string, { what: "damaged" | "missing"; uses: Use[] }>;

export async function repairObjects(store: Store, options: Pick<RepairOptions, "signal"> = {}): Promise<Finding[]> {
  const release = store.holdObjects();
  try {
    const broken: Broken = new Map();
    const sound = await setDamagedAside(store, broken, options.signal);
    findMissing(store, sound, broken);
    await addListed(store, sound, broken);
    const findings: Finding[] = [];
    for (const [sha256, { what, uses }] of broken) {
      options.signal?.throwIfAborted();
      findings.push(await replace(store, sha256, what, uses));
    }
    return findings;
  } finally {
    release();
  }
}

/** To `damaged/objects/`; nothing is deleted. Gives the sound ones. */
async function setDamagedAside(store: Store, broken: Broken, signal?: AbortSignal): Promise<Set<string>> {
  const sound = new Set<string>();
  for await (const files of listObjectFiles(store.folder)) {
    for (const { sha256 } of files) {
      signal?.throwIfAborted();
      if ((await hashFile(objectPath(store.folder, sha256))).sha256 === sha256) {
        sound.add(sha256);
        continue;
      }
      const place = join(store.folder, "damaged", "objects", sha256);
      await mkdir(dirname(place), { recursive: true });
      await rename(objectPath(store.folder, sha256), place);
      broken.set(sha256, { what: "damaged", uses: usesOf(store, sha256) });
    }
  }
  return sound;
}

function findMissing(store: Store, sound: ReadonlySet<string>, broken: Broken): void {
  for (const sha256 of store.referencedObjects()) {
    if (sound.has(sha256) || broken.has(sha256) || existsSync(objectPath(store.folder, sha256))) continue;
    const uses = usesOf(store, sha256);
    if (uses.some((use) => !isSaid(store, use)) || isUnsaidDataset(store, sha256)) {
      broken.set(sha256, { what: "missing", uses });
    }
  }
}

/** Adds what only the lists of datasets name. */
async function addListed(store: Store, sound: ReadonlySet<string>, broken: Broken): Promise<void> {
  const isWanted = (sha256: string, size: number) =>
    broken.has(sha256) || (size <= ALWAYS_KEPT_BYTES && !sound.has(sha256));
  for await (const { sha256, path, size, runs } of findListed(store, isWanted)) {
    const uses = runs.map((run) => ({ run, path, size }));
    const found = broken.get(sha256);
    if (found) found.uses.push(...uses);
    else if (uses.some((use) => !isSaid(store, use))) broken.set(sha256, { what: "missing", uses });
  }
}

/** From a file of the project that still has this content; else the runs that use it are told. */
async function replace(
  store: Store,
  sha256: string,
  what: "damaged" | "missing",
  uses: readonly Use[],
): Promise<Finding> {
  const names = [...new Set(uses.map(({ path }) => path))];
  const dataset = datasetOf(store, sha256);
  const shown = names[0] ?? dataset?.name ?? `the object ${sha256.slice(0, 12)}`;
  for (const name of names) {
    const path = resolve(store.root, name);
    const size = uses.find((use) => use.path === name)?.size ?? null;
    if (!(await hasContent(path, sha256, size))) continue;
    if ((await putFile(store.folder, path, sha256)).sha256 !== sha256) continue;
    const message = `${shown} was ${what} in the store, and was kept again from ${path}.`;
    return { part: "files", outcome: "repaired", message };
  }
  store.forgetHash(sha256);
  for (const { run, path } of uses) {
    const message = `The kept bytes of ${path} were lost, so that only its hash is known.`;
    store.ingest(run, { gaps: [{ kind: "hash-only", path, message }] });
  }
  for (const run of dataset?.runs ?? []) store.ingest(run, { gaps: [lostList(dataset!.name, sha256)] });
  return { part: "files", outcome: "lost", message: `${shown} was ${what} in the store, and no good copy was found.` };
}

async function hasContent(path: string, sha256: string, size: number | null): Promise<boolean> {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || (size !== null && stats.size !== size)) return false;
    return (await hashFile(path)).sha256 === sha256;
  } catch {
    return false;
  }
}

/** Whether the run says already that the file's bytes are not kept. */
function isSaid(store: Store, { run, path, size }: Use): boolean {
  const covers = (gap: Gap) => (gap.path === undefined ? (size ?? 0) > ALWAYS_KEPT_BYTES : gap.path === path);
  const gaps = store.getSummaries([run])[0]?.gaps ?? [];
  return gaps.some((gap) => gap.kind === "hash-only" && covers(gap));
}

/** Uses by runs that are not deleted. */
function usesOf(store: Store, sha256: string): Use[] {
  const uses: Use[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = store.fileUses({ sha256 }, { limit: 1_000, cursor });
    uses.push(...page.uses.map(({ run, path, size }) => ({ run, path, size })));
    if (page.next === null) return uses;
    cursor = page.next;
  }
}

const lostList = (name: string, version: string): Gap => ({
  kind: "missing",
  path: name,
  message: `The list of files of the dataset ${name} (version ${version.slice(0, 12)}) was lost.`,
});

function isUnsaidDataset(store: Store, version: string): boolean {
  const dataset = datasetOf(store, version);
  if (!dataset) return false;
  const { message } = lostList(dataset.name, version);
  return store.getSummaries(dataset.runs).some(({ gaps }) => !gaps.some((gap) => gap.message === message));
}

/** The dataset of which the object is a version, and the runs that used that. */
function datasetOf(store: Store, version: string): { name: string; runs: string[] } | null {
  for (const { name } of store.listDatasets()) {
    const { uses } = store.runsOfDataset(name, version, { limit: 10_000 });
    if (uses.length > 0) return { name, runs: [...new Set(uses.map(({ run }) => run))] };
  }
  return null;
}
