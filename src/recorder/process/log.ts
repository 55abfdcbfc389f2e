/** The run's log: raw bytes in arrival order. */
import { closeSync, openSync, writeSync } from "node:fs";

export interface LogWriter {
  /** Returns once the bytes are the system's. Never throws: what fails is counted, and said once. */
  append(data: Uint8Array): void;
  lostBytes(): number;
  close(): void;
}

/** Opens it for appending. `onError` is told once, with the reason. A null path: nothing is kept, nothing is lost. */
export function openLog(path: string | null, onError: (reason: string) => void): LogWriter {
  let file: number | null = null;
  let lost = 0;
  let told = false;

  function fail(error: unknown): void {
    if (!told) onError((error as Error).message);
    told = true;
  }

  if (path !== null) {
    try {
      file = openSync(path, "a", 0o600);
    } catch (error) {
      fail(error);
    }
  }

  return {
    append(data) {
      if (path === null) return;
      let written = 0;
      try {
        while (file !== null && written < data.length) written += writeSync(file, data, written);
      } catch (error) {
        fail(error);
      }
      lost += data.length - written;
    },
    lostBytes: () => lost,
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
