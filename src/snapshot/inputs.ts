/**
 * What a run was made of, as one hash: runs with the same one are repeats of each other. It covers the command, the folder
 * it ran in, the code, the data and config files that were read, and Python with its packages and allow-listed variables.
 *
 * What runs of the project wrote does not count as code, unless this run read it: else the first run's `metrics.json` in a
 * folder that git does not ignore would make the second run a different one. The machine does not count either.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import type { DataFile, Run } from "../domain/run";
import { reducedTree } from "./code/reducedTree";
import { toGitPath } from "./gitPath";
import { projectPath } from "./projectPath";
import { LISTED_FILES } from "./unlistedFiles";

/** What the hash is made from: a run as it is stored. */
export type InputsRun = Pick<Run, "command" | "cwd" | "gaps" | "snapshot">;

export interface InputsFacts {
  /** The project's folder, which the run's paths are relative to. */
  root: string;
  /** Where the code was when it ran; default: as the run's snapshot says. */
  codeRoot?: string | null;
  /** Files that runs of this project wrote, as runs name them; this run's own too. */
  written: Iterable<string>;
  /** Absolute paths of the source files that this run used. */
  used: Iterable<string>;
  /** Whether it read so many files that some are only known by their dataset's version. */
  counted?: boolean;
  /** Files that it read and that must not be hashed, with what stands for their content. */
  unhashed?: ReadonlyMap<string, string>;
}

/** Changes when the meaning of the hash does: older hashes then equal none of the newer. */
const FORMAT = 1;

/**
 * SHA-256 in hex; null when it cannot be known: no code or no interpreter was seen, a file that was read could not be hashed
 * or changed meanwhile. Throws GitError when the code cannot be read.
 */
export async function inputsOf(run: InputsRun, facts: InputsFacts): Promise<string | null> {
  const { code, data, config, environment } = run.snapshot;
  const read = data.filter(({ role }) => role === "read");
  // Without an interpreter that says so, the tracer was not there to see what was read.
  if (code.tree === null || code.gitDir === null || !environment?.python) return null;
  if (read.some(({ sha256 }) => sha256 === null)) return null;
  if (run.gaps.some(({ kind, path: name }) => kind === "changed-while-hashing" && !isResult(data, name))) return null;

  const large = run.snapshot.datasets
    .filter(({ role, files }) => role === "read" && (facts.counted || files > LISTED_FILES))
    .map(({ name, version }): [string, string] => [name, version])
    .sort(byName);
  if (facts.counted && large.length === 0) return null;
  const codeRoot = facts.codeRoot ?? code.root ?? facts.root;
  const roots = [...new Set([codeRoot, facts.root])];
  const needed = new Set([...read, ...config].map(({ path: name }) => path.resolve(facts.root, name)));
  for (const file of facts.used) needed.add(file);
  const leftOut = codePaths(codeRoot, facts, needed);
  const content = {
    format: FORMAT,
    command: run.command.map((word) => withoutRoots(word, roots)),
    cwd: projectPath(codeRoot, run.cwd),
    code: await reducedTree(code.gitDir, code.tree, leftOut),
    data: hashes(read),
    config: hashes(config),
    // Of others, what the run opened is in the list of its data.
    ...(large.length > 0 ? { datasets: large } : {}),
    unhashed: [...(facts.unhashed ?? [])].sort(byName),
    python: environment.python,
    implementation: environment.implementation,
    packages: Object.entries(environment.packages).sort(byName),
    variables: Object.entries(environment.variables).sort(byName),
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Whether the run only wrote it. */
function isResult(data: readonly DataFile[], name: string | undefined): boolean {
  const roles = data.filter((file) => file.path === name).map(({ role }) => role);
  return roles.includes("write") && !roles.includes("read");
}

/** The written files that are not needed, relative to the code's root; those outside it are left away. */
function* codePaths(codeRoot: string, { root, written }: InputsFacts, needed: ReadonlySet<string>): Generator<string> {
  for (const name of written) {
    const file = path.resolve(root, name);
    if (needed.has(file)) continue;
    const inside = projectPath(codeRoot, file);
    if (!path.isAbsolute(inside)) yield toGitPath(inside);
  }
}

/** A command that names files of the project in full is the same in another copy of it. */
function withoutRoots(word: string, roots: readonly string[]): string {
  let text = word;
  for (const root of roots) text = text.replaceAll(root + path.sep, `.${path.sep}`);
  return text;
}

function hashes(files: readonly { path: string; sha256: string | null }[]): [string, string][] {
  return files.map(({ path: name, sha256 }): [string, string] => [name, sha256!]).sort(byName);
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
