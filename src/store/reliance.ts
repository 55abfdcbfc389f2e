/** The recorder's side of freeing.ts: what is about to be named is brought back, if it was thrown away meanwhile. */
import { cellObjects } from "../domain/cells";
import type { ImportedRun, IngestBatch } from "./contract";
import type { Database } from "./database";
import { hashesInManifest } from "./manifests";
import { hasObject } from "./objects";
import { bringBack, trashEpochs, trashedObjects } from "./trash";

/** All inside the write that names the objects. */
export interface Reliance {
  /** What a batch names. */
  secureBatch(batch: IngestBatch): void;
  /** What a run names that comes whole. */
  secureRun(imported: Pick<ImportedRun, "run" | "cells">): void;
  /** These objects. */
  secure(hashes: Iterable<string>): void;
  /** For who names objects that cannot be told from here (those that code points to): all is brought back. */
  secureAll(): void;
}

/** From now on this connection may rely on what it sees in the store of `folder`. */
export function makeReliance(db: Database, folder: string): Reliance {
  const known = readState(db).epoch;

  /** Nothing has been thrown away since this connection was opened: the usual case, at the cost of one look. */
  function isUndisturbed(): boolean {
    const { epoch, freeing } = readState(db);
    return freeing === 0 && epoch === known;
  }

  function secureFiles(batch: Named): void {
    secureEach(hashesOf(batch));
    for (const { version } of batch.datasets ?? []) {
      secureEach([version]);
      secureEach(hashesInManifest(folder, version));
    }
  }

  const secureEach = (hashes: Iterable<string>) => {
    for (const sha256 of hashes) if (!hasObject(folder, sha256)) bringBack(folder, sha256);
  };

  return {
    secureBatch(batch) {
      if (!isUndisturbed()) secureFiles(batch);
    },
    secureRun({ run: { snapshot, artifacts }, cells }) {
      if (!isUndisturbed()) secureFiles({ ...snapshot, artifacts, cells });
    },
    secure(hashes) {
      if (!isUndisturbed()) secureEach(hashes);
    },
    secureAll() {
      if (isUndisturbed()) return;
      for (const epoch of trashEpochs(folder)) secureEach(trashedObjects(folder, epoch));
    },
  };
}

interface Named extends Pick<IngestBatch, "data" | "config" | "artifacts" | "cells"> {
  datasets?: { version: string }[];
}

function* hashesOf({ data = [], config = [], artifacts = [], cells = [] }: Named): Generator<string> {
  for (const { sha256 } of [...data, ...config, ...artifacts]) if (sha256 !== null) yield sha256;
  for (const { sha256 } of cells.flatMap(cellObjects)) yield sha256;
}

function readState(db: Database): { epoch: number; freeing: number } {
  return db.read(() => db.get<{ epoch: number; freeing: number }>("SELECT epoch, freeing FROM state")!);
}
