/** What differs between two states of the code, line by line, as `git diff` shows it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type CodePlace, type PlaceDifference, readFileAt, type TreeDifference } from "./codeReader";
import { GitError, git } from "./git";
import { isNotebook, notebookText } from "./notebookText";

export interface PatchOptions {
  /** With the colours that the user has set for git. */
  colour?: boolean;
  signal?: AbortSignal;
}

/** So many paths fit a command line on every system. */
const PATHS_AT_ONCE = 100;

/**
 * The unified diff of these differences (see `placesBetween`), piece by piece, as bytes: lines need not be UTF-8. Notebooks are
 * shown as the text of their cells, since outputs and metadata would hide it; of binary files it is said that they differ.
 */
export async function* codePatch(
  places: readonly PlaceDifference[],
  options: PatchOptions = {},
): AsyncGenerator<Uint8Array> {
  for (const place of places) {
    const plain: TreeDifference[] = [];
    const others: Uint8Array[] = [];
    for (const difference of place.differences) {
      const notebook = isNotebook(difference.path) ? await notebookPatch(place, difference, options) : null;
      if (notebook) others.push(notebook);
      else if (difference.path.includes("\ufffd")) others.push(unreadableName(place.prefix + difference.path));
      else plain.push(difference);
    }
    for (let at = 0; at < plain.length; at += PATHS_AT_ONCE) {
      yield await filesPatch(place, plain.slice(at, at + PATHS_AT_ONCE), options);
    }
    yield* others;
  }
}

/** User settings that would change what lines mean; those of taste (colours) stay. */
const PLAIN = ["--patch", "--no-ext-diff", "--no-textconv", "--find-renames", "-O/dev/null"];

async function filesPatch(
  { before, after, prefix }: PlaceDifference,
  differences: readonly TreeDifference[],
  { colour, signal }: PatchOptions,
): Promise<Uint8Array> {
  const prefixes = [`--src-prefix=a/${prefix}`, `--dst-prefix=b/${prefix}`];
  const paths = differences.flatMap(({ path: name, oldPath }) => (oldPath === undefined ? [name] : [oldPath, name]));
  const { stdout } = await git(
    ["diff-tree", "-r", ...PLAIN, ...prefixes, colourFlag(colour), before.commit, after.commit, "--", ...paths],
    { cwd: before.gitDir, env: repositories(before, after), signal },
  );
  return stdout;
}

/** A git that looks into the first place, and sees the objects of the second. */
function repositories(before: CodePlace, after: CodePlace): Record<string, string> {
  const others = before.gitDir === after.gitDir ? "" : path.join(after.gitDir, "objects");
  return { GIT_DIR: before.gitDir, GIT_ALTERNATE_OBJECT_DIRECTORIES: others };
}

const colourFlag = (colour = false) => `--color=${colour ? "always" : "never"}`;

/** Null when one side is no notebook that could be taken apart. */
async function notebookPatch(
  { before, after, prefix }: PlaceDifference,
  { status, path: name, oldPath }: TreeDifference,
  options: PatchOptions,
): Promise<Uint8Array | null> {
  const older = status === "added" ? undefined : await readNotebook(before, oldPath ?? name);
  const newer = status === "removed" ? undefined : await readNotebook(after, name);
  if (older === null || newer === null) return null;
  const [from, to] = [`a/${prefix}${oldPath ?? name}`, `b/${prefix}${name}`];
  const patch = await textPatch({ name: from, text: older }, { name: to, text: newer }, options);
  if (patch.length > 0) return patch;
  const said =
    status === "renamed"
      ? "The notebook was renamed; its cells are the same."
      : "Only outputs or metadata of the notebook differ.";
  return Buffer.from(`diff --git ${from} ${to}\n${said}\n`);
}

async function readNotebook(place: CodePlace, file: string): Promise<string | null> {
  return notebookText(await readFileAt(place, file));
}

interface Text {
  name: string;
  /** Undefined: there is no such file. */
  text: string | undefined;
}

/** The unified diff of two texts that are no files; empty when they are the same. */
async function textPatch(before: Text, after: Text, { colour, signal }: PatchOptions): Promise<Uint8Array> {
  // Not in the project: its .gitattributes would have a say.
  const folder = await mkdtemp(path.join(os.tmpdir(), "modeltrail-patch-"));
  try {
    const names: string[] = [];
    for (const { name, text } of [before, after]) {
      names.push(text === undefined ? "/dev/null" : name);
      if (text === undefined) continue;
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    const flags = [...PLAIN, "--text", "--src-prefix=", "--dst-prefix=", colourFlag(colour)];
    const { stdout } = await git(["diff", "--no-index", ...flags, "--", ...names], {
      cwd: folder,
      signal,
    });
    return stdout;
  } catch (error) {
    // That is how it says that they differ.
    if (error instanceof GitError && error.exitCode === 1 && error.stderr === "") return error.stdout;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unreadableName(name: string): Uint8Array {
  return Buffer.from(`diff --git a/${name} b/${name}\nIts name is not UTF-8, so that its lines are not shown.\n`);
}
