/** Adds members to an archive and keeps the list of them. */
import { open } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";
import type { Member } from "./archive/format";
import type { ArchiveWriter } from "./archive/writer";

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Levels of deflate: none for what is packed already, most for text of ours, and little for what is big. */
export const LEVEL = { none: 0, fast: 1, usual: 6, most: 9 } as const;

export interface MemberWriter {
  readonly members: Member[];
  add(name: string, source: Source, level: number): Promise<Member>;
  /** Adds a file; null when it is not there. */
  addFile(name: string, file: string): Promise<Member | null>;
}

export function makeMemberWriter(
  archive: ArchiveWriter,
  options: { signal: AbortSignal | undefined; onBytes(bytes: number): void },
): MemberWriter {
  const members: Member[] = [];

  async function add(name: string, source: Source, level: number): Promise<Member> {
    const member = { name, ...(await archive.add(name, source, { ...options, level })) };
    members.push(member);
    return member;
  }

  return {
    members,
    add,
    async addFile(name, file) {
      const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        return null;
      });
      if (!handle) return null;
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0);
        const { size } = await handle.stat();
        const level = levelFor(buffer.subarray(0, bytesRead), size);
        return await add(name, handle.createReadStream({ start: 0, autoClose: false }), level);
      } finally {
        await handle.close();
      }
    },
  };
}

const SAMPLE = 1 << 16;
const BIG = 1 << 24;

/** What is packed already (pictures, Parquet) is not packed again, by the look of its beginning. */
function levelFor(sample: Uint8Array, size: number): number {
  if (sample.length === 0 || deflateRawSync(sample, { level: LEVEL.fast }).length > sample.length * 0.95)
    return LEVEL.none;
  return size > BIG ? LEVEL.fast : LEVEL.usual;
}
