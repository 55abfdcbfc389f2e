/**
 * File contents kept by what they are: `objects/ab/cdef…`, named by their SHA-256. An object appears under its name only when
 * it is whole and its content has been read back, and is never changed after that. Nothing is deleted here.
 */
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, constants, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { copyFile, mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../domain/errors";

/** An object's name and its size in bytes. */
export interface StoredObject {
  sha256: string;
  size: number;
}

/** Where the object's bytes are. Throws when `sha256` is not 64 lower-case hex digits: it becomes a path. */
export function objectPath(folder: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`"${sha256}" is not a SHA-256.`);
  return join(folder, "objects", sha256.slice(0, 2), sha256.slice(2));
}

export function hasObject(folder: string, sha256: string): boolean {
  return existsSync(objectPath(folder, sha256));
}

/** The hashes of all objects: quicker than `hasObject` for very many. */
export function listObjects(folder: string): Set<string> {
  const found = new Set<string>();
  const objects = join(folder, "objects");
  if (!existsSync(objects)) return found;
  for (const start of readdirSync(objects)) {
    for (const rest of readdirSync(join(objects, start))) found.add(start + rest);
  }
  return found;
}

/**
 * Keeps the content of the file `path` in the store `folder`; where the disk can, without copying (reflink). With `sha256`,
 * the hash that the file is thought to have, nothing is read when that is kept already. The result tells what was kept: its
 * `sha256` is another than the one asked for when the file has changed since. Throws UserError when the disk is full, else
 * what the file system says; nothing half is left.
 */
export async function putFile(folder: string, path: string, sha256?: string): Promise<StoredObject> {
  if (sha256 !== undefined && hasObject(folder, sha256)) {
    return { sha256, size: (await stat(objectPath(folder, sha256))).size };
  }
  return put(folder, (temporary) => copyFile(path, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));
}

/** Keeps these bytes. */
export async function putBytes(folder: string, bytes: Uint8Array): Promise<StoredObject> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (hasObject(folder, sha256)) return { sha256, size: bytes.byteLength };
  return put(folder, (temporary) => writeFile(temporary, bytes, { flag: "wx" }));
}

/** SHA-256 and size of a file's present content, read in pieces. */
export async function hashFile(path: string): Promise<StoredObject> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1 << 20);
  const file = await open(path);
  try {
    for (let size = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return { sha256: hash.digest("hex"), size };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function put(folder: string, write: (temporary: string) => Promise<void>): Promise<StoredObject> {
  const temporary = join(folder, "tmp", `object-${randomBytes(8).toString("hex")}`);
  try {
    await mkdir(join(folder, "tmp"), { recursive: true });
    await write(temporary);
    // The copy, not the original: what is kept is what was hashed, whatever became of the original meanwhile.
    const object = await hashFile(temporary);
    publish(folder, temporary, object.sha256);
    return object;
  } catch (error) {
    throw explain(error, folder);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Gives a file in the store's `tmp` folder, whose content is known to have this hash, its name as an object. It is gone from
 * `tmp` afterwards, unless the object was there already.
 */
export function publish(folder: string, temporary: string, sha256: string): void {
  const path = objectPath(folder, sha256);
  if (existsSync(path)) return;
  mkdirSync(join(path, ".."), { recursive: true });
  // A link or a careless editor must not change what many runs share.
  chmodSync(temporary, 0o444);
  try {
    renameSync(temporary, path);
  } catch (error) {
    // Windows refuses to replace a read-only file: someone else was quicker with the same content.
    if (!existsSync(path)) throw error;
  }
}

function explain(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new UserError(`The disk is full: a file could not be kept in ${folder}. Free some space, then try again.`, {
    cause: error,
  });
}
