import type { RunStatus } from "../domain/run";
import type { RunEnd } from "../store/contract";

/** How a run stands after its command ended so; see RunStatus. */
export function statusOf({ exitCode, signal }: Pick<RunEnd, "exitCode" | "signal">): Exclude<RunStatus, "running"> {
  if (signal !== null) return "killed";
  if (exitCode === null) return "lost";
  return exitCode === 0 ? "finished" : "failed";
}
