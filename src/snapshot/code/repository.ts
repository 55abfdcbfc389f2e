/** Where a folder's code lives for git: the user's repository, seen read-only. */
import fs from "node:fs";
import path from "node:path";
import { type GitOptions, git } from "../git";
import { splitRecords } from "../gitPath";

export interface Head {
  commit: string;
  tree: string;
  /** The committer's date as git wants it back: "<seconds since the epoch> <zone>". */
  date: string;
}

export interface Repository {
  /** The folder that tracked paths are relative to. */
  top: string;
  /** Of this work tree: HEAD and the index. */
  gitDir: string;
  /** Of all work trees: objects and refs. The same as `gitDir` but in a linked work tree. */
  commonDir: string;
  indexPath: string;
  /** Null before the first commit. */
  head: Head | null;
  /** The settings that git sees here, by lower-case name; the last of several wins. */
  config: Map<string, string>;
}

/** The id that stands for "no object", as wide as this repository's ids. */
export const nullId = (repository: Repository) =>
  "0".repeat(repository.config.get("extensions.objectformat")?.toLowerCase() === "sha256" ? 64 : 40);

/** How git is called for one repository: everything but the arguments. */
export type GitContext = Omit<GitOptions, "input">;

/** Finds the repository around `context.cwd`. Throws GitError when there is none that git will use. */
export async function findRepository(context: GitContext): Promise<Repository> {
  const [places, config, head] = await Promise.all([
    findPlaces(context),
    // Fails together with the others, or on a broken file, which rev-parse reports as well.
    git(["config", "--list", "-z"], context).then(({ stdout }) => parseConfig(stdout)),
    readHead(context),
  ]);
  return { ...places, config, head };
}

async function findPlaces(context: GitContext) {
  const questions = ["--absolute-git-dir", "--git-common-dir", "--git-path", "index", "--show-toplevel"];
  const { stdout } = await git(["rev-parse", ...questions], context);
  const lines = stdout
    .toString()
    .replace(/\r?\n$/, "")
    .split("\n");
  // One line each, unless a folder's name holds a line break: then each question is asked alone.
  const answers = lines.length === 4 ? lines : await askEach(context);
  const [gitDir, commonDir, indexPath, top] = answers.map((answer) => path.resolve(context.cwd, answer));
  return { gitDir: gitDir!, commonDir: commonDir!, indexPath: indexPath!, top: top! };
}

async function askEach(context: GitContext): Promise<string[]> {
  const questions = [["--absolute-git-dir"], ["--git-common-dir"], ["--git-path", "index"], ["--show-toplevel"]];
  const outputs = await Promise.all(questions.map((question) => git(["rev-parse", ...question], context)));
  return outputs.map(({ stdout }) => stdout.toString().replace(/\r?\n$/, ""));
}

function parseConfig(output: Buffer): Map<string, string> {
  const config = new Map<string, string>();
  for (const record of splitRecords(output)) {
    // "name\nvalue"; a name alone means true. Section and variable come in lower case, a subsection as it is written.
    const split = record.indexOf("\n");
    if (split < 0) config.set(record, "true");
    else config.set(record.slice(0, split), Buffer.from(record.slice(split + 1), "latin1").toString("utf8"));
  }
  return config;
}

/** HEAD's commit, tree and date in one look; null when HEAD points to no commit yet. */
export async function readHead(context: GitContext): Promise<Head | null> {
  const { stdout } = await git(["cat-file", "--batch"], { ...context, input: "HEAD\n" });
  const [first = "", ...lines] = stdout.toString("latin1").split("\n");
  const [commit, type] = first.split(" ");
  if (type !== "commit") return null;
  const tree = lines.find((line) => line.startsWith("tree "))?.slice("tree ".length);
  const date = lines.find((line) => line.startsWith("committer "))?.match(/> (-?\d+ [+-]\d{4})$/)?.[1];
  return commit && tree ? { commit, tree, date: date ?? EPOCH } : null;
}

/** The date of a snapshot without HEAD: fixed, so that equal states give equal commits. */
export const EPOCH = "0 +0000";

/** The git directory of a checked-out repository: its `.git`, or where that file points to. */
export function gitDirOf(folder: string): string | null {
  const dotGit = path.join(folder, ".git");
  const stats = fs.statSync(dotGit, { throwIfNoEntry: false });
  if (!stats?.isFile()) return stats ? dotGit : null;
  const target = fs.readFileSync(dotGit, "utf8").match(/^gitdir: (.*?)\r?\n?$/s)?.[1];
  return target === undefined ? null : path.resolve(folder, target);
}
