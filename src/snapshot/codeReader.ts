/** Reads what `snapshotCode` has kept: single files, lists, differences. Nothing is written. */
import fs from "node:fs";
import path from "node:path";
import { type SimpleGit, simpleGit } from "simple-git";
import { UserError } from "../domain/errors";
import { gitDirOf } from "./code/repository";
import { snapshotRef } from "./code/treeBuilder";

/** Where a run's code is: the `code` of its snapshot, when it has a commit. */
export interface CodePlace {
  gitDir: string;
  commit: string;
  /** The work tree: submodules have their objects there, unless `gitDir` has them. Null: there is none. */
  root: string | null;
  /** Where the submodules have their objects, when `root` is a folder that the code was restored to. */
  origin?: string | null;
}

export interface TreeFile {
  /** Relative to the code's root, `/` between its parts. */
  path: string;
  /** "100644", "100755" or, for a symbolic link, "120000". */
  mode: string;
  oid: string;
}

export interface TreeDifference {
  status: "added" | "removed" | "changed" | "renamed";
  path: string;
  /** Where a renamed file was before. */
  oldPath?: string;
}

/** What git needs to start and to find its settings; nothing that could lead it to another repository. */
const ENVIRONMENT = [
  "PATH",
  "Path",
  "PATHEXT",
  "HOME",
  "USERPROFILE",
  "XDG_CONFIG_HOME",
  "SystemRoot",
  "TMPDIR",
  "TEMP",
];

/** A git that looks into this place only. `others`: git directories whose objects it sees as well. */
function gitAt(gitDir: string, others: readonly string[] = []): SimpleGit {
  const settings = {
    GIT_DIR: gitDir,
    // Settings of submodules name a work tree, at which git would stop when it is gone.
    GIT_WORK_TREE: gitDir,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: others.map((other) => path.join(other, "objects")).join(path.delimiter),
    GIT_NO_LAZY_FETCH: "1",
  };
  const inherited = ENVIRONMENT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const env = { ...Object.fromEntries(inherited), ...settings, LC_ALL: "C" };
  return simpleGit({ baseDir: gitDir, allowEnvironment: Object.keys(settings) }).env(env);
}

/** The bytes of a file as the run saw it. Throws UserError when the snapshot does not have it. */
export async function readFileAt(place: CodePlace, file: string): Promise<Buffer> {
  try {
    return (await gitAt(place.gitDir).binaryCatFile(["blob", `${place.commit}:${file}`])) as Buffer;
  } catch (error) {
    const inner = await submoduleAround(place, file);
    if (inner) return await readFileAt(inner.place, inner.file);
    await assertCommit(place);
    if (await containsPath(place, file)) throw error;
    throw new UserError(`${file} is not in the code that was kept of this run.`);
  }
}

/** Whether the snapshot has a file or folder of this name. */
export async function containsPath(place: CodePlace, file: string): Promise<boolean> {
  const found = await gitAt(place.gitDir).raw(["ls-tree", "-z", place.commit, "--", file.replace(/\/$/, "")]);
  if (found !== "") return true;
  const inner = await submoduleAround(place, file);
  return inner ? await containsPath(inner.place, inner.file) : false;
}

/** All files, those of submodules included where these can be read. Throws UserError when the commit is gone. */
export async function listTree(place: CodePlace): Promise<TreeFile[]> {
  await assertCommit(place);
  const output = await gitAt(place.gitDir).raw(["ls-tree", "-r", "-z", "--full-tree", place.commit]);
  const files: TreeFile[] = [];
  for (const record of records(output)) {
    // "<mode> <type> <object>\t<path>"
    const tab = record.indexOf("\t");
    const [mode, , oid] = record.slice(0, tab).split(" ");
    const name = record.slice(tab + 1);
    if (mode !== "160000") files.push({ path: name, mode: mode!, oid: oid! });
    else {
      const inner = submoduleAt(place, name, oid!);
      const below = inner ? await listTree(inner).catch(() => []) : [];
      files.push(...below.map((file) => ({ ...file, path: `${name}/${file.path}` })));
    }
  }
  return files;
}

/** What changed from `before` to `after`, by path. Throws UserError when one of the commits is gone. */
export async function diffTrees(before: CodePlace, after: CodePlace): Promise<TreeDifference[]> {
  const places = await diffPlaces(before, after);
  return places.flatMap(({ prefix, differences }) => differences.map((difference) => below(prefix, difference)));
}

/** What changed in one repository: the code's own, or a submodule's, where the paths begin at the submodule. */
export interface PlaceDifference {
  before: CodePlace;
  after: CodePlace;
  /** "" or the submodule's path with a `/` behind it. */
  prefix: string;
  differences: TreeDifference[];
}

/** The same by repository: what is changed in a submodule can only be read there. */
export async function diffPlaces(before: CodePlace, after: CodePlace, prefix = ""): Promise<PlaceDifference[]> {
  await Promise.all([assertCommit(before), assertCommit(after)]);
  const flags = ["-r", "-z", "-M", "--raw", "--no-abbrev", "--no-ext-diff", "--no-textconv"];
  const git = gitAt(before.gitDir, before.gitDir === after.gitDir ? [] : [after.gitDir]);
  const fields = records(await git.raw(["diff-tree", ...flags, before.commit, after.commit]));
  const differences: TreeDifference[] = [];
  const submodules: PlaceDifference[] = [];
  for (let at = 0; at < fields.length; ) {
    // ":<mode> <mode> <object> <object> <status>", then one path, or two of a rename.
    const [oldMode, newMode, oldOid, newOid, status] = fields[at++]!.slice(1).split(" ");
    const name = fields[at++]!;
    if (status!.startsWith("R")) {
      differences.push({ status: "renamed", path: fields[at++]!, oldPath: name });
      continue;
    }
    const inner =
      oldMode === "160000" && newMode === "160000"
        ? await diffSubmodule(before, after, name, [oldOid!, newOid!], prefix)
        : null;
    if (inner) submodules.push(...inner);
    else differences.push({ status: status === "A" ? "added" : status === "D" ? "removed" : "changed", path: name });
  }
  return [{ before, after, prefix, differences }, ...submodules];
}

/** Null: what changed inside cannot be read. */
async function diffSubmodule(
  before: CodePlace,
  after: CodePlace,
  name: string,
  [oldOid, newOid]: [string, string],
  prefix: string,
): Promise<PlaceDifference[] | null> {
  const [older, newer] = [submoduleAt(before, name, oldOid), submoduleAt(after, name, newOid)];
  if (!older || !newer) return null;
  try {
    return await diffPlaces(older, newer, `${prefix}${name}/`);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function below(prefix: string, difference: TreeDifference): TreeDifference {
  if (prefix === "") return difference;
  const { oldPath } = difference;
  return {
    ...difference,
    path: prefix + difference.path,
    ...(oldPath === undefined ? {} : { oldPath: prefix + oldPath }),
  };
}

async function assertCommit({ gitDir, commit }: CodePlace): Promise<void> {
  if (!fs.existsSync(gitDir)) {
    throw new UserError(`The code of this run was kept in ${gitDir}, which is no longer there.`);
  }
  try {
    await gitAt(gitDir).raw(["cat-file", "-e", `${commit}^{tree}`]);
  } catch (error) {
    if (!/Not a valid object name/.test(String(error))) throw error;
    const ref = `refs/modeltrail/snapshots/${commit}`;
    throw new UserError(
      `The code of this run is gone: ${gitDir} no longer has the commit ${commit}. Was ${ref} deleted?`,
    );
  }
}

/** The submodule that a path leads into, if it does. */
async function submoduleAround(place: CodePlace, file: string): Promise<{ place: CodePlace; file: string } | null> {
  const parts = file.split("/");
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
  if (above.length === 0) return null;
  const output = await gitAt(place.gitDir).raw(["ls-tree", "-z", place.commit, "--", ...above]);
  const record = records(output).find((line) => line.startsWith("160000 "));
  if (record === undefined) return null;
  const tab = record.indexOf("\t");
  const name = record.slice(tab + 1);
  const inner = submoduleAt(place, name, record.slice(0, tab).split(" ")[2]!);
  return inner && { place: inner, file: file.slice(name.length + 1) };
}

/** Where the commit of the submodule `name` (a path in the tree) is; null when it is not to be had. */
export function submoduleAt(place: CodePlace, name: string, commit: string): CodePlace | null {
  const above = place.origin === undefined ? place.root : place.origin;
  const root = above === null ? null : path.join(above, name);
  // The code of an imported run is all in one place, whatever is checked out here.
  if (hasRef(place.gitDir, snapshotRef(commit))) return { gitDir: place.gitDir, commit, root };
  const gitDir = root === null ? null : gitDirOf(root);
  return gitDir === null ? null : { gitDir, commit, root };
}

function hasRef(gitDir: string, ref: string): boolean {
  if (fs.existsSync(path.join(gitDir, ref))) return true;
  const packed = path.join(gitDir, "packed-refs");
  return fs.existsSync(packed) && fs.readFileSync(packed, "latin1").includes(` ${ref}\n`);
}

const records = (output: string) => output.split("\0").filter((record) => record !== "");
