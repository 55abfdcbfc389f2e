/** Finds files that have only changed their place among those that were added and removed. */
import type { ComparedFile, FileState } from "../domain/comparison";

/**
 * Joins what some sides have under one path and all the others, with the same content, under another. Of several candidates
 * one of the same name is taken. Empty files all have the same content, and are not joined. Takes time in proportion to the
 * number of files, however many have the same content.
 */
export function joinMoved(files: readonly ComparedFile[]): ComparedFile[] {
  const candidates = files.filter((file) => contentOf(file) !== null);
  const partners = new Map<ComparedFile, ComparedFile>();
  for (const keyOf of [sameName, anyName]) pair(candidates, keyOf, partners);
  return files.flatMap((file) => {
    const partner = partners.get(file);
    if (!partner) return [file];
    // Each pair is met twice: once is enough.
    return file.files[0] ? [] : [moved(file, partner)];
  });
}

/** The content, when all sides that have the file have the same and not all have it. */
function contentOf({ kind, files }: ComparedFile): string | null {
  if (kind !== "added" && kind !== "removed") return null;
  const present = files.filter((file) => file !== null);
  return present.every(({ sha256, size }) => sha256 !== null && size > 0) ? present[0]!.sha256 : null;
}

type Key = (file: ComparedFile, present: string) => string;
const anyName: Key = (file, present) => `${present} ${contentOf(file)}`;
const sameName: Key = (file, present) => `${anyName(file, present)} ${file.path.slice(file.path.lastIndexOf("/") + 1)}`;

function pair(files: readonly ComparedFile[], keyOf: Key, partners: Map<ComparedFile, ComparedFile>): void {
  const waiting = new Map<string, ComparedFile[]>();
  for (const file of files) {
    if (partners.has(file)) continue;
    const partner = waiting
      .get(
        keyOf(
          file,
          sidesWith(file, (state) => state === null),
        ),
      )
      ?.pop();
    if (partner) {
      partners.set(file, partner);
      partners.set(partner, file);
      continue;
    }
    const key = keyOf(
      file,
      sidesWith(file, (state) => state !== null),
    );
    const others = waiting.get(key);
    if (others) others.push(file);
    else waiting.set(key, [file]);
  }
}

/** E.g. "10" of two sides of which the first fits. */
function sidesWith({ files }: ComparedFile, fits: (state: FileState | null) => boolean): string {
  return files.map((state) => (fits(state) ? "1" : "0")).join("");
}

function moved(later: ComparedFile, earlier: ComparedFile): ComparedFile {
  const files = later.files.map((state, side) => state ?? earlier.files[side]!);
  return { path: files.at(-1)!.path, kind: "moved", files };
}
