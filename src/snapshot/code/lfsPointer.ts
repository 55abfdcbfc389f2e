/** What git has in place of a file that Git LFS keeps. Format: the Git LFS specification, "The Pointer". */

export interface LfsPointer {
  sha256: string;
  /** Bytes. */
  size: number;
}

const VERSION = "version https://git-lfs.github.com/spec/v1\n";
/** A pointer is shorter. */
export const POINTER_BYTES = 1024;

export function formatPointer({ sha256, size }: LfsPointer): string {
  return `${VERSION}oid sha256:${sha256}\nsize ${size}\n`;
}

/** Null when the content is no pointer. */
export function parsePointer(content: Buffer): LfsPointer | null {
  if (!isPointer(content)) return null;
  const text = content.toString("latin1");
  const [, sha256] = text.match(/^oid sha256:([0-9a-f]{64})$/m) ?? [];
  const [, size] = text.match(/^size (\d+)$/m) ?? [];
  return sha256 !== undefined && size !== undefined ? { sha256, size: Number(size) } : null;
}

/** Whether LFS would put a pointer in place of the content: not of another pointer, nor of nothing. */
export function isForLfs(content: Buffer): boolean {
  return content.length > 0 && !isPointer(content);
}

function isPointer(content: Buffer): boolean {
  return content.length < POINTER_BYTES && content.subarray(0, VERSION.length).equals(Buffer.from(VERSION));
}
