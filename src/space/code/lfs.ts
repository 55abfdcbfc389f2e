/** Objects of the store that code points to: files of Git LFS, of which git itself has a pointer only. */
import { parsePointer } from "../../snapshot/code/lfsPointer";
import { GitError, git } from "../../snapshot/git";
import { at, readObjects } from "./gitObjects";

/** A pointer has a line of 43 bytes, one of 76, and one with the size. */
const SHORTEST = 43 + 76 + 7;
const LONGEST = 43 + 76 + 26;

export interface Pointers {
  hashes: Set<string>;
  /** False when a repository could not be looked into: then there may be more. */
  isWhole: boolean;
}

/**
 * The hashes that pointers in these git directories name. All objects are looked at, also those that no ref keeps any more:
 * a recorder may just be making one that does.
 */
export async function findPointers(gitDirs: Iterable<string>): Promise<Pointers> {
  const pointers: Pointers = { hashes: new Set(), isWhole: true };
  for (const gitDir of gitDirs) {
    try {
      for await (const { content } of readObjects(gitDir, await listShortBlobs(gitDir))) {
        const pointer = parsePointer(content);
        if (pointer) pointers.hashes.add(pointer.sha256);
      }
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      pointers.isWhole = false;
    }
  }
  return pointers;
}

async function listShortBlobs(gitDir: string): Promise<string[]> {
  const format = "--batch-check=%(objecttype) %(objectsize) %(objectname)";
  const { stdout } = await git(["cat-file", "--batch-all-objects", "--unordered", format], at(gitDir));
  const blobs: string[] = [];
  for (let start = 0; start < stdout.length; ) {
    const end = stdout.indexOf("\n", start);
    // Most lines tell of other objects: these are not made into strings.
    if (stdout[start] === "b".charCodeAt(0)) {
      const [, size, oid] = stdout.toString("latin1", start, end).split(" ");
      if (Number(size) >= SHORTEST && Number(size) <= LONGEST) blobs.push(oid!);
    }
    start = end + 1;
  }
  return blobs;
}
