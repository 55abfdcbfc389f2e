/** One restore: its parts in their order, and the report of what became of each file. */

import fs from "node:fs";
import path from "node:path";
import type { RestoreFault, RestorePart, RestoreProblem, RestoreReport } from "../../domain/restore";
import type { Gap, GapKind, Run } from "../../domain/run";
import { DEFAULT_KEEP_BYTES } from "../data";
import { displayPath, type GitPath } from "../gitPath";
import type { RestoreOptions, RestoreStore } from "../restore";
import { unlistedFiles } from "../unlistedFiles";
import { type CodeFile, listCode } from "./codeList";
import { type CodeListener, modeOf, writeCode } from "./codePart";
import { type CopyJob, copyAll } from "./copies";
import { type FilesContext, planCopies, type RecordedFile, recordedFiles } from "./filesPart";
import type { FoundCode } from "./findCode";
import type { FolderWriter } from "./folderWriter";
import { folderOf, type Layout, nameOf, type Placing, plainPlaceOf } from "./layout";
import { sourcesOf } from "./sources";

export const DEFAULT_PARTS: readonly RestorePart[] = ["code", "data", "config"];

export interface Restoring {
  /** Fills the folder. Throws what makes going on useless; when the signal fires, the report says so. */
  write(writer: FolderWriter): Promise<RestoreReport>;
}

export function createRestoring(
  store: RestoreStore,
  run: Run,
  found: FoundCode,
  options: Omit<RestoreOptions, "to">,
): Restoring {
  const { parts = DEFAULT_PARTS, only = () => true, verify = false, signal, onProgress, pool = {} } = options;
  const problems: (RestoreProblem & { place: GitPath | null })[] = [];
  const none = () => ({ files: 0, bytes: 0 });
  const written: RestoreReport["written"] = { code: none(), data: none(), config: none(), artifacts: none() };
  const outside: RestoreReport["outside"] = [];
  /** Where something is that the run read or wrote, and by which names. */
  const places = new Set<GitPath>();
  const names = new Set<string>();
  const total = { files: 0, bytes: 0 };
  const done = { files: 0, bytes: 0 };

  function count(part: RestorePart, bytes: number): void {
    written[part].files++;
    written[part].bytes += bytes;
    done.files++;
    done.bytes += bytes;
    onProgress?.({ ...done, totalFiles: total.files, totalBytes: Math.max(total.bytes, done.bytes) });
  }

  function say(part: RestorePart, name: string, place: GitPath | null, fault: RestoreFault, message: string): void {
    problems.push({ part, path: name, fault, message: `${name} ${message}.`, place });
  }

  async function writeAll(writer: FolderWriter, layout: Layout): Promise<void> {
    const recorded = [...recordedFiles(run, parts), ...(await unlisted())].filter(({ name }) => only(name));
    total.files += recorded.length;
    total.bytes += recorded.reduce((sum, { size }) => sum + (size ?? 0), 0);
    const hashes = parts.includes("code") ? await writeCodePart(writer, layout, recorded) : new Map<GitPath, string>();
    const context = filesContext(writer, layout, hashes);
    // What the run wrote comes last, as it did then.
    for (const some of [recorded.filter(isRead), recorded.filter((file) => !isRead(file))]) {
      await copyAll(await planCopies(some, context), writer, pool, signal);
    }
  }

  /** Data that only the versions of datasets name. */
  async function unlisted(): Promise<RecordedFile[]> {
    if (!parts.includes("data")) return [];
    const { files, unknown } = await unlistedFiles(store.folder, run);
    for (const { name, message } of unknown) {
      problems.push({ part: "data", path: name, fault: "damaged", message, place: null });
    }
    return files.map(({ path: name, sha256, size }) => ({ part: "data", name, sha256, size }));
  }

  async function writeCodePart(writer: FolderWriter, layout: Layout, recorded: RecordedFile[]) {
    const { commit, gitDir } = run.snapshot.code;
    if (found.place === null) {
      const message =
        commit === null
          ? "The code of this run was not captured."
          : `The code of this run is gone: neither ${gitDir} nor this project's repository has the commit ${commit}.`;
      problems.push({
        part: "code",
        path: ".",
        fault: commit === null ? "not-captured" : "gone",
        message,
        place: null,
      });
      return new Map<GitPath, string>();
    }
    const codeName = (place: GitPath) => nameOf(layout, displayPath(place));
    const list = await listCode(found.place, signal);
    const files = withAttributes(
      list.files.filter((file) => only(codeName(file.path))),
      list.files,
    );
    total.files += files.length;
    for (const { path: place, message } of list.lost) say("code", codeName(place), place, "gone", message);
    const listener: CodeListener = {
      written: (_file, size) => count("code", size),
      problem: (file, fault, message) => say("code", codeName(file.path), file.path, fault, message),
    };
    const wanted = new Set(recorded.flatMap(({ name }) => plainPlaceOf(layout, name) ?? []));
    const { pointers, hashes } = await writeCode(files, writer, listener, wanted, signal);
    const jobs = pointers.map(
      ({ file, pointer, text }): CopyJob => ({
        path: file.path,
        ...pointer,
        wasKept: false,
        mode: modeOf(file),
        sources: sourcesOf(pointer.sha256, path.join(layout.codeRoot, displayPath(file.path)), {
          store,
          verify,
          gitDir: file.gitDir,
        }),
        replace: false,
        written(size) {
          hashes.set(file.path, pointer.sha256);
          count("code", size);
        },
        failed(fault) {
          say("code", codeName(file.path), file.path, fault, writePointer(writer, file, text));
        },
      }),
    );
    await copyAll(jobs, writer, pool, signal);
    return hashes;
  }

  function filesContext(writer: FolderWriter, layout: Layout, hashes: ReadonlyMap<GitPath, string>): FilesContext {
    const pathsWith = (...kinds: GapKind[]) =>
      new Set(run.gaps.flatMap(({ kind, path: name }) => (kinds.includes(kind) ? (name ?? []) : [])));
    const doubtful = pathsWith("changed-while-hashing");
    const old = pathsWith("too-big", "unreadable");
    return {
      layout,
      writer,
      hashes,
      isDoubtful: (name) => doubtful.has(name),
      isOldInCode: (name) => old.has(name),
      sourcesOf: ({ sha256, name }) =>
        sourcesOf(sha256, path.resolve(store.root, name), { store, verify, gitDir: found.place?.gitDir ?? null }),
      keepBytes: DEFAULT_KEEP_BYTES,
      listener: {
        written(file: RecordedFile, size: number, placing: Placing) {
          places.add(placing.path);
          names.add(file.name);
          if (placing.outside !== null) {
            outside.push({ from: placing.outside, to: path.join(writer.folder, displayPath(placing.path)) });
          }
          count(file.part, size);
        },
        problem: (file, fault, message) => say(file.part, file.name, null, fault, message),
      },
    };
  }

  return {
    async write(writer) {
      const layout: Layout = {
        folder: writer.folder,
        codeRoot: found.root ?? store.root,
        project: found.project,
      };
      let cancelled = false;
      try {
        await writeAll(writer, layout);
      } catch (error) {
        if (!signal?.aborted) throw error;
        cancelled = true;
      }
      // What git no longer has may have been kept as data.
      const left = problems.filter(({ part, place }) => !(part === "code" && place !== null && places.has(place)));
      const gaps = run.gaps.filter((gap) => bears(gap, parts, names));
      if (run.status === "running") gaps.push(STILL_RUNNING);
      return {
        run: run.id,
        folder: writer.folder,
        project: path.join(writer.folder, layout.project),
        cwd: folderOf(layout, run.cwd),
        written,
        outside,
        problems: left.map(({ place: _, ...problem }) => problem),
        gaps,
        exact: left.length === 0 && gaps.length === 0 && !cancelled,
        cancelled,
      };
    },
  };
}

const STILL_RUNNING: Gap = {
  kind: "other",
  message: "The run was still going on when it was restored: what it reads later is not there.",
};

const isRead = ({ part }: RecordedFile) => part !== "artifacts";

/** What git keeps encrypted can only be decrypted with the attributes beside it. */
function withAttributes(chosen: CodeFile[], all: readonly CodeFile[]): CodeFile[] {
  if (chosen.length === all.length || !chosen.some(({ form }) => form === "decrypted")) return chosen;
  const attributes = all.filter((file) => /(?:^|\/)\.gitattributes$/.test(file.path) && !chosen.includes(file));
  return [...attributes, ...chosen];
}

/** Whether a gap of the run leaves the restored files in doubt. `names`: files that were kept after all, as data. */
function bears({ kind, path: name }: Gap, parts: readonly RestorePart[], names: ReadonlySet<string>): boolean {
  switch (kind) {
    // These are said of the files themselves, where they still hold.
    case "hash-only":
    case "environment":
    // Their datasets name them.
    case "unlisted":
    // The files are kept all the same.
    case "no-git":
      return false;
    case "ignored":
    case "too-big":
      return parts.includes("code") && !(name !== undefined && names.has(name));
    case "submodule":
    case "nested-repository":
    case "lfs-filter":
      return parts.includes("code");
    default:
      return true;
  }
}

/** The pointer in place of what nobody has; returns what is to be said of it. */
function writePointer(writer: FolderWriter, file: CodeFile, text: Buffer): string {
  const name = writer.temporary();
  fs.writeFileSync(name, text, { flag: "wx", mode: modeOf(file) });
  writer.place(name, file.path);
  return "is kept by Git LFS, which no longer has its content here: its pointer is there (try `git lfs pull`)";
}
