/** While the command runs, signals are its: each reaches it exactly once, and we wait for what it makes of them. */
import { readFileSync } from "node:fs";
import type { RunningCommand } from "./command";

const FORWARDED: readonly NodeJS.Signals[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGCONT",
];
/** What a terminal sends to a whole process group. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

export type SignalTarget = Pick<RunningCommand, "pid" | "sawSignal">;

export interface SignalOptions {
  /** The command has a session of its own: what a terminal sends to our group does not reach it. */
  ownSession: boolean;
  /** A closed terminal (SIGHUP) is not to end the run. */
  keepOnHangup: boolean;
}

export interface SignalKeeper {
  /** From now on signals go to this command; an early one that came too late to keep it from starting, too. */
  command(command: SignalTarget): void;
  /** From now on they interrupt us: `onSignal` is called for those that end a process. */
  over(onSignal: (signal: NodeJS.Signals) => void): void;
  /** Fires, with its name as the reason, at the first ending signal that comes while there is no command yet. */
  readonly early: AbortSignal;
}

/** Takes over all signals that can be. Call it first: Node answers SIGUSR1 with a debugger. */
export function keepSignals(options: SignalOptions): SignalKeeper {
  const early = new AbortController();
  let handle = (signal: NodeJS.Signals): void => {
    if (ends(signal, options)) early.abort(signal);
  };
  for (const signal of FORWARDED) {
    try {
      process.on(signal, () => handle(signal));
    } catch {
      // Windows has few of them.
    }
  }

  return {
    command(command) {
      handle = (signal) => void forward(command, signal, options);
      if (early.signal.aborted) handle(early.signal.reason as NodeJS.Signals);
    },
    over(onSignal) {
      handle = (signal) => {
        if (ends(signal, options)) onSignal(signal);
      };
    },
    early: early.signal,
  };
}

function ends(signal: NodeJS.Signals, { keepOnHangup }: SignalOptions): boolean {
  return signal !== "SIGWINCH" && signal !== "SIGCONT" && !(signal === "SIGHUP" && keepOnHangup);
}

async function forward(command: SignalTarget, signal: NodeJS.Signals, options: SignalOptions): Promise<void> {
  if (signal === "SIGHUP" && options.keepOnHangup) return;
  // A shell continues the whole group; someone who continues us alone means the command.
  if (signal === "SIGCONT" && !isStopped(command.pid)) return;
  const wholeGroup = signal !== "SIGCONT" && (await command.sawSignal(signal));
  if (wholeGroup && !options.ownSession) return;
  const group = wholeGroup && options.ownSession && FROM_TERMINAL.includes(signal);
  try {
    process.kill(group ? -command.pid : command.pid, signal);
  } catch {
    // It has just ended.
  }
}

function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
  } catch {
    return process.platform === "darwin";
  }
}
