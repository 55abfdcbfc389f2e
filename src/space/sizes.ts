/** How much files take. Bytes are those of their contents: what shares blocks with other files may take less of the disk. */
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of the file, or of all files below the folder; 0 when it is not there. What goes away meanwhile does not count. */
export async function sizeOf(path: string): Promise<number> {
  const size = await folderSize(path);
  return size > 0 ? size : await fileSize(path);
}

/** Bytes of all files below the folder; 0 when there is none. */
export async function folderSize(folder: string): Promise<number> {
  const sizes = (await entries(folder)).map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? folderSize(path) : fileSize(path);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Bytes; 0 when it is not there. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0;
  }
}

/** What is in the folder; nothing when it is not there. */
export async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Ms since the epoch of the last change of the file or folder, or of anything in it; now, when it is not there. */
export async function lastChange(path: string): Promise<number> {
  try {
    const stats = await lstat(path);
    const inner = stats.isDirectory() ? (await entries(path)).map(({ name }) => lastChange(join(path, name))) : [];
    return Math.max(stats.mtimeMs, ...(await Promise.all(inner)));
  } catch {
    return Date.now();
  }
}
