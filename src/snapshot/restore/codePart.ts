/** Writes the code of a run: every file as it lay on disk, past all of git's conversions, verified by its object id. */
import { createHash, type Hash } from "node:crypto";
import fs from "node:fs";
import type { RestoreFault } from "../../domain/restore";
import { type LfsPointer, POINTER_BYTES, parsePointer } from "../code/lfsPointer";
import { GitError, git } from "../git";
import { diskPath, displayPath, type GitPath } from "../gitPath";
import { readBlobs } from "./blobs";
import type { CodeFile } from "./codeList";
import { type FolderWriter, Refused } from "./folderWriter";

export interface CodeResult {
  /** What git has of these files is a pointer: their bytes are to be had elsewhere. `text`: the pointer itself. */
  pointers: { file: CodeFile; pointer: LfsPointer; text: Buffer }[];
  /** SHA-256 of the files that were asked for, where they have been written. */
  hashes: Map<GitPath, string>;
}

export interface CodeListener {
  written(file: CodeFile, size: number): void;
  /** `message` goes on from the file's name. */
  problem(file: CodeFile, fault: RestoreFault, message: string): void;
}

/** `wanted`: files whose SHA-256 is to be told. Throws the signal's reason, and what makes the disk unusable. */
export async function writeCode(
  files: readonly CodeFile[],
  writer: FolderWriter,
  listener: CodeListener,
  wanted: ReadonlySet<GitPath>,
  signal?: AbortSignal,
): Promise<CodeResult> {
  const result: CodeResult = { pointers: [], hashes: new Map() };
  const links: { file: CodeFile; target: Buffer }[] = [];
  for (const [gitDir, some] of byRepository(files)) {
    const sink = createSink(some, writer, listener, wanted, result, links);
    try {
      await readBlobs(
        gitDir,
        some.map(({ oid }) => oid),
        sink,
        signal,
      );
    } finally {
      sink.discard();
    }
  }
  for (const file of files) {
    if (file.form === "decrypted") await decrypt(file, writer, listener, signal);
  }
  // Last, so that no file of the tree can be written through one of its links.
  for (const { file, target } of links) {
    attempt(file, listener, () => {
      if (!writer.link(target, file.path)) {
        listener.problem(
          file,
          "differs",
          "is a symbolic link, which this system does not let us make: its target's name is in a plain file",
        );
      }
      listener.written(file, target.length);
    });
  }
  return result;
}

function byRepository(files: readonly CodeFile[]): Map<string, CodeFile[]> {
  const groups = new Map<string, CodeFile[]>();
  for (const file of files) {
    const group = groups.get(file.gitDir);
    if (group) group.push(file);
    else groups.set(file.gitDir, [file]);
  }
  return groups;
}

/** What is being read now. */
interface Open {
  file: CodeFile;
  size: number;
  hash: Hash;
  sha256: Hash | null;
  /** The content, of what is not a file of its own: links and pointers. */
  kept: Buffer[] | null;
  /** Null: nothing is to be written. */
  temporary: { name: string; descriptor: number } | null;
}

function createSink(
  files: readonly CodeFile[],
  writer: FolderWriter,
  listener: CodeListener,
  wanted: ReadonlySet<GitPath>,
  result: CodeResult,
  links: { file: CodeFile; target: Buffer }[],
) {
  let open: Open | null = null;

  function discard(): void {
    if (open?.temporary) {
      fs.closeSync(open.temporary.descriptor);
      fs.rmSync(open.temporary.name, { force: true });
    }
    open = null;
  }

  function finish({ file, size, hash, sha256, kept, temporary }: Open): void {
    if (temporary) fs.closeSync(temporary.descriptor);
    if (hash.digest("hex") !== file.oid) {
      if (temporary) fs.rmSync(temporary.name);
      listener.problem(file, "damaged", `is damaged: its content in ${file.gitDir} is not that of ${file.oid}`);
      return;
    }
    if (kept) {
      const content = Buffer.concat(kept);
      const pointer = file.mode === "120000" ? null : parsePointer(content);
      if (file.mode === "120000") links.push({ file, target: content });
      else if (pointer) result.pointers.push({ file, pointer, text: content });
      else attempt(file, listener, () => writeSmall(writer, file, content, listener));
    } else if (temporary) {
      attempt(file, listener, () => {
        writer.place(temporary.name, file.path);
        if (sha256) result.hashes.set(file.path, sha256.digest("hex"));
        listener.written(file, size);
      });
    }
  }

  return {
    discard,
    begin(index: number, size: number) {
      const file = files[index]!;
      const isSmall = file.mode === "120000" || (file.form === "content" && size < POINTER_BYTES);
      open = {
        file,
        size,
        hash: createHash(file.oid.length === 64 ? "sha256" : "sha1").update(`blob ${size}\0`),
        sha256: wanted.has(file.path) ? createHash("sha256") : null,
        kept: isSmall ? [] : null,
        temporary: null,
      };
      if (isSmall) return;
      attempt(file, listener, () => {
        writer.check(file.path);
        const name = writer.temporary();
        open!.temporary = { name, descriptor: fs.openSync(name, "wx", modeOf(file)) };
      });
    },
    bytes(chunk: Buffer) {
      const { hash, sha256, kept, temporary } = open!;
      hash.update(chunk);
      if (kept) kept.push(Buffer.from(chunk));
      if (!temporary) return;
      sha256?.update(chunk);
      for (let at = 0; at < chunk.length; ) at += fs.writeSync(temporary.descriptor, chunk, at);
    },
    end() {
      const done = open!;
      open = null;
      finish(done);
    },
    fail(index: number, reason: string) {
      discard();
      const file = files[index]!;
      if (reason === "")
        listener.problem(file, "gone", `is gone: ${file.gitDir} no longer has its content (${file.oid})`);
      else listener.problem(file, "damaged", `is damaged: git cannot read ${file.oid} in ${file.gitDir} (${reason})`);
    },
  };
}

/** As the process makes files: what the user's mask allows, executable or not. */
export const modeOf = ({ mode }: Pick<CodeFile, "mode">) => (mode === "100755" ? 0o777 : 0o666);

function writeSmall(writer: FolderWriter, file: CodeFile, content: Buffer, listener: CodeListener): void {
  writer.check(file.path);
  const name = writer.temporary();
  fs.writeFileSync(name, content, { flag: "wx", mode: modeOf(file) });
  writer.place(name, file.path);
  listener.written(file, content.length);
}

function attempt(file: CodeFile, listener: CodeListener, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    listener.problem(file, error.fault, error.message);
  }
}

/** Puts what the user's own filter makes of the encrypted file in its place, as a checkout would. */
async function decrypt(
  file: CodeFile,
  writer: FolderWriter,
  listener: CodeListener,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { gitDir, inside, oid } = file;
  const top = diskPath(writer.folder, inside).toString().replace(/\/$/, "");
  const name = displayPath(file.path.slice(inside.length));
  const failed = (reason: string) =>
    listener.problem(
      file,
      "differs",
      `is kept encrypted in git and could not be decrypted (${reason}): the encrypted form is there`,
    );
  try {
    // Which filter it is say the attributes, which have been restored.
    const env = { GIT_DIR: gitDir, GIT_WORK_TREE: top };
    const { stdout } = await git(["cat-file", "--filters", `--path=${name}`, oid], { cwd: top, env, signal });
    const hash = createHash(oid.length === 64 ? "sha256" : "sha1").update(`blob ${stdout.length}\0`);
    if (hash.update(stdout).digest("hex") === oid) return failed("its filter is not set up here");
    attempt(file, listener, () => {
      const temporary = writer.temporary();
      fs.writeFileSync(temporary, stdout, { flag: "wx", mode: modeOf(file) });
      writer.place(temporary, file.path, "replace");
    });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    failed(error.message);
  }
}
