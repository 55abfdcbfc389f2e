/** Writes an archive: under another name until it is whole, so that half of one is never taken for it. */
import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";

export interface WrittenMember {
  /** Bytes, unpacked. */
  size: number;
  sha256: string;
}

export interface ArchiveWriter {
  /** Adds what `source` gives, as it comes. `level`: of deflate, 0 to 9. One at a time. */
  add(
    name: string,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: { level: number; signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void },
  ): Promise<WrittenMember>;
  /** Gives the archive its name, once all of it is on the disk. Gives its size in bytes. */
  finish(): Promise<number>;
  /** Removes what there is; nothing to do after `finish`. */
  discard(): Promise<void>;
}

/** A part that nobody has written to for so long belongs to an export that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Begins the archive `file`, in a folder that exists. Throws UserError when it cannot be written there. */
export async function createArchive(file: string): Promise<ArchiveWriter> {
  await removeAbandoned(file);
  const temporary = `${file}.${randomBytes(4).toString("hex")}.part`;
  const zip = new ZipFile();
  const output = createWriteStream(temporary, { flags: "wx", flush: true });
  const written = pipeline(zip.outputStream, output);
  const failed = new Promise<never>((_, reject) => {
    zip.on("error", reject);
    written.catch((error: unknown) => reject(explain(error, file)));
  });
  // Who adds or finishes hears of it; between two members nobody listens.
  failed.catch(() => {});

  return {
    async add(name, source, { level, signal, onBytes }) {
      const hash = createHash("sha256");
      let size = 0;
      async function* watched() {
        for await (const chunk of source) {
          signal?.throwIfAborted();
          hash.update(chunk);
          size += chunk.byteLength;
          onBytes?.(chunk.byteLength);
          yield chunk;
        }
      }
      const stream = Readable.from(watched(), { objectMode: false });
      const read = new Promise<void>((resolve, reject) => stream.on("end", resolve).on("error", reject));
      zip.addReadStream(stream, name, { compressionLevel: level });
      await Promise.race([read, failed]);
      return { size, sha256: hash.digest("hex") };
    },
    async finish() {
      zip.end();
      await Promise.race([written, failed]);
      const { size } = await stat(temporary);
      await rename(temporary, file);
      return size;
    },
    async discard() {
      output.destroy();
      await written.catch(() => {});
      // Where it could not be made, there is nothing to remove.
      await rm(temporary, { force: true }).catch(() => {});
    },
  };
}

/** Removes what killed exports to this file have left. */
async function removeAbandoned(file: string): Promise<void> {
  const folder = path.dirname(file);
  const start = `${path.basename(file)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(start) || !/^[0-9a-f]{8}\.part$/.test(name.slice(start.length))) continue;
    const found = path.join(folder, name);
    const { mtimeMs } = await stat(found).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(found, { force: true });
  }
}

function explain(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const folder = path.dirname(file);
  const why = {
    ENOSPC: `the disk is full. Free some space, or write to another disk`,
    EDQUOT: `the disk quota is used up. Free some space, or write to another disk`,
    EFBIG: `the disk's file system takes no file of that size (FAT32 ends at ${formatSize(2 ** 32)}). Write to another disk`,
    ENOENT: `there is no folder ${folder}. Make it first`,
    ENOTDIR: `${folder} is not a folder`,
    EACCES: `you may not write to ${folder}. Choose another folder`,
    EPERM: `you may not write to ${folder}. Choose another folder`,
    EROFS: `${folder} is on a read-only disk. Choose another folder`,
  }[code ?? ""];
  return why ? new UserError(`${file} could not be written: ${why}.`, { cause: error }) : error;
}
