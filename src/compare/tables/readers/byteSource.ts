/** The bytes of a file from its start to its end, gunzipped if need be. */
import fs from "node:fs";
import { createGunzip } from "node:zlib";

export interface ByteSource {
  readonly gzipped: boolean;
  /** Fills `target` from `offset` on; returns how many bytes, 0 at the end. Rejects with a `DamagedError` or as `fs` does. */
  read(target: Uint8Array, offset: number): Promise<number>;
  /** How much of the file as it lies on disk has been read. */
  position(): number;
  close(): void;
}

/** The file ends early or cannot be understood from here on. */
export class DamagedError extends Error {
  constructor(
    readonly kind: "truncated" | "damaged",
    message: string,
  ) {
    super(message);
  }
}

const CHUNK = 1 << 20;

/** Throws what `fs` throws when the file cannot be opened. */
export function openBytes(file: string): ByteSource {
  const descriptor = fs.openSync(file, "r");
  const magic = new Uint8Array(2);
  const isGzipped = fs.readSync(descriptor, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  return isGzipped ? gunzip(descriptor, file) : plain(descriptor);
}

function plain(descriptor: number): ByteSource {
  let position = 0;
  return {
    gzipped: false,
    async read(target, offset) {
      const read = fs.readSync(descriptor, target, offset, target.length - offset, position);
      position += read;
      return read;
    },
    position: () => position,
    close: () => fs.closeSync(descriptor),
  };
}

function gunzip(descriptor: number, file: string): ByteSource {
  const input = fs.createReadStream(file, { fd: descriptor, start: 0, highWaterMark: CHUNK });
  const output = createGunzip({ chunkSize: CHUNK });
  input.on("error", (error) => output.destroy(error));
  input.pipe(output);
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    gzipped: true,
    async read(target, offset) {
      while (rest.length === 0) {
        const next = await chunks.next().catch(explain);
        if (next.done) return 0;
        rest = next.value;
      }
      const some = rest.subarray(0, target.length - offset);
      target.set(some, offset);
      rest = rest.subarray(some.length);
      return some.length;
    },
    position: () => input.bytesRead,
    close() {
      output.destroy();
      input.destroy();
    },
  };
}

function explain(error: NodeJS.ErrnoException): never {
  if (error.code === "Z_BUF_ERROR") throw new DamagedError("truncated", "The compressed file ends early.");
  if (error.code?.startsWith("Z_"))
    throw new DamagedError("damaged", `The compressed file is damaged: ${error.message}.`);
  throw error;
}
