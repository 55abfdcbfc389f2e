/** How far a long command has come: one line on standard error, where that is a terminal. */
import { formatSize } from "../domain/format";

const PACE_MS = 100;

export interface Progress {
  /** So much, of so much. */
  update(done: number, total: number): void;
  /** Takes the line away. */
  clear(): void;
}

/** `format`: how an amount is written; bytes by default. */
export function showProgress(label: string, format: (amount: number) => string = formatSize): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { update() {}, clear() {} };
  let last = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - last < PACE_MS) return;
      last = now;
      const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
      stderr.write(`\r\x1b[K${label} ${format(done)} of ${format(total)} (${percent} %)`);
    },
    clear() {
      if (last > 0) stderr.write("\r\x1b[K");
    },
  };
}

/** For a program that shows it: a line of JSON on standard error each time. */
export function reportProgress(): Progress {
  return { update: (done, total) => void process.stderr.write(`${JSON.stringify({ done, total })}\n`), clear() {} };
}
