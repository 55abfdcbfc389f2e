/** How far a long command has come: one line on standard error, where that is a terminal. */
import { formatSize } from "../domain/format";

const PACE_MS = 100;

export interface Progress {
  /** Bytes so far, of so many. */
  update(done: number, total: number): void;
  /** Takes the line away. */
  clear(): void;
}

export function showProgress(label: string): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { update() {}, clear() {} };
  let last = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - last < PACE_MS) return;
      last = now;
      const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
      stderr.write(`\r\x1b[K${label} ${formatSize(done)} of ${formatSize(total)} (${percent} %)`);
    },
    clear() {
      if (last > 0) stderr.write("\r\x1b[K");
    },
  };
}
