/** While the command runs, signals are its: each reaches it exactly once, and we wait for what it makes of them. */

import { setTimeout as wait } from "node:timers/promises";
import { now } from "../clock";
import type { RunningCommand } from "./command";
import { isStopped } from "./stopped";

const FORWARDED: readonly NodeJS.Signals[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGCONT",
  "SIGTSTP",
];
/** Those that leave a process alive. */
const HARMLESS: readonly NodeJS.Signals[] = ["SIGWINCH", "SIGCONT", "SIGTSTP"];
/** A command that ended of a signal can be seen to have ended before we see the signal. */
const SAME_MOMENT_MS = 100;
/** How long a command may take to stop after Ctrl-Z; one that takes longer goes on. */
const STOP_MS = 1_000;
const STOP_POLL_MS = 10;
/** What a terminal sends to a whole process group. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

export type SignalTarget = Pick<RunningCommand, "pid" | "sawSignal" | "endedFor" | "giveUp">;

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
  /** The ending signal that came when the command had ended, but somebody had yet to read what it printed. */
  readonly late: NodeJS.Signals | null;
}

/** Takes over all signals that can be. Call it first: Node answers SIGUSR1 with a debugger. */
export function keepSignals(options: SignalOptions): SignalKeeper {
  const early = new AbortController();
  let late: NodeJS.Signals | null = null;
  let handle = (signal: NodeJS.Signals): void => {
    if (ends(signal, options)) early.abort(signal);
    else if (signal === "SIGTSTP") stopOurselves();
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
      handle = (signal) => {
        if (command.endedFor() < SAME_MOMENT_MS) void forward(command, signal, options);
        else if (ends(signal, options)) {
          late ??= signal;
          command.giveUp();
        }
      };
      if (early.signal.aborted) handle(early.signal.reason as NodeJS.Signals);
    },
    over(onSignal) {
      handle = (signal) => {
        if (ends(signal, options)) onSignal(signal);
        else if (signal === "SIGTSTP") stopOurselves();
      };
    },
    early: early.signal,
    get late() {
      return late;
    },
  };
}

function ends(signal: NodeJS.Signals, { keepOnHangup }: SignalOptions): boolean {
  return !HARMLESS.includes(signal) && !(signal === "SIGHUP" && keepOnHangup);
}

async function forward(command: SignalTarget, signal: NodeJS.Signals, options: SignalOptions): Promise<void> {
  if (signal === "SIGHUP" && options.keepOnHangup) return;
  // A shell continues the whole group; someone who continues us alone means the command.
  if (signal === "SIGCONT" && !(await isStopped(command.pid))) return;
  const wholeGroup = signal !== "SIGCONT" && (await command.sawSignal(signal));
  if (!wholeGroup || options.ownSession) {
    const group = wholeGroup && FROM_TERMINAL.includes(signal);
    try {
      process.kill(group ? -command.pid : command.pid, signal);
    } catch {
      // It has just ended.
    }
  }
  if (signal === "SIGTSTP" && !options.ownSession) await stopWith(command);
}

/** The shell takes us for the command: it is to see that it stopped, after it did, and nothing if it did not. */
async function stopWith(command: SignalTarget): Promise<void> {
  for (const start = now(); now() - start < STOP_MS; await wait(STOP_POLL_MS)) {
    if (await isStopped(command.pid)) return stopOurselves();
  }
}

function stopOurselves(): void {
  process.kill(process.pid, "SIGSTOP");
}
