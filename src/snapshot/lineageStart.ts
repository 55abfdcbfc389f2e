/** Finding what lineage is asked of, from what a person wrote. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../domain/errors";
import type { LineageStart } from "../domain/lineage";
import type { Store } from "../store/contract";
import { hashFile } from "../store/objects";
import { projectPath } from "./projectPath";
import { knownFolder } from "./readDatasets";
import { stampOf } from "./stamp";

export interface FoundStart {
  start: LineageStart;
  /** What a person should know of it. */
  note?: string;
}

/**
 * What is asked about: a content ("sha256:…"), a file on disk, a dataset, or a file that only runs know. Paths are relative to
 * `folder`. Throws UserError when it is none of these.
 */
export async function findLineageStart(store: Store, asked: string, folder: string): Promise<FoundStart> {
  const [, hash] = /^sha256:([0-9a-f]+)$/.exec(asked) ?? [];
  if (hash !== undefined) return ofContent(store, asked, hash);
  const file = resolve(folder, asked);
  const path = projectPath(store.root, file);
  const onDisk = await contentOnDisk(store, file);
  if (onDisk) {
    const isUsed = store.fileUses({ sha256: onDisk.sha256 }, { limit: 1 }).uses.length > 0;
    return (isUsed ? undefined : ofDataset(store, path, true)) ?? { start: { path, ...onDisk } };
  }
  const found = ofKnownPath(store, path) ?? ofDataset(store, asked, false) ?? ofDataset(store, path, false);
  if (found) return found;
  const advice = "`modeltrail show RUN` lists a run's files, `modeltrail data ls` the datasets.";
  throw new UserError(`${asked} is neither a file on disk nor one that a run has read or written. ${advice}`);
}

function ofContent(store: Store, asked: string, hash: string): FoundStart {
  if (hash.length !== 64) throw new UserError(`${asked} is not a whole SHA-256: it has 64 digits.`);
  const [use] = store.fileUses({ sha256: hash }, { limit: 1 }).uses;
  if (!use) throw new UserError(`No run has read or written a file with the content ${asked}.`);
  return { start: { path: use.path, sha256: hash, size: use.size } };
}

async function contentOnDisk(store: Store, file: string): Promise<{ sha256: string; size: number } | null> {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (!stats?.isFile()) return null;
  const known = store.cachedHash(file, stampOf(stats));
  return known === undefined ? await hashFile(file) : { sha256: known, size: Number(stats.size) };
}

/** A dataset of this name; with `below`, one that holds the file of this path among very many. */
function ofDataset(store: Store, path: string, below: boolean): FoundStart | undefined {
  const names = new Set(store.datasetNames().map(({ name }) => name));
  const name = below ? knownFolder(path, names) : [path, `${path}/`].find((one) => names.has(one));
  const version = name === undefined ? undefined : store.listDatasetVersions(name, { limit: 1 }).versions[0];
  if (name === undefined || !version) return undefined;
  const note = below ? `${path} is known as a part of this dataset` : undefined;
  return { start: { dataset: name, version: version.version }, note };
}

function ofKnownPath(store: Store, path: string): FoundStart | undefined {
  const [use] = store.fileUses({ path }, { limit: 1 }).uses;
  if (!use) return undefined;
  const note = "not on disk any more: as the last run had it";
  return { start: { path, sha256: use.sha256, size: use.size }, note };
}
