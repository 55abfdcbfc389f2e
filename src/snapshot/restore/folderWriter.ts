/** Fills a folder with files, each of which appears under its name only when it is whole. Never writes through a link. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { RestoreFault } from "../../domain/restore";
import { diskPath, displayPath, type GitPath, parentFolders } from "../gitPath";
import { unsafeReason } from "./safePath";

/** A file that cannot be written where it should be. The message goes on from its name. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(
    readonly fault: RestoreFault,
    message: string,
  ) {
    super(message);
  }
}

export interface FolderWriter {
  /** By its real path. */
  readonly folder: string;
  /** A name for a file in the making, on the same disk. */
  temporary(): string;
  /** What is at this path: a link is not followed. */
  look(path: GitPath): "nothing" | "file" | "other";
  /** Throws Refused when nothing can be written at this path, whatever it contains. */
  check(path: GitPath): void;
  /** Gives a finished temporary file its name. `replace`: also when there is one already. Throws Refused. */
  place(temporary: string, path: GitPath, replace?: "replace"): void;
  /** Makes a symbolic link; where the system does not let us, a file with the target's name, as git does: then false. */
  link(target: Buffer, path: GitPath): boolean;
  /** Removes what is still in the making. */
  close(): void;
}

/** Makes the folder if absent. */
export function createFolderWriter(to: string): FolderWriter {
  fs.mkdirSync(to, { recursive: true });
  const folder = fs.realpathSync.native(to);
  const making = path.join(folder, `.modeltrail-restoring-${randomBytes(4).toString("hex")}`);
  fs.mkdirSync(making);
  const folders = new Set<GitPath>();
  let count = 0;

  function makeParents(name: GitPath): void {
    if (folders.has(name.slice(0, name.lastIndexOf("/") + 1))) return;
    for (const parent of parentFolders(name)) {
      if (!folders.has(parent)) makeFolder(parent);
      folders.add(parent);
    }
  }

  function makeFolder(name: GitPath): void {
    const onDisk = diskPath(folder, name.slice(0, -1));
    try {
      fs.mkdirSync(onDisk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw refused(error);
      if (fs.lstatSync(onDisk).isDirectory()) return;
      throw new Refused("collision", `cannot be there, because ${displayPath(name.slice(0, -1))} is no folder`);
    }
  }

  function check(name: GitPath): void {
    const reason = unsafeReason(displayPath(name));
    if (reason !== null) throw new Refused("unsafe", `is not restored: ${reason}`);
    makeParents(name);
  }

  function look(name: GitPath): "nothing" | "file" | "other" {
    const stats = fs.lstatSync(diskPath(folder, name), { throwIfNoEntry: false });
    return stats === undefined ? "nothing" : stats.isFile() ? "file" : "other";
  }

  function checkFree(name: GitPath): void {
    check(name);
    if (look(name) !== "nothing")
      throw new Refused("collision", "has a name that this disk takes for that of another file");
  }

  return {
    folder,
    temporary: () => path.join(making, String(count++)),
    look,
    check,
    place(temporary, name, replace) {
      if (replace) check(name);
      else checkFree(name);
      try {
        fs.renameSync(temporary, diskPath(folder, name));
      } catch (error) {
        throw refused(error);
      }
    },
    link(target, name) {
      checkFree(name);
      try {
        fs.symlinkSync(target, diskPath(folder, name));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EPERM") throw refused(error);
        fs.writeFileSync(diskPath(folder, name), target, { flag: "wx" });
        return false;
      }
    },
    close: () => fs.rmSync(making, { recursive: true, force: true }),
  };
}

const FATAL = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO", "EMFILE", "ENFILE"]);

/** Whether a fault is of the disk and not of one file, so that going on is of no use. */
export function isFatal(error: unknown): boolean {
  return FATAL.has((error as NodeJS.ErrnoException).code ?? "");
}

/** What one file's name or length has caused is a matter of that file; all else stops the restore. */
function refused(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || isFatal(error) ? error : new Refused("failed", `could not be written (${code})`);
}
