/** Gathers what became of each requested file, and says what is missing. */
import { formatSize } from "../domain/format";
import type { Gap, GapKind } from "../domain/run";
import type { DataRequest, HashedFile, HashResult } from "./data";
import { summariseGaps } from "./gaps";
import type { HashOutcome } from "./hashTask";
import type { FileLook } from "./knownFiles";
import { projectPath } from "./projectPath";

export interface DataReport {
  /** The file of request `index` has this content. */
  add(index: number, look: FileLook, sha256: string, kept: boolean): void;
  /** What hashing it has given; `size` as it was before, `keep`: whether its bytes were to be kept. */
  addOutcome(index: number, outcome: HashOutcome, size: number, keep: boolean): void;
  /** `message` goes on from the file's name. */
  fail(index: number, size: number, kind: GapKind, message: string): void;
  result(): HashResult;
}

/** `root`: the project's. `keepBytes`: the size above which only hashes are kept. */
export function createDataReport(root: string, requests: readonly DataRequest[], keepBytes: number): DataReport {
  const files = new Array<HashedFile | undefined>(requests.length);
  const gaps: Gap[] = [];

  const set = (index: number, sha256: string | null, size: number, kept: boolean): string => {
    const { path } = requests[index]!;
    const name = projectPath(root, path);
    files[index] = { path, name, sha256, size, kept };
    return name;
  };

  const report: DataReport = {
    add(index, look, sha256, kept) {
      const name = set(index, sha256, look.size, kept);
      if (isOther(look, requests[index]!.seen)) gaps.push(changedSince(name));
    },
    addOutcome(index, outcome, size, keep) {
      switch (outcome.state) {
        case "hashed": {
          const { sha256, stamp, notKept } = outcome;
          const look = { size: Number(stamp.size), mtimeMs: Number(stamp.mtimeNs) / 1e6 };
          report.add(index, look, sha256, keep && notKept === undefined);
          if (notKept !== undefined) gaps.push(notKeptGap(files[index]!.name, notKept));
          break;
        }
        case "changing":
          report.fail(
            index,
            size,
            "changed-while-hashing",
            "was written to all the time, so that it could not be hashed",
          );
          break;
        case "unreadable":
          report.fail(index, size, "unreadable", `could not be read (${outcome.reason})`);
          break;
        case "missing":
        case "not a file":
          report.fail(index, size, "missing", "was gone before it could be hashed");
      }
    },
    fail(index, size, kind, message) {
      const name = set(index, null, size, false);
      gaps.push({ kind, path: name, message: `${name} ${message}.` });
    },
    result() {
      const all = files.filter((file) => file !== undefined);
      const tooBig = all.filter(({ sha256, size }) => sha256 !== null && size > keepBytes);
      return { files: all, gaps: [...summariseGaps(gaps), ...hashOnly(tooBig, keepBytes)] };
    },
  };
  return report;
}

function isOther(look: FileLook, seen: DataRequest["seen"]): boolean {
  if (!seen) return false;
  const { size, mtimeNs } = seen;
  // As near as a number of milliseconds is to nanoseconds.
  const isOtherTime = mtimeNs !== undefined && Math.abs(Number(mtimeNs) / 1e6 - look.mtimeMs) > 0.001;
  return isOtherTime || (size !== undefined && Number(size) !== look.size);
}

function changedSince(name: string): Gap {
  const message = `${name} was changed after the run had opened it: its hash may not be that of what the run read.`;
  return { kind: "changed-while-hashing", path: name, message };
}

function notKeptGap(name: string, reason: string): Gap {
  const message = `${name} could not be kept (${reason}), so that only its hash is known.`;
  return { kind: "hash-only", path: name, message };
}

/** One gap for all files that are too big to keep: they are expected, and their hashes tell whether they are the same. */
function hashOnly(files: readonly HashedFile[], keepBytes: number): Gap[] {
  const [first] = files;
  if (!first) return [];
  const limit = formatSize(keepBytes);
  const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
  if (files.length === 1) {
    const message = `${first.name} (${size}) is larger than ${limit}: its hash is known, its bytes are not kept.`;
    return [{ kind: "hash-only", path: first.name, message }];
  }
  const message = `${files.length} files (${size} together, the first ${first.name}) are larger than ${limit}: their hashes are known, their bytes are not kept.`;
  return [{ kind: "hash-only", message }];
}
