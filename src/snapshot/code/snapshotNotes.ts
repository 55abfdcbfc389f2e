/**
 * Lines in a snapshot commit's message: what a restore must know beyond the tree. `Absent: <path>` names a path (a folder
 * when it ends in `/`) that is in the tree, so that the tree can be compared and merged like any commit's, but was not on
 * disk, because a sparse checkout left it out. Paths are percent-encoded bytes.
 */
import type { GitPath } from "../gitPath";

const ABSENT = "Absent: ";

export function absenceNotes(absent: readonly GitPath[]): string[] {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return [...absent].sort().map((name) => ABSENT + name.replaceAll(/[^!-$&-~]/g, encode));
}

/** The absent paths that a commit's message names. */
export function readAbsent(message: string): GitPath[] {
  return message
    .split("\n")
    .filter((line) => line.startsWith(ABSENT))
    .map((line) =>
      line
        .slice(ABSENT.length)
        .replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
}
