import { join } from "node:path";

/** Where the tracer of a run writes, below the run's folder. */
export function spoolFolder(runFolder: string): string {
  return join(runFolder, "spool");
}
