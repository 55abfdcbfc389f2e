import type { TargetOf } from "../../domain/targets";
import type { TargetStatus } from "../contract";

type States = TargetOf<"command">["states"];

/** Ends come first: what says "failed" may say "ran" as well. */
const ORDER = ["gone", "killed", "failed", "finished", "running", "waiting"] as const;

/** What a program said of a job, by the patterns of its target; null: it cannot be understood. */
export function readStatus(states: States, text: string): TargetStatus | null {
  const state = ORDER.find((one) => states[one] !== undefined && new RegExp(states[one], "m").test(text));
  const said = text.trim().slice(0, 500);
  // How the command itself ended comes with its output; this holds when that says nothing.
  const ended = { state: "ended", endTime: Date.now(), signal: null } as const;
  switch (state) {
    case "gone":
      return { state, reason: said };
    case "killed":
      return { ...ended, exitCode: null, signal: "SIGTERM", reason: said };
    case "failed":
      return { ...ended, exitCode: 1, reason: said };
    case "finished":
      return { ...ended, exitCode: 0, reason: null };
    case "running":
      return { state };
    case "waiting":
      return { state, reason: said };
    default:
      return null;
  }
}
