/** How files are really called on disks that take `Model.py` and `model.py` for one file. */
import fs from "node:fs";
import path from "node:path";
import { diskPath, displayPath, type GitPath } from "../gitPath";

/** Whether the repository's disk takes names that differ in case only for the same. */
export function ignoresCase(top: string): boolean {
  return fs.existsSync(path.join(top, ".GIT"));
}

/**
 * Those of `paths` that are called otherwise on disk, by their names there. Git keeps the name that it first knew, and asked
 * with another case such a disk says that the file is there; but Python imports a module by its exact name only.
 */
export function namesOnDisk(top: string, paths: Iterable<GitPath>): Map<GitPath, GitPath> {
  const folders = new Map<GitPath, Map<string, GitPath>>();
  const known = new Map<GitPath, GitPath>([["", ""]]);

  /** The names in a folder that is called so on disk, by what such a disk makes of them. */
  function list(folder: GitPath): Map<string, GitPath> {
    let names = folders.get(folder);
    if (!names) {
      names = new Map(readNames(top, folder).map((name) => [folded(name), name]));
      folders.set(folder, names);
    }
    return names;
  }

  function nameOf(gitPath: GitPath): GitPath {
    const found = known.get(gitPath);
    if (found !== undefined) return found;
    const split = gitPath.lastIndexOf("/");
    const folder = nameOf(gitPath.slice(0, Math.max(0, split)));
    const name = gitPath.slice(split + 1);
    const actual = list(folder).get(folded(name));
    // Another form of the same letters is no other name: git takes care of those.
    const isOther = actual !== undefined && displayPath(actual).normalize() !== displayPath(name).normalize();
    const onDisk = `${folder}${folder && "/"}${isOther ? actual : name}`;
    known.set(gitPath, onDisk);
    return onDisk;
  }

  const renamed = new Map<GitPath, GitPath>();
  for (const gitPath of paths) {
    const onDisk = nameOf(gitPath);
    if (onDisk !== gitPath) renamed.set(gitPath, onDisk);
  }
  return renamed;
}

const folded = (name: GitPath) => displayPath(name).normalize().toLowerCase();

function readNames(top: string, folder: GitPath): GitPath[] {
  try {
    return fs.readdirSync(diskPath(top, folder), { encoding: "buffer" }).map((name) => name.toString("latin1"));
  } catch {
    return [];
  }
}
