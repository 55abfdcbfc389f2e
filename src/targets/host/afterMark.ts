/** Passes on what comes after a mark in a stream of bytes; what comes before it is thrown away. */
export function afterMark(mark: string, deliver: (chunk: Buffer) => void) {
  const wanted = Buffer.from(mark);
  let before: Buffer | null = Buffer.alloc(0);
  let skipped = 0;
  return {
    write(chunk: Buffer): void {
      if (before === null) {
        deliver(chunk);
        return;
      }
      const all: Buffer = Buffer.concat([before, chunk]);
      const at = all.indexOf(wanted);
      if (at < 0) {
        const from = Math.max(0, all.length - wanted.length + 1);
        skipped += from;
        before = all.subarray(from);
        return;
      }
      skipped += at;
      before = null;
      if (at + wanted.length < all.length) deliver(all.subarray(at + wanted.length));
    },
    found: () => before === null,
    /** Bytes that came before the mark. */
    skipped: () => skipped,
  };
}
