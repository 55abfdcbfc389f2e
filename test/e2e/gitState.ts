import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Everything of a user's repository that recording must leave alone. */
export interface GitState {
  /** SHA-256 of `.git/index`. */
  index: string;
  /** What HEAD says, e.g. "ref: refs/heads/main". */
  head: string;
  /** All refs with their commits, save those that Modeltrail keeps for itself. */
  refs: string[];
  stash: string;
  /** SHA-256 of each file of the work tree, save what the runs wrote and what git ignores. */
  files: Record<string, string>;
}

/** @param written folders, relative to `folder`, in which the runs write */
export function gitState(folder: string, written: string[]): GitState {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" } });
  const leftOut = new Set([".git", ".modeltrail", ".venv", "__pycache__", ...written]);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).some((part) => leftOut.has(part)))
    .sort();
  return {
    index: sha256(path.join(folder, ".git/index")),
    head: readFileSync(path.join(folder, ".git/HEAD"), "utf8").trim(),
    refs: git("for-each-ref", "--format=%(refname) %(objectname)")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("refs/modeltrail/")),
    stash: git("stash", "list"),
    files: Object.fromEntries(files.map((file) => [file, sha256(path.join(folder, file))])),
  };
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
