/**
 * Lines in a snapshot commit's message: what a restore must know beyond the tree. The tree has what git itself would have,
 * so that it can be compared and merged like any commit's; the notes say where the disk had something else:
 * `Absent: <path>`: it was not there (a sparse checkout left it out, a submodule was not checked out).
 * `Content: <path>`: the tree has a Git LFS pointer, the disk had the content that it points to.
 * `Decrypted: <path>`: the tree has it encrypted, the disk as the user's filter decrypts it.
 * A path that ends in `/` means all of the folder. Paths are percent-encoded bytes.
 */
import type { GitPath } from "../gitPath";

export interface SnapshotNotes {
  absent: GitPath[];
  content: GitPath[];
  decrypted: GitPath[];
}

/** Who makes the commits of snapshots. */
export const IDENTITY = { name: "Modeltrail", email: "modeltrail@localhost" };
const OURS = `${IDENTITY.name} <${IDENTITY.email}>`;
const LABELS = { absent: "Absent: ", content: "Content: ", decrypted: "Decrypted: " } as const;
const KINDS = Object.keys(LABELS) as (keyof SnapshotNotes)[];

/** The notes as lines, in an order that depends on nothing but them. */
export function writeNotes(notes: SnapshotNotes): string[] {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return KINDS.flatMap((kind) =>
    [...notes[kind]].sort().map((name) => LABELS[kind] + name.replaceAll(/[^!-$&-~]/g, encode)),
  );
}

/** The notes in a commit as `git cat-file commit` has it. None in a commit of the user's, whatever its message says. */
export function readNotes(commit: string): SnapshotNotes {
  const notes: SnapshotNotes = { absent: [], content: [], decrypted: [] };
  const split = commit.indexOf("\n\n");
  if (!commit.slice(0, split).includes(`\ncommitter ${OURS} `)) return notes;
  for (const line of commit.slice(split).split("\n")) {
    const kind = KINDS.find((candidate) => line.startsWith(LABELS[candidate]));
    if (kind) notes[kind].push(decode(line.slice(LABELS[kind].length)));
  }
  return notes;
}

function decode(text: string): GitPath {
  return text.replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Whether a path is among those noted, itself or with a folder that it lies in. */
export function createNoted(noted: readonly GitPath[]): (path: GitPath) => boolean {
  if (noted.length === 0) return () => false;
  const names = new Set(noted);
  return (path) => {
    if (names.has(path)) return true;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      if (names.has(path.slice(0, end + 1))) return true;
    }
    return false;
  };
}
