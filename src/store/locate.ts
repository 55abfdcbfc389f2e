/** Where a project begins and where its store is. Looks at folders only: quick enough for every start of a command. */
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";

export interface Location {
  /** The project's folder: paths of runs are relative to it. */
  root: string;
  /** The store folder; need not exist yet. */
  folder: string;
}

export interface StoreFolder {
  folder: string;
  /** True when the project cannot be written to, so that the store is in the user's own data folder. */
  fallback: boolean;
}

/**
 * The project that `cwd` belongs to: the nearest folder upwards with `.modeltrail/` or `modeltrail.yaml`, else the git
 * repository's, else `cwd` itself. The search ends with the repository, and before the home directory: a home directory
 * that is a repository (of dotfiles) does not make one project of everything in it.
 */
export function locateRoot(cwd: string, env: NodeJS.ProcessEnv = process.env): Location {
  const start = resolve(cwd);
  const root = findRoot(start);
  return { root, folder: storeFolder(root, env).folder };
}

/** The store folder of the project `root`. */
export function storeFolder(root: string, env: NodeJS.ProcessEnv = process.env): StoreFolder {
  const override = env.MODELTRAIL_DIR;
  // Relative to the project, so that the same value means the same folder from wherever in it a run is started.
  if (override) return { folder: isAbsolute(override) ? override : resolve(root, override), fallback: false };
  const own = join(root, ".modeltrail");
  const ownExists = existsSync(join(own, "db.sqlite"));
  if (ownExists && isWritable(own)) return { folder: own, fallback: false };
  const fallback = fallbackFolder(root, env);
  // Once begun, the fallback stays in use, or its runs would seem lost on the day the project becomes writable.
  if (!ownExists && existsSync(join(fallback, "db.sqlite"))) return { folder: fallback, fallback: true };
  if (isWritable(existsSync(own) ? own : root)) return { folder: own, fallback: false };
  return { folder: fallback, fallback: true };
}

/** The folder in the user's own data directory for a project that cannot be written to. */
export function fallbackFolder(root: string, env: NodeJS.ProcessEnv = process.env): string {
  const name = createHash("sha256").update(realPath(root)).digest("hex").slice(0, 32);
  return join(dataFolder(env), "modeltrail", "stores", name);
}

/** Whether the project has a store with a database in it. */
export function storeExists(root: string, env: NodeJS.ProcessEnv = process.env): boolean {
  return existsSync(join(readableFolder(root, env), "db.sqlite"));
}

/** The store folder to read from: a project's own read-only store is shown while the user has none of their own for it. */
export function readableFolder(root: string, env: NodeJS.ProcessEnv = process.env): string {
  const { folder, fallback } = storeFolder(root, env);
  return fallback && !existsSync(join(folder, "db.sqlite")) ? join(root, ".modeltrail") : folder;
}

function findRoot(start: string): string {
  const home = homedir();
  const beyond = (folder: string) => folder === home || folder === realPath(home);
  let repository: string | null = null;
  for (let folder = start; ; folder = dirname(folder)) {
    if (folder !== start && beyond(folder)) break;
    if (isFolder(join(folder, ".modeltrail")) || existsSync(join(folder, "modeltrail.yaml"))) return folder;
    if (isRepository(folder)) {
      repository = folder;
      break;
    }
    if (dirname(folder) === folder) break;
  }
  return repository ?? start;
}

/** As git judges it: a folder with a HEAD, or a file that points to one (worktrees, submodules). */
function isRepository(folder: string): boolean {
  const git = join(folder, ".git");
  try {
    return isFolder(git) ? existsSync(join(git, "HEAD")) : readFileSync(git, "utf8").startsWith("gitdir:");
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** As far as permissions tell. */
export function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The platform's folder for data of the user's programs. */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME)) return env.XDG_DATA_HOME;
  if (process.platform === "win32") return env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support");
  return join(homedir(), ".local", "share");
}
