/** Writes what a run printed into its log, in order, off the main thread. */
import { appendFile } from "node:fs/promises";
import path from "node:path";

export interface LogFile {
  append(text: string): void;
  /** Resolves when all of it is written. */
  written(): Promise<void>;
}

/** `runFolder`: the run's. `onError` is told once. */
export function openLogFile(runFolder: string, onError: (error: unknown) => void): LogFile {
  const file = path.join(runFolder, "output.log");
  let waiting = "";
  let writing: Promise<void> | undefined;
  let failed = false;

  async function write(): Promise<void> {
    while (waiting !== "" && !failed) {
      const text = waiting;
      waiting = "";
      await appendFile(file, text, { mode: 0o600 }).catch((error) => {
        failed = true;
        onError(error);
      });
    }
    writing = undefined;
  }

  return {
    append(text) {
      if (text === "" || failed) return;
      waiting += text;
      writing ??= write();
    },
    written: async () => writing,
  };
}
