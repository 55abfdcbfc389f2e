/** Where the datasets of a project come from, and which files they are made of now. */
import { statSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Gap } from "../domain/run";
import type { DatasetKind } from "../store/contract";
import type { DvcOutput } from "./dvc";
import { readManifest } from "./manifest";

export interface DatasetSource {
  name: string;
  kind: DatasetKind;
  /** Whether every run depends on it, whether or not it is seen opening a file. */
  always: boolean;
  /** Whether a file of this absolute path belongs to it, be it there or not. */
  matches(file: string): boolean;
  /** The files that are there now. */
  list(): Promise<DatasetListing>;
  /** What DVC calls the content of so many files and bytes; undefined when DVC means another content, or none. */
  md5?(files: number, size: number): string | undefined;
}

export interface DatasetListing {
  /** Absolute paths. */
  files: string[];
  gaps: Gap[];
}

/** Other work gets its turn after so many files: a few milliseconds. */
const SLICE = 2_000;

/** A dataset that DVC tracks. `name`: the output's path, as runs name it. */
export function dvcDataset(name: string, output: DvcOutput): DatasetSource {
  const below = output.path + path.sep;
  return {
    name,
    kind: "dvc",
    always: false,
    matches: (file) => file === output.path || file.startsWith(below),
    async list() {
      const { listBelow } = await import("./filePatterns");
      return { files: await listBelow(output.path), gaps: [] };
    },
    md5(files, size) {
      const isSame = (output.files ?? files) === files && (output.size ?? size) === size;
      return output.md5 !== null && isSame ? output.md5 : undefined;
    },
  };
}

/**
 * A dataset that is known from earlier runs alone, which have read files of it: it is made of all that they have read and
 * that is still there. So a run that reads only some of them uses the same version as one that reads them all. `location`: its
 * file or folder, as runs name it. `version`: its latest one; null when there is none yet.
 */
export function readDataset(
  root: string,
  storeFolder: string,
  location: string,
  name: string,
  version: string | null,
): DatasetSource {
  const file = path.resolve(root, location);
  const below = file + path.sep;
  return {
    name,
    kind: "read",
    always: false,
    matches: (one) => one === file || one.startsWith(below),
    async list() {
      const files: string[] = [];
      if (version === null) return { files, gaps: [] };
      let looked = 0;
      for await (const entry of readManifest(storeFolder, version)) {
        if (++looked % SLICE === 0) await setImmediate();
        const one = path.resolve(root, entry.path);
        if (isFile(one)) files.push(one);
      }
      return { files, gaps: [] };
    },
  };
}

function isFile(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}
