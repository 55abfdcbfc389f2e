/** How a run that we did not start ended: pieced together from those who saw something of it. */
import { constants } from "node:os";
import type { Gap, RunStatus } from "../../domain/run";
import type { SpoolEventOf } from "../../ingest/spoolEvent";
import { statusOf } from "../status";
import type { Told } from "./told";

export interface AdoptedEnd {
  status: Exclude<RunStatus, "running">;
  exitCode: number | null;
  signal: string | null;
  gaps: Gap[];
}

type Close = SpoolEventOf<"close">;

export interface EndWitnesses {
  told: Told;
  /** Python's own last word; undefined when it had none. */
  close: Close | undefined;
  /** Whether the output went to a terminal. */
  terminal: boolean;
  /** Its user ended it. */
  stopped?: boolean;
}

export function adoptedEnd({ told, close, terminal, stopped = false }: EndWitnesses): AdoptedEnd {
  const { exitCode, signal } = seenEnd(told, close) ?? { exitCode: null, signal: null };
  const seen = exitCode !== null || signal !== null;
  // Python came to its own end, and only the code that it gave to sys.exit is not known.
  const byItself = !seen && close !== undefined;
  const gap: Gap[] = seen || stopped ? [] : [{ kind: "other", message: byItself ? NO_CODE : NO_END }];
  const status = stopped ? "killed" : byItself ? "finished" : statusOf({ exitCode, signal });
  return { status, exitCode, signal, gaps: [...gap, ...outputGaps(told, terminal)] };
}

function seenEnd(
  { watching, exitCode }: Told,
  close: Close | undefined,
): Pick<AdoptedEnd, "exitCode" | "signal"> | null {
  if (exitCode !== undefined) {
    const signal = signalIn(exitCode, watching, close);
    return signal ? { exitCode: null, signal } : { exitCode, signal: null };
  }
  if (close?.exception === "KeyboardInterrupt") return { exitCode: null, signal: "SIGINT" };
  if (close?.exception !== undefined) return { exitCode: 1, signal: null };
  return close?.exitCode === undefined ? null : { exitCode: close.exitCode, signal: null };
}

/**
 * Shells say 128 + N of a program that signal N ended; debugpy the lowest eight bits of -N, VS Code's tasks one or the other.
 * A program that Python ended itself gave that number on its own, but for Ctrl-C, of which Python ends by the signal.
 */
function signalIn(code: number, watching: Told["watching"], close: Close | undefined): string | null {
  if (process.platform === "win32" || (close && close.exception !== "KeyboardInterrupt")) return null;
  const number = code < 0 ? -code : watching === "debugger" && code > 192 ? 256 - code : code - 128;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

function outputGaps({ watching, output, done }: Told, terminal: boolean): Gap[] {
  const gap = (message: string): Gap[] => [{ kind: "other", message }];
  if (output === undefined) return gap(watching === "task" ? TASK_OUTPUT : NO_OUTPUT);
  if (!done || output === "part") return gap(PART_OF_OUTPUT);
  if (output === "cut") return gap(CUT_OUTPUT);
  return terminal || watching === "debugger" ? [] : gap(REDIRECTED);
}

const NO_CODE = "The run ended by itself, but its exit code was not seen.";
const NO_END = "How the run ended was not seen: it was killed, or ended without letting Python know.";
const NO_OUTPUT = "What the run printed was not seen, so metrics that it only printed are missing.";
const TASK_OUTPUT =
  "What tasks print is not shown to extensions, so the run has no log, and metrics that it only printed are missing.";
const PART_OF_OUTPUT = "What the run printed was seen in part only: nobody looked on to its end.";
const CUT_OUTPUT =
  "The command line did more than this run: its output was told apart by time, so a line at its beginning or end may be another's.";
const REDIRECTED =
  "The run's output went to a file or another program: what it printed is in the log only as far as the terminal showed it.";
