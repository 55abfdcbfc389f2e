/** Where a run's files go: the folder stands for the code's root, and what was outside of that has a folder of its own. */
import fs from "node:fs";
import path from "node:path";
import { type GitPath, toGitPath } from "../gitPath";

/** The folder, in the restored one, with the files that the run had outside of its code and its project. */
export const OUTSIDE = "modeltrail-outside";

export interface Layout {
  /** The folder that stands for `codeRoot`, by its real path. */
  folder: string;
  /** When the run was recorded: the root of its code, or the project's folder. */
  codeRoot: string;
  /** Where in it the project's folder is: "" or a path with `/` between its parts. */
  project: string;
}

export interface Placing {
  /** Relative to the restored folder. */
  path: GitPath;
  /** The file's own absolute path, when it was outside. */
  outside: string | null;
}

/** The place of a file by the name that runs give it. Follows the links that are in the restored folder by now. */
export function placeOf(layout: Layout, name: string): Placing {
  const inside = insideOf(layout, name);
  return inside === null ? outsideAt(name) : followLinks(layout, inside);
}

/** The same before anything is restored: where there is no link on the way. */
export function plainPlaceOf(layout: Layout, name: string): GitPath | null {
  const inside = insideOf(layout, name);
  return inside === null ? null : toGitPath(inside);
}

/** Relative to the code's root, with `/`; null when it is outside of that. */
function insideOf({ codeRoot, project }: Layout, name: string): string | null {
  if (isAbsoluteAnywhere(name)) return below(codeRoot, name);
  return project === "" ? name : `${project}/${name}`;
}

/** As runs name the file at this place of the code. */
export function nameOf({ codeRoot, project }: Layout, inside: string): string {
  if (project === "") return inside;
  return inside.startsWith(`${project}/`) ? inside.slice(project.length + 1) : path.join(codeRoot, inside);
}

/** Where in the restored folder an absolute folder of the run is; null when outside. */
export function folderOf(layout: Layout, folder: string): string | null {
  const inside = below(layout.codeRoot, folder) ?? below(layout.codeRoot, realPath(folder));
  return inside === null ? null : path.join(layout.folder, inside);
}

/** What no link could stand for; of another system too, as runs can be imported. */
const isAbsoluteAnywhere = (name: string) => /^(?:[/\\]|[A-Za-z]:[/\\])/.test(name);

function outsideAt(absolute: string): Placing {
  const parts = absolute.split(/[/\\]/).map((part) => part.replace(/^([A-Za-z]):$/, "$1"));
  const inside = [OUTSIDE, ...parts.filter((part) => part !== "" && part !== ".")].join("/");
  return { path: toGitPath(inside), outside: absolute };
}

const MOST_LINKS = 40;

/** Walks down the path, at every link on to where it leads. */
function followLinks(layout: Layout, name: string): Placing {
  // With dots of its own it is not safe, and refused by whoever writes.
  if (name.split("/").includes("..")) return { path: toGitPath(name), outside: null };
  const done: string[] = [];
  let pending = name.split("/");
  for (let links = 0; pending.length > 0; ) {
    const part = pending.shift()!;
    if (part === "." || part === "") continue;
    if (part === "..") {
      if (done.pop() === undefined) return outsideAt(path.resolve(layout.codeRoot, "..", ...pending));
      continue;
    }
    const target = links < MOST_LINKS ? readLink(path.join(layout.folder, ...done, part)) : null;
    if (target === null) {
      done.push(part);
      continue;
    }
    links++;
    const inside = insideTarget(layout, target);
    if (inside === null) return outsideAt(path.resolve(target, ...pending));
    if (isAbsoluteAnywhere(target)) done.length = 0;
    pending = [...inside.split(path.sep === "\\" ? /[/\\]/ : "/"), ...pending];
  }
  return { path: toGitPath(done.join("/")), outside: null };
}

/** Null when the link leads out. An absolute one into the project means where the run had it; here, where it is now. */
function insideTarget({ codeRoot }: Layout, target: string): string | null {
  return isAbsoluteAnywhere(target) ? below(codeRoot, target) : target;
}

function readLink(file: string): string | null {
  const isLink = fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? fs.readlinkSync(file) : null;
}

function below(folder: string, file: string): string | null {
  const relative = path.relative(folder, file);
  const isOutside = relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return isOutside ? null : relative.split(path.sep).join("/");
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}
