/** Files that only one of two versions has under its name, brought together by their content, be they millions. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatasetFile } from "../domain/datasetComparison";

export interface UnmatchedFiles {
  add(side: Side, file: DatasetFile): void;
  /** Groups, in each of which all files of a content are, in the order they were added. Once, after all was added. */
  groups(): AsyncGenerator<UnmatchedGroup>;
  /** Removes what was put on the disk. */
  close(): void;
}

export type Side = "removed" | "added";
export type UnmatchedGroup = Record<Side, DatasetFile[]>;

/** So many are held in memory: some 50 MB. */
const HELD = 200_000;
/** Above, they go to files by the beginning of their hash. */
const PARTS = 64;
const FLUSHED_CHARACTERS = 1 << 16;

/** `held`: how many files stay in memory. */
export function createUnmatchedFiles(held = HELD): UnmatchedFiles {
  let group: UnmatchedGroup = { removed: [], added: [] };
  let folder: string | null = null;
  const texts = new Array<string>(PARTS).fill("");

  function add(side: Side, file: DatasetFile): void {
    if (folder !== null) write(side, file);
    else group[side].push(file);
    if (folder !== null || group.removed.length + group.added.length <= held) return;
    folder = mkdtempSync(join(tmpdir(), "modeltrail-compare-"));
    for (const one of ["removed", "added"] as const) for (const unmatched of group[one]) write(one, unmatched);
    group = { removed: [], added: [] };
  }

  function write(side: Side, file: DatasetFile): void {
    const part = Number.parseInt(file.sha256.slice(0, 2), 16) % PARTS;
    texts[part] += `${JSON.stringify([side, file])}\n`;
    if (texts[part]!.length >= FLUSHED_CHARACTERS) flush(part);
  }

  function flush(part: number): void {
    appendFileSync(join(folder!, String(part)), texts[part]!);
    texts[part] = "";
  }

  return {
    add,
    async *groups() {
      if (folder === null) return yield group;
      for (let part = 0; part < PARTS; part++) {
        flush(part);
        yield parse(await readFile(join(folder, String(part)), "utf8"));
      }
    },
    close() {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function parse(text: string): UnmatchedGroup {
  const group: UnmatchedGroup = { removed: [], added: [] };
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const [side, file] = JSON.parse(text.slice(at, end)) as [Side, DatasetFile];
    group[side].push(file);
    at = end + 1;
  }
  return group;
}
