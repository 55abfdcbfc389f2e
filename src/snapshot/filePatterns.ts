/** Files by glob patterns: which fit, and whether one fits, without going where none can be. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import picomatch from "picomatch";

export interface FilePatterns {
  /** Absolute paths of the files that fit, links to files included, each once, by name. */
  list(): Promise<string[]>;
  /** Whether a file of this absolute path fits, be it there or not. */
  matches(file: string): boolean;
}

/** Never data, whatever a pattern says. */
const NOT_DATA = new Set([".git", ".modeltrail", "node_modules", "__pycache__", ".venv", ".ipynb_checkpoints"]);

/**
 * `patterns`: relative to `root` with `/`, or absolute: "data/*.csv", "images/**", a file, or a folder, which means all that is
 * below it. "!" before a pattern excludes. Names that begin with a dot fit only where the pattern says the dot.
 */
export function filePatterns(root: string, patterns: readonly string[]): FilePatterns {
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!")).map((pattern) => toPattern(root, pattern));
  const excluded = patterns
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => toPattern(root, pattern.slice(1)));
  const fits = (pattern: Pattern, file: string) => {
    if (file === pattern.base) return pattern.isPlain;
    return file.startsWith(pattern.prefix) && pattern.matches(slashed(file.slice(pattern.prefix.length)));
  };
  const isExcluded = (file: string) => excluded.some((pattern) => fits(pattern, file));

  return {
    matches: (file) => wanted.some((pattern) => fits(pattern, file)) && !isExcluded(file),
    async list() {
      const found = new Set<string>();
      for (const pattern of wanted) {
        for await (const file of filesBelow(pattern)) {
          if (fits(pattern, file) && !isExcluded(file)) found.add(file);
        }
      }
      return [...found].sort();
    },
  };
}

/** A file itself, or all files below a folder: absolute paths, hidden ones included, links followed. */
export async function listBelow(base: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of filesBelow({ base, depth: Number.POSITIVE_INFINITY, seesHidden: true })) files.push(file);
  return files.sort();
}

interface Pattern {
  /** The folder (or, without wildcards, perhaps the file) above all that fits: absolute. */
  base: string;
  /** The same with a separator at its end. */
  prefix: string;
  /** Whether there are no wildcards. */
  isPlain: boolean;
  /** Folders below `base` in which a file can lie, at most. */
  depth: number;
  /** Whether names that begin with a dot can fit. */
  seesHidden: boolean;
  /** For a path below `base`, with `/`. */
  matches(name: string): boolean;
}

function toPattern(root: string, pattern: string): Pattern {
  const { base: given, glob } = picomatch.scan(path.sep === "\\" ? pattern.replaceAll("\\", "/") : pattern);
  const base = path.resolve(root, given.replaceAll(/\\(.)/g, "$1"));
  return {
    base,
    prefix: base.endsWith(path.sep) ? base : base + path.sep,
    isPlain: glob === "",
    depth: glob === "" || glob.includes("**") ? Number.POSITIVE_INFINITY : glob.split("/").length - 1,
    seesHidden: /(?:^|[/{,(|])\./.test(glob),
    matches: picomatch(glob || "**"),
  };
}

async function* filesBelow({
  base,
  depth,
  seesHidden,
}: Pick<Pattern, "base" | "depth" | "seesHidden">): AsyncGenerator<string> {
  const start = await stat(base).catch(() => null);
  if (start?.isFile()) yield base;
  if (!start?.isDirectory()) return;
  const folders = [{ folder: base, depth }];
  const linked = new Set<string>();
  for (const { folder, depth: left } of folders) {
    for (const entry of await list(folder)) {
      if (NOT_DATA.has(entry.name) || (entry.name.startsWith(".") && !seesHidden)) continue;
      const file = path.join(folder, entry.name);
      const kind = await kindOf(entry, file, linked);
      if (kind === "file") yield file;
      else if (kind === "folder" && left > 0) folders.push({ folder: file, depth: left - 1 });
    }
  }
}

async function list(folder: string): Promise<Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch(() => []);
}

/** What an entry is, or leads to; a linked folder is entered once, so that none leads in circles. */
async function kindOf(entry: Dirent, file: string, linked: Set<string>): Promise<"file" | "folder" | null> {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink()) return null;
  const target = await stat(file).catch(() => null);
  if (target?.isFile()) return "file";
  if (!target?.isDirectory()) return null;
  const real = await realpath(file);
  if (linked.has(real) || (path.dirname(file) + path.sep).startsWith(real + path.sep)) return null;
  linked.add(real);
  return "folder";
}

const slashed = (name: string) => (path.sep === "/" ? name : name.replaceAll(path.sep, "/"));
