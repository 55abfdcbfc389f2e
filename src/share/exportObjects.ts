/** The contents of files that runs name. */
import { statSync } from "node:fs";
import { cellObjects } from "../domain/cells";
import { UserError } from "../domain/errors";
import { readManifest } from "../snapshot/manifest";
import { allCells } from "../store/cells/all";
import type { Store } from "../store/contract";
import { hasObject, objectPath } from "../store/objects";
import { objectMember } from "./archive/format";
import type { MemberWriter } from "./memberWriter";

/** Where a content is, and its bytes. */
export interface KeptContent {
  file: string;
  size: number;
}

/** By SHA-256 what the store has: manifests of datasets, sources of cells and, with `data`, all files that they and the runs name. */
export async function listContents(
  store: Pick<Store, "folder" | "getRun" | "cells">,
  ids: Iterable<string>,
  data: boolean,
): Promise<Map<string, KeptContent>> {
  const { folder } = store;
  const objects = new Map<string, KeptContent>();
  const add = (sha256: string | null) => {
    if (sha256 === null || objects.has(sha256) || !hasObject(folder, sha256)) return false;
    const file = objectPath(folder, sha256);
    objects.set(sha256, { file, size: statSync(file).size });
    return true;
  };
  for (const id of ids) {
    const { snapshot, artifacts } = store.getRun(id)!;
    for (const { version } of snapshot.datasets) {
      // Files of a dataset that the run itself did not read belong to it all the same.
      if (add(version) && data) await addListed(folder, version, add);
    }
    if (data) for (const { sha256 } of [...snapshot.data, ...snapshot.config, ...artifacts]) add(sha256);
    for (const cell of allCells(store, id)) {
      // What ran is code; what it showed is data.
      for (const { sha256 } of data ? cellObjects(cell) : [{ sha256: cell.source }]) add(sha256);
    }
  }
  return objects;
}

async function addListed(folder: string, version: string, add: (sha256: string) => void): Promise<void> {
  try {
    for await (const { sha256 } of readManifest(folder, version)) add(sha256);
  } catch (error) {
    // A damaged list is found out, and said, when its own bytes are added.
    if (!(error instanceof UserError)) throw error;
  }
}

/**
 * Adds the contents. Gives the members whose bytes are not what their name says: they are in the archive, but not in its
 * list; and the hashes of what was there no more.
 */
export async function addObjects(
  contents: ReadonlyMap<string, KeptContent>,
  writer: MemberWriter,
): Promise<{ damaged: string[]; gone: string[] }> {
  const damaged: string[] = [];
  const gone: string[] = [];
  for (const [sha256, { file }] of contents) {
    const added = await writer.addFile(objectMember(sha256), file);
    if (!added) gone.push(sha256);
    else if (added.sha256 !== sha256) {
      writer.members.pop();
      damaged.push(added.name);
    }
  }
  return { damaged, gone };
}
