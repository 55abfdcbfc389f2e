/** The bytes of a text file as UTF-8 without a byte order mark. */
import { type ByteSource, openBytes } from "./byteSource";

export interface TextSource extends ByteSource {
  encoding: "utf-8" | "utf-16le" | "utf-16be";
}

const MARKS = [
  { encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
] as const;

/** Throws what `fs` throws when the file cannot be opened. */
export async function openText(file: string): Promise<TextSource> {
  const source = openBytes(file);
  try {
    const start = await readStart(source, 3);
    const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => start.bytes[index] === byte));
    const pushed = pushBack(source, start.bytes.subarray(mark?.bytes.length ?? 0), start.error);
    if (!mark || mark.encoding === "utf-8") return { ...pushed, encoding: "utf-8" };
    return { ...transcode(pushed, mark.encoding), encoding: mark.encoding };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** The first `count` bytes, or fewer where there are no more; with what reading on is to fail with. */
async function readStart(source: ByteSource, count: number): Promise<{ bytes: Uint8Array; error: unknown }> {
  const bytes = new Uint8Array(count);
  let used = 0;
  try {
    while (used < count) {
      const read = await source.read(bytes, used);
      if (read === 0) break;
      used += read;
    }
    return { bytes: bytes.subarray(0, used), error: null };
  } catch (error) {
    return { bytes: bytes.subarray(0, used), error };
  }
}

function pushBack(source: ByteSource, start: Uint8Array, error: unknown): ByteSource {
  let rest = start;
  return {
    gzipped: source.gzipped,
    async read(target, offset) {
      if (rest.length > 0) {
        const some = rest.subarray(0, target.length - offset);
        target.set(some, offset);
        rest = rest.subarray(some.length);
        return some.length;
      }
      if (error !== null) throw error;
      return await source.read(target, offset);
    },
    position: source.position,
    close: source.close,
  };
}

function transcode(source: ByteSource, encoding: "utf-16le" | "utf-16be"): ByteSource {
  const decoder = new TextDecoder(encoding);
  const buffer = new Uint8Array(1 << 18);
  let rest: Uint8Array = new Uint8Array(0);
  let ended = false;
  return {
    gzipped: source.gzipped,
    async read(target, offset) {
      while (rest.length === 0 && !ended) {
        const read = await source.read(buffer, 0);
        ended = read === 0;
        rest = Buffer.from(decoder.decode(buffer.subarray(0, read), { stream: !ended }), "utf8");
      }
      const some = rest.subarray(0, target.length - offset);
      target.set(some, offset);
      rest = rest.subarray(some.length);
      return some.length;
    },
    position: source.position,
    close: source.close,
  };
}
