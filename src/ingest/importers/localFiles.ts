/** Files that a tracker keeps on this machine. What its records say of places is not trusted: only known folders are read. */
import { realpathSync } from "node:fs";
import { lstat, opendir, realpath } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Gap } from "../../domain/run";
import type { ForeignFile } from "./contract";

/** More than this of one run are no artifacts of a training. */
const MAX_FILES = 50_000;

/** The files below `folder`, named from there with `prefix` before. Links that lead out of it are gaps. */
export async function listFiles(folder: string, prefix = ""): Promise<{ files: ForeignFile[]; gaps: Gap[] }> {
  const files: ForeignFile[] = [];
  const gaps: Gap[] = [];
  const root = await realpath(folder).catch(() => null);
  if (root === null) return { files, gaps };
  const walk = async (below: string): Promise<void> => {
    const entries = [];
    for await (const entry of await opendir(path.join(root, below))) entries.push(entry);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      const file = path.join(root, name);
      if (entry.isDirectory()) await walk(name);
      else if (files.length >= MAX_FILES) continue;
      else if (entry.isFile()) files.push({ path: prefix + name, file });
      else if (entry.isSymbolicLink()) {
        const target = await realpath(file).catch(() => null);
        if (target !== null && isWithin(root, target) && (await lstat(target)).isFile()) {
          files.push({ path: prefix + name, file: target });
        } else {
          const message = `${prefix}${name} is a link to a place outside the run, and was not followed.`;
          gaps.push({ kind: "missing", path: prefix + name, message });
        }
      }
    }
  };
  await walk("");
  if (files.length >= MAX_FILES) {
    gaps.push({ kind: "missing", message: `Of the artifacts only the first ${MAX_FILES} were imported.` });
  }
  return { files, gaps };
}

/** Whether `file` is `folder` or below it. */
export function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === "" || (relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

/** Whether `file` is, links followed, below one of the folders. */
export function isBelow(folders: readonly string[], file: string): boolean {
  const real = realPath(file);
  return folders.some((folder) => isWithin(realPath(folder), real));
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

/** The path that an address of this machine's files stands for: `file:` or none at all. Null for any other. */
export function localPath(address: string, from: string): string | null {
  if (/^file:/i.test(address)) {
    try {
      return fileURLToPath(address.replace(/^file:(?!\/\/)/i, "file://"));
    } catch {
      return null;
    }
  }
  if (/^[a-z][a-z\d+.-]+:/i.test(address)) return null;
  return path.resolve(from, address);
}
