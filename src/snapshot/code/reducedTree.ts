/**
 * The id of a tree without some of its files, as git would compute it. Only the folders on the way to those files are read,
 * so a tree of any size costs a few milliseconds, and nothing is written.
 *
 * Format of a tree object: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects, per entry "<mode> <name>\0<id>".
 */
import { createHash } from "node:crypto";
import { git, objectsOf } from "../git";
import type { GitPath } from "../gitPath";

/** A folder that holds files to be left out: below each name another such folder, or null for a file. */
type Wanted = Map<string, Wanted | null>;

interface TreeEntry {
  mode: string;
  /** One character per byte. */
  name: string;
  /** Hex digits. */
  oid: string;
}

const FOLDER = "40000";

/**
 * The id of `tree` without `paths`; folders that become empty are left out too. Paths that are not in the tree, and folders,
 * mean nothing. Throws GitError when git cannot read the tree.
 */
export async function reducedTree(gitDir: string, tree: string, paths: Iterable<GitPath>): Promise<string> {
  const wanted = nested(paths);
  if (wanted.size === 0) return tree;
  const trees = await readTrees(gitDir, tree, wanted);
  return reduce(tree, wanted, trees) ?? emptyTree(tree);
}

function nested(paths: Iterable<GitPath>): Wanted {
  const top: Wanted = new Map();
  for (const path of paths) {
    const names = path.split("/");
    const file = names.pop()!;
    let folder = top;
    for (const name of names) {
      const below: Wanted = folder.get(name) ?? new Map();
      folder.set(name, below);
      folder = below;
    }
    if (!folder.has(file)) folder.set(file, null);
  }
  return top;
}

/** So many folders are asked for by name, in the hope that they are all that there are. */
const NAMED = 100;

/** The entries of `tree` and of all folders in it that are wanted, by id: usually in one look of git, else one for each level. */
async function readTrees(gitDir: string, tree: string, wanted: Wanted): Promise<Map<string, TreeEntry[]>> {
  const trees = new Map<string, TreeEntry[]>();
  const names = [...folderNames(wanted, "")].slice(0, NAMED).filter((name) => !name.includes("\n"));
  await readMore(gitDir, [tree, ...names.map((name) => `${tree}:${name}`)], trees);
  const entriesOf = (oid: string) => {
    const entries = trees.get(oid);
    if (!entries) throw new Error(`${gitDir} does not have the tree ${oid}`);
    return entries;
  };
  let level: [oid: string, wanted: Wanted][] = [[tree, wanted]];
  while (level.length > 0) {
    const unread = new Set(level.map(([oid]) => oid).filter((oid) => !trees.has(oid)));
    await readMore(gitDir, [...unread], trees);
    level = level.flatMap(([oid, names]) =>
      entriesOf(oid).flatMap(({ mode, name, oid: below }): [string, Wanted][] => {
        const inside = mode === FOLDER ? names.get(name) : null;
        return inside ? [[below, inside]] : [];
      }),
    );
  }
  return trees;
}

function* folderNames(wanted: Wanted, above: string): Generator<string> {
  for (const [name, inside] of wanted) {
    if (!inside) continue;
    yield above + name;
    yield* folderNames(inside, `${above}${name}/`);
  }
}

/** Adds the trees among what is asked for, by id or by "<tree>:<path>"; what is not there, or is none, adds nothing. */
async function readMore(gitDir: string, asked: string[], trees: Map<string, TreeEntry[]>): Promise<void> {
  if (asked.length === 0) return;
  const input = Buffer.from(`${asked.join("\n")}\n`, "latin1");
  const { stdout } = await git(["cat-file", "--batch"], { ...objectsOf(gitDir), input });
  for (let at = 0; at < stdout.length; ) {
    // "<id> tree <size>\n<content>\n", or "<what was asked> missing\n".
    const end = stdout.indexOf("\n", at);
    const [, oid, type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(stdout.toString("latin1", at, end)) ?? [];
    at = end + 1;
    if (oid === undefined) continue;
    if (type === "tree") trees.set(oid, parseTree(stdout.subarray(at, at + Number(size)), oid.length / 2));
    at += Number(size) + 1;
  }
}

function parseTree(content: Buffer, idBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString("latin1", at, space);
    const name = content.toString("latin1", space + 1, end);
    at = end + 1 + idBytes;
    entries.push({ mode, name, oid: content.toString("hex", end + 1, at) });
  }
  return entries;
}

/** The id of the tree without what is wanted; null when nothing is left of it. */
function reduce(oid: string, wanted: Wanted, trees: ReadonlyMap<string, TreeEntry[]>): string | null {
  const entries = trees.get(oid)!;
  const left: TreeEntry[] = [];
  let changed = false;
  for (const entry of entries) {
    const inside = wanted.get(entry.name);
    if (inside === undefined || (inside === null) === (entry.mode === FOLDER)) {
      left.push(entry);
      continue;
    }
    const below = inside && reduce(entry.oid, inside, trees);
    if (below !== null) left.push({ ...entry, oid: below });
    if (below !== entry.oid) changed = true;
  }
  if (!changed) return oid;
  return left.length === 0 ? null : treeId(left, oid.length);
}

function treeId(entries: readonly TreeEntry[], idLength: number): string {
  const parts = entries.flatMap(({ mode, name, oid }) => [
    Buffer.from(`${mode} ${name}\0`, "latin1"),
    Buffer.from(oid, "hex"),
  ]);
  const content = Buffer.concat(parts);
  const hash = createHash(idLength === 64 ? "sha256" : "sha1");
  return hash.update(`tree ${content.length}\0`).update(content).digest("hex");
}

const emptyTree = (like: string) => treeId([], like.length);
