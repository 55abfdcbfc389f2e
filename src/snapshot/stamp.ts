/** Telling from a file's stamp whether it is still the file that was looked at before. */
import type { BigIntStats } from "node:fs";
import type { FileStamp } from "../store/contract";

/** A clock tick of file systems that keep fractions of a second: a generous bound for kernels that tick at 100 Hz. */
const FINE_TICK_MS = 50;
/** FAT keeps even seconds, old NFS and HFS+ whole ones. */
const COARSE_TICK_MS = 2000;

/**
 * Whether a file that was changed at `changedMs` (the later of mtime and ctime, ms since the epoch) and read at `readMs`
 * could be changed again without its stamp showing it, because both changes may fall into one tick of the file system's
 * clock. What was learned about such a file must not be remembered. A time with a fraction of a millisecond proves a
 * fine clock; anything else may be a coarse one.
 */
export function isRacy(changedMs: number, readMs: number): boolean {
  const tick = Number.isInteger(changedMs) ? COARSE_TICK_MS : FINE_TICK_MS;
  return readMs - changedMs < tick;
}

export function stampOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): FileStamp {
  return { size, mtimeNs, ctimeNs, ino };
}

export function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino;
}
