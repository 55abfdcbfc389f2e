import type { TargetStatus } from "../contract";

/** As python/agent/jobfolder.py says it. */
export type AgentStatus =
  | { state: "none" | "starting" }
  | { state: "running"; seen: boolean }
  | {
      state: "ended";
      exitCode: number | null;
      signal: string | null;
      endTime: number;
      reason: string | null;
      lostBytes: number;
    }
  | { state: "gone"; reason: string };

/** Null while there is nothing to say. `mayWait`: somebody else starts it, and has not yet. */
export function statusOf(status: AgentStatus, mayWait: boolean): TargetStatus | null {
  switch (status.state) {
    case "none":
      return mayWait ? null : { state: "gone", reason: "its folder on the target is gone" };
    case "starting":
      return null;
    case "running":
      return { state: "running" };
    case "gone":
      return { state: "gone", reason: status.reason };
    case "ended": {
      const { exitCode, signal, endTime, reason } = status;
      return { state: "ended", exitCode, signal, endTime, reason };
    }
  }
}
