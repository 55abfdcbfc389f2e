/** Hashes one file and keeps or copies its bytes, reading it once. Runs in a worker thread, so that it may block. */
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { FileStamp } from "../store/contract";
import { hasObject, objectPath, publish } from "../store/objects";
import { isSameStamp, stampOf } from "./stamp";

export interface HashTask {
  /** Absolute. */
  path: string;
  /** Keeps the bytes in this store folder's objects, unless null. */
  keepIn: string | null;
  /** Instead of keeping them, writes the bytes to this new file. Whoever asks compares the hash. */
  copyTo?: string;
  /** With `copyTo`: the file's hash where that is known, so that copying is enough. */
  known?: string;
}

export type HashOutcome =
  | {
      state: "hashed";
      sha256: string;
      stamp: FileStamp;
      /** When reading began, ms since the epoch. */
      readMs: number;
      /** The stamp of the object that was made of it, when that is worth remembering: see `REMEMBERED_BYTES`. */
      object?: FileStamp;
      /** Why the bytes could not be kept, where they were to be. */
      notKept?: string;
    }
  | { state: "missing" | "not a file" | "changing" }
  | { state: "unreadable"; reason: string };

/** How often a file is read that changes meanwhile. */
const ATTEMPTS = 3;
/** Fits into a core's own cache, so that what is hashed is still there when it is written: a sixth less time than 1 MiB. */
const BUFFER_BYTES = 1 << 18;
/** Of objects from this size the stamp is told, so that a restore can see that nobody has touched them; smaller ones are hashed as quickly. */
const REMEMBERED_BYTES = 1 << 20;
/** Larger files are not copied in one go, because nothing can end that. */
const COPIED_AT_ONCE = 2n ** 28n;

/** Devices that turned out not to share blocks between files. */
const withoutReflink = new Set<bigint>();
let buffer: Buffer | undefined;

export function hashFile(task: HashTask): HashOutcome {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = attemptHash(task);
    if (outcome.state !== "changing") return outcome;
  }
  return { state: "changing" };
}

function attemptHash(task: HashTask): HashOutcome {
  const { path: file } = task;
  const readMs = Date.now();
  let descriptor: number | undefined;
  let copy: Copy | null = null;
  try {
    // A pipe or device that has taken the file's place must not make us wait for its other end.
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    const before = fs.fstatSync(descriptor, { bigint: true });
    if (!before.isFile()) return { state: "not a file" };
    copy = startCopyFor(task, before);
    const { sha256, bytes } = readAll(task, copy?.clone ?? descriptor, copy);
    // A clone is of the file that has the name now, which may be another than the one that was opened.
    const after =
      typeof copy?.clone === "number"
        ? fs.statSync(file, { bigint: true })
        : fs.fstatSync(descriptor, { bigint: true });
    const stamp = stampOf(before);
    if (!isSameStamp(stamp, stampOf(after)) || BigInt(bytes) !== after.size) return { state: "changing" };
    const notKept = copy?.finish(sha256);
    const object = bytes >= REMEMBERED_BYTES ? copy?.object : undefined;
    return {
      state: "hashed",
      sha256,
      stamp,
      readMs,
      ...(object === undefined ? {} : { object }),
      ...(notKept === undefined ? {} : { notKept }),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
    return { state: "unreadable", reason: code ?? String(error) };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
    copy?.discard();
  }
}

function readAll({ known }: HashTask, descriptor: number, copy: Copy | null): { sha256: string; bytes: number } {
  // A copy that is there already need not even be read.
  if (known !== undefined && typeof copy?.clone === "number") {
    return { sha256: known, bytes: fs.fstatSync(descriptor).size };
  }
  buffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const hash = createHash("sha256");
  for (let bytes = 0; ; ) {
    const read = fs.readSync(descriptor, buffer, 0, BUFFER_BYTES, null);
    if (read === 0) return { sha256: known ?? hash.digest("hex"), bytes };
    const chunk = read === BUFFER_BYTES ? buffer : buffer.subarray(0, read);
    if (known === undefined) hash.update(chunk);
    copy?.write(chunk);
    bytes += read;
  }
}

/** A copy in the making: a clone that is there at once and is read in the file's place, or what is written while reading. */
interface Copy {
  /** Descriptor of the clone. */
  clone: number | null;
  /** Of the object that it has been made. */
  readonly object: FileStamp | undefined;
  write(chunk: Buffer): void;
  /** Makes the copy what it is for; returns why that could not be done, else undefined. */
  finish(sha256: string): string | undefined;
  /** Closes what is open and removes the copy, unless it was finished. */
  discard(): void;
}

function startCopyFor({ path: file, keepIn, copyTo }: HashTask, { dev: device, size }: fs.BigIntStats): Copy | null {
  if (copyTo !== undefined) {
    const copied = size <= COPIED_AT_ONCE ? copyAtOnce(file, copyTo) : cloneFile(file, copyTo, device);
    return startCopy(copyTo, copied, { isDone: () => false, done: () => null });
  }
  if (keepIn === null) return null;
  const temporary = path.join(keepIn, "tmp", `object-${randomBytes(8).toString("hex")}`);
  return startCopy(temporary, cloneFile(file, temporary, device), {
    isDone: (sha256) => hasObject(keepIn, sha256),
    done(sha256) {
      publish(keepIn, temporary, sha256);
      return stampOf(fs.statSync(objectPath(keepIn, sha256), { bigint: true }));
    },
  });
}

interface CopyEnd {
  /** Whether the copy is not needed, because there is one. */
  isDone(sha256: string): boolean;
  /** Takes the whole copy over; returns the object's stamp, or null when the copy stays under the name that it has. */
  done(sha256: string): FileStamp | null;
}

/** `clone`: descriptor of a copy that is whole already; null: it is written while the file is read. */
function startCopy(temporary: string, clone: number | null, end: CopyEnd): Copy {
  let open = clone;
  let failure: string | undefined;
  let object: FileStamp | undefined;
  let stays = false;
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      failure = (error as NodeJS.ErrnoException).code ?? String(error);
    }
  };
  const close = () => {
    if (open !== null) fs.closeSync(open);
    open = null;
  };
  return {
    clone,
    get object() {
      return object;
    },
    write(chunk) {
      if (clone !== null || failure !== undefined) return;
      attempt(() => {
        open ??= openNew(temporary);
        for (let at = 0; at < chunk.length; ) at += fs.writeSync(open, chunk, at);
      });
    },
    finish(sha256) {
      if (end.isDone(sha256)) return undefined;
      // An empty file has had nothing to write.
      this.write(Buffer.alloc(0));
      if (failure !== undefined) return failure;
      attempt(() => {
        close();
        object = end.done(sha256) ?? undefined;
        stays = object === undefined;
      });
      return failure;
    },
    discard() {
      close();
      if (!stays) fs.rmSync(temporary, { force: true });
    },
  };
}

function openNew(temporary: string): number {
  try {
    return fs.openSync(temporary, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    fs.mkdirSync(path.dirname(temporary), { recursive: true });
    return fs.openSync(temporary, "wx");
  }
}

/** The system's own copy, which takes less of the processor than ours, and shares the file's blocks where it can. */
function copyAtOnce(file: string, copy: string): number | null {
  try {
    fs.copyFileSync(file, copy, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
    return fs.openSync(copy, "r");
  } catch {
    // A full disk, perhaps. Half a copy would be taken for another file's; why it fails shows when it is written by hand.
    fs.rmSync(copy, { force: true });
    return null;
  }
}

/** Where the file system can, a copy that shares the file's blocks: it costs nothing and cannot change any more. */
function cloneFile(file: string, temporary: string, device: bigint): number | null {
  if (withoutReflink.has(device)) return null;
  try {
    fs.mkdirSync(path.dirname(temporary), { recursive: true });
    fs.copyFileSync(file, temporary, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE_FORCE);
    return fs.openSync(temporary, "r");
  } catch {
    // Whatever the reason, it is met again and told when the copy is written.
    withoutReflink.add(device);
    return null;
  }
}
