/** Files of several sides, by content: which were added, removed, changed or moved. */
import type { ComparedFile, ComparedFiles, FileChangeKind, FileState } from "../domain/comparison";
import { joinMoved } from "./movedFiles";
import { byPath } from "./texts";

/** A path with what each side has there; null where a side has nothing. */
export interface FileRow {
  path: string;
  files: (FileState | null)[];
}

export interface FilesOptions {
  /** Also what is the same. */
  all?: boolean;
  /** Number of files that are listed; all are counted. */
  limit?: number;
}

export interface FileComparison {
  add(row: FileRow): void;
  result(): ComparedFiles;
}

/** Takes one row at a time and keeps only what differs: most of very many files usually do not. */
export function createFileComparison({
  all = false,
  limit = Number.POSITIVE_INFINITY,
}: FilesOptions = {}): FileComparison {
  const found: ComparedFile[] = [];
  let same = 0;
  return {
    add({ path, files }) {
      const kind = changeOf(files);
      if (kind === "same") same++;
      if (kind !== "same" || all) found.push({ path, kind, files });
    },
    result() {
      const counts: ComparedFiles["counts"] = { added: 0, removed: 0, changed: 0, moved: 0, unknown: 0, same };
      const files = joinMoved(found).sort(byPath);
      for (const { kind } of files) if (kind !== "same") counts[kind]++;
      return { counts, files: files.slice(0, limit) };
    },
  };
}

/** How a path's content differs between the sides; a move is only seen when all paths are known. */
function changeOf(files: readonly (FileState | null)[]): Exclude<FileChangeKind, "moved"> {
  const [first] = files;
  let one: FileState | undefined;
  let isMissing = false;
  let isUnknown = false;
  for (const file of files) {
    if (file === null) isMissing = true;
    else {
      one ??= file;
      if (isOther(one, file)) return "changed";
      if (file.sha256 === null) isUnknown = true;
      // What follows is compared with a hash as soon as there is one.
      else if (one.sha256 === null) one = file;
    }
  }
  if (isMissing) return first ? "removed" : "added";
  return isUnknown ? "unknown" : "same";
}

/** Of a file that could not be hashed the size may be known, else it is 0. */
function isOther(one: FileState, other: FileState): boolean {
  if (one.sha256 !== null && other.sha256 !== null) return one.sha256 !== other.sha256;
  return one.size > 0 && other.size > 0 && one.size !== other.size;
}
