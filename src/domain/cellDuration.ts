/** How long executions of cells took. In a file of its own: the extension shows it without knowing what else there is of cells. */
import type { CellExecution } from "./cells";
import { formatDuration } from "./format";

const SHORT_MS = 100;

/** How long an execution took, in words: most cells take next to no time. */
export function cellDuration({ startTime, endTime }: Pick<CellExecution, "startTime" | "endTime">): string {
  if (endTime === null) return "running";
  const ms = endTime - startTime;
  return ms < SHORT_MS ? `${Math.round(ms)} ms` : formatDuration(ms);
}
