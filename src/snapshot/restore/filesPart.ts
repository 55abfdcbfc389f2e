/** What a run read and wrote, as far as its code snapshot does not have it: where it goes, and from where it comes. */
import type { RestoreFault, RestorePart } from "../../domain/restore";
import type { Run } from "../../domain/run";
import { hashFile } from "../../store/objects";
import { diskPath, type GitPath } from "../gitPath";
import type { CopyJob, Source } from "./copies";
import type { FolderWriter } from "./folderWriter";
import { type Layout, type Placing, placeOf } from "./layout";

export interface RecordedFile {
  part: Exclude<RestorePart, "code">;
  /** As the run names it. */
  name: string;
  sha256: string | null;
  /** Bytes; null when unknown. */
  size: number | null;
}

export interface FilesListener {
  /** The file is there; `outside`: where the run had it, when that was outside of the project. */
  written(file: RecordedFile, size: number, placing: Placing): void;
  /** `message` goes on from the file's name. */
  problem(file: RecordedFile, fault: RestoreFault, message: string): void;
}

export interface FilesContext {
  layout: Layout;
  writer: FolderWriter;
  listener: FilesListener;
  /** SHA-256 of files that are there already, as far as is known. */
  hashes: ReadonlyMap<GitPath, string>;
  /** Whether the file may have been another by the time it was hashed than when the run opened it. */
  isDoubtful(name: string): boolean;
  /** Whether the code snapshot is known to have another version of the file than was on disk. */
  isOldInCode(name: string): boolean;
  sourcesOf(file: RecordedFile & { sha256: string }): Source[];
  /** Files larger than this are not expected to have been kept. Bytes. */
  keepBytes: number;
}

/** The files of these parts; what the run read comes before what it wrote. */
export function recordedFiles({ snapshot, artifacts }: Run, parts: readonly RestorePart[]): RecordedFile[] {
  const files: RecordedFile[] = [];
  if (parts.includes("data")) {
    const read = snapshot.data.filter(({ role }) => role === "read");
    files.push(...read.map(({ path, sha256, size }) => ({ part: "data" as const, name: path, sha256, size })));
  }
  if (parts.includes("config")) {
    files.push(
      ...snapshot.config.map(({ path, sha256 }) => ({ part: "config" as const, name: path, sha256, size: null })),
    );
  }
  if (parts.includes("artifacts")) {
    files.push(
      ...artifacts.map(({ path, sha256, size }) => ({ part: "artifacts" as const, name: path, sha256, size })),
    );
  }
  return files;
}

/** What must be copied; the listener has been told of all that need not or cannot be. */
export async function planCopies(files: readonly RecordedFile[], context: FilesContext): Promise<CopyJob[]> {
  const { layout, listener } = context;
  const jobs = new Map<GitPath, CopyJob>();
  for (const file of files) {
    const placing = placeOf(layout, file.name);
    const planned = jobs.get(placing.path);
    if (planned && planned.sha256 === file.sha256) {
      // The same file by two names, through a link.
      const first = planned.written;
      planned.written = (size) => {
        first(size);
        listener.written(file, size, placing);
      };
    } else if (planned) {
      listener.problem(file, "differs", "was read twice with different contents: the first is there");
    } else {
      const job = await planCopy(file, placing, context);
      if (job) jobs.set(placing.path, job);
    }
  }
  return [...jobs.values()];
}

async function planCopy(file: RecordedFile, placing: Placing, context: FilesContext): Promise<CopyJob | null> {
  const { listener, writer } = context;
  const { sha256 } = file;
  const present = writer.look(placing.path);
  if (sha256 === null) {
    if (present === "nothing") listener.problem(file, "not-captured", "could not be hashed when the run used it");
    return null;
  }
  if (present === "other") {
    listener.problem(file, "collision", "is a folder or a link in the run's code");
    return null;
  }
  if (present === "file") {
    const there =
      context.hashes.get(placing.path) ?? (await hashFile(String(diskPath(writer.folder, placing.path)))).sha256;
    if (there === sha256) {
      listener.written(file, file.size ?? 0, placing);
      return null;
    }
    // What a run wrote takes the place of what was there before it, and what it read of what is not from that time.
    if (file.part !== "artifacts" && !context.isOldInCode(file.name)) {
      if (context.isDoubtful(file.name)) {
        listener.problem(
          file,
          "differs",
          "was changed while the run went on: what is there is as it was before the run",
        );
        return null;
      }
      const message = "was changed after the run had begun and before it was read: what was read is there";
      listener.problem(file, "differs", message);
    }
  }
  return {
    path: placing.path,
    sha256,
    size: file.size,
    wasKept: file.size === null || file.size <= context.keepBytes,
    mode: 0o666,
    sources: context.sourcesOf({ ...file, sha256 }),
    replace: present === "file",
    written: (size) => listener.written(file, size, placing),
    failed: (fault, message) => listener.problem(file, fault, message),
  };
}
