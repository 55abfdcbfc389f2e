/** Looks into a repository's objects, very many with one git. */
import { git } from "../../snapshot/git";

/** Git that looks at this git directory, whatever is around it. */
export const at = (gitDir: string) => ({ cwd: gitDir, env: { GIT_DIR: gitDir } });

/** Objects asked for at a time: bounds the memory. */
const PORTION = 2_000;

export interface GitObject {
  oid: string;
  type: string;
  content: Buffer;
}

/** The objects with these names (ids, or what git understands as one); those that are not there are left out. */
export async function* readObjects(gitDir: string, names: readonly string[]): AsyncGenerator<GitObject> {
  for (let from = 0; from < names.length; from += PORTION) {
    const input = names
      .slice(from, from + PORTION)
      .map((name) => `${name}\n`)
      .join("");
    const { stdout } = await git(["cat-file", "--batch"], { ...at(gitDir), input });
    yield* parseBatch(stdout);
  }
}

/** "<oid> <type> <size>\n<content>\n" each, or "<name> missing\n". */
function* parseBatch(output: Buffer): Generator<GitObject> {
  for (let start = 0; start < output.length; ) {
    const newline = output.indexOf("\n", start);
    const [oid, type, size] = output.toString("latin1", start, newline).split(" ");
    start = newline + 1;
    if (size === undefined) continue;
    const end = start + Number(size);
    yield { oid: oid!, type: type!, content: output.subarray(start, end) };
    start = end + 1;
  }
}

export interface TreeEntry {
  /** "40000" for a tree, "160000" for a commit of a submodule. */
  mode: string;
  /** One character per byte. */
  name: string;
  oid: string;
}

/** The entries of a tree: "<mode> <name>\0<id in bytes>" each. `idBytes`: 20, or 32 with SHA-256. */
export function* parseTree(content: Buffer, idBytes: number): Generator<TreeEntry> {
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(" ", start);
    const end = content.indexOf(0, space);
    const mode = content.toString("latin1", start, space);
    const name = content.toString("latin1", space + 1, end);
    start = end + 1 + idBytes;
    yield { mode, name, oid: content.toString("hex", end + 1, start) };
  }
}
