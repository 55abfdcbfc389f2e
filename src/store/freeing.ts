/**
 * How objects leave the store while recorders are at work.
 *
 * A recorder that finds an object in the store, or its hash among those remembered, does not copy the bytes again, and names
 * the object in the database only later: with its next batch, or minutes after. So whoever frees space must not delete at
 * once what nothing names:
 *
 * 1. Each freeing begins a new *epoch* and raises a flag, in a transaction of its own.
 * 2. Objects that nothing names are moved to `trash/<epoch>/`, some at a time. Looking and moving are one write transaction:
 *    a recorder that names one of them has either done so before, and it stays, or does so after.
 * 3. A recorder that finds, in the transaction that names objects, another epoch than when it opened the store, or the flag,
 *    looks whether each of them is still there and takes it back from the trash (reliance.ts).
 * 4. The trash of an epoch is deleted once no run is running and no lease held that began in that epoch or before: nobody
 *    else can be counting on what is in there. Until then it waits for the next freeing.
 * 5. At the end the flag is lowered and the epoch moved on, so that who opened the store meanwhile looks too.
 *
 * Whatever moment it is killed at: objects in the trash are named by nothing, the flag makes recorders look, and the next
 * freeing goes on.
 */
import { join } from "node:path";
import { UserError } from "../domain/errors";
import type { Freeing } from "./contract";
import type { Database } from "./database";
import { isHeldElsewhere, takeLock } from "./fileLock";
import { isLeaseHeld } from "./leases";
import { hashesInManifest } from "./manifests";
import { hasObject } from "./objects";
import { bringBack, closeTrash, destroy, throwAway, trashEpochs, trashedObjects, trashSize } from "./trash";

/** Objects that are moved or deleted in one go: others wait for a few ms. */
const PORTION = 200;

/** See `Store.startFreeing`. */
export function startFreeing(db: Database, folder: string): Freeing {
  const release = lockFreeing(folder);
  const { epoch } = db.write(
    () => db.get<{ epoch: number }>("UPDATE state SET epoch = epoch + 1, freeing = 1 RETURNING epoch")!,
  );
  const isNamed = makeNamed(db, folder);

  function throwAwayUnnamed(hashes: readonly string[]): string[] {
    return db.write(() => {
      const free = hashes.filter((sha256) => !isNamed(sha256));
      return free.filter((sha256) => {
        db.run("DELETE FROM hashes WHERE sha256 = ?", Buffer.from(sha256, "hex"));
        return throwAway(folder, epoch, sha256);
      });
    });
  }

  function emptyTrash(of: number): number {
    let bytes = 0;
    for (const hashes of portions(trashedObjects(folder, of))) {
      const free = db.write(() => hashes.filter((sha256) => isFree(sha256)));
      for (const sha256 of free) bytes += destroy(folder, of, sha256);
    }
    closeTrash(folder, of);
    return bytes;
  }

  /** Whether a trashed object is to go. What nothing names any more is not remembered either; the rest is brought back. */
  function isFree(sha256: string): boolean {
    if (isNamed(sha256)) {
      bringBack(folder, sha256);
      // What is left in the trash then is a copy.
      return hasObject(folder, sha256);
    }
    if (!hasObject(folder, sha256)) db.run("DELETE FROM hashes WHERE sha256 = ?", Buffer.from(sha256, "hex"));
    return true;
  }

  return {
    throwAway(hashes) {
      // Most are named: those are told apart in nobody's way.
      const free = db.read(() => hashes.filter((sha256) => !isNamed(sha256)));
      return [...portions(free)].flatMap(throwAwayUnnamed);
    },
    trashed: () => trashEpochs(folder).flatMap((one) => trashedObjects(folder, one)),
    bringBack(hashes) {
      for (const sha256 of hashes) bringBack(folder, sha256);
    },
    finish() {
      let [bytes, waiting] = [0, 0];
      for (const one of trashEpochs(folder)) {
        if (isCountedOn(db, one)) waiting += trashSize(folder, one);
        else bytes += emptyTrash(one);
      }
      db.write(() => db.run("UPDATE state SET epoch = epoch + 1, freeing = 0"));
      release();
      return { bytes, waiting };
    },
    abandon: release,
  };
}

/** See `Store.unnamedObjects`. */
export function unnamedObjects(db: Database, folder: string, hashes: readonly string[]): string[] {
  const isNamed = makeNamed(db, folder);
  return db.read(() => hashes.filter((sha256) => !isNamed(sha256)));
}

/** Gives the function that lets go. Throws UserError when another process is freeing. */
function lockFreeing(folder: string): () => void {
  try {
    return takeLock(join(folder, "freeing.lock"));
  } catch (error) {
    if (!isHeldElsewhere(error)) return () => {};
    throw new UserError("Another process is freeing space here. Wait until it is done, then try again.", {
      cause: error,
    });
  }
}

/** Whether anyone who is at work may have seen an object before it was thrown away in this epoch. */
function isCountedOn(db: Database, epoch: number): boolean {
  const sql = "SELECT 1 FROM runs WHERE status = 'running' AND epoch <= ? LIMIT 1";
  return db.write(() => isLeaseHeld(db, epoch) || db.get(sql, epoch) !== undefined);
}

/**
 * Whether a run, a dataset, a manifest or a version of a model names an object. What manifests name is gathered in a table of this connection
 * alone, since it may be more than fits into memory; those that are new are added with each call. Inside a read or
 * a write only.
 */
function makeNamed(db: Database, folder: string): (sha256: string) => boolean {
  db.exec("CREATE TEMP TABLE IF NOT EXISTS listed (sha256 BLOB PRIMARY KEY) WITHOUT ROWID; DELETE FROM listed");
  let gathered = 0;
  let rollbacks = db.rollbacks;
  // Most of it now, in nobody's way.
  db.read(() => gather());
  const sql = `SELECT EXISTS (SELECT 1 FROM files WHERE sha256 = ?1)
    OR EXISTS (SELECT 1 FROM dataset_versions WHERE version = ?1) OR EXISTS (SELECT 1 FROM listed WHERE sha256 = ?1)
    OR EXISTS (SELECT 1 FROM version_files WHERE sha256 = ?1) AS yes`;

  function gather(): void {
    // What was gathered in a transaction that was taken back is not there.
    if (rollbacks !== db.rollbacks) [gathered, rollbacks] = [0, db.rollbacks];
    const rows = db.all<{ id: number; version: Uint8Array }>(
      "SELECT id, version FROM dataset_versions WHERE id > ? ORDER BY id",
      gathered,
    );
    for (const { id, version } of rows) {
      for (const sha256 of hashesInManifest(folder, Buffer.from(version).toString("hex"))) {
        db.run("INSERT OR IGNORE INTO listed VALUES (?)", Buffer.from(sha256, "hex"));
      }
      gathered = id;
    }
  }

  return (sha256) => {
    gather();
    return db.get<{ yes: number }>(sql, Buffer.from(sha256, "hex"))!.yes === 1;
  };
}

function* portions(hashes: readonly string[]): Generator<string[]> {
  for (let from = 0; from < hashes.length; from += PORTION) yield hashes.slice(from, from + PORTION);
}
