/**
 * A process in our process group that does nothing but be there. A signal that reaches us reached the command too when
 * it was sent to the whole group (Ctrl-C, `timeout`, `kill -- -GROUP`), and did not when it was sent to us alone.
 * Node cannot tell the two apart; the witness can, for it dies of the first and not of the second.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { now } from "../clock";

/** What ends the witness, or stops it. */
const TELLING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTSTP"];
/** A group's members get a signal within microseconds of each other; the rest is for the news to reach Node. */
const LOOK_AFTER_MS = 5;
const GIVE_UP_MS = 150;

export interface Witness {
  sawSignal(signal: NodeJS.Signals): Promise<boolean>;
  stop(): void;
}

/** `first`: one that waits already. */
export function startWitness(first?: ChildProcess): Witness {
  if (process.platform === "win32") return { sawSignal: async () => true, stop() {} };
  let stopped = false;
  let died: { signal: string | null; at: number } | null = null;
  const isWaiting = first && first.exitCode === null && first.signalCode === null;
  let child = follow(isWaiting ? first : start());

  /** Waits for input that never comes, and so ends with us, however we end. */
  function start(): ChildProcess {
    return spawn("cat", { stdio: ["pipe", "ignore", "ignore"] });
  }

  function follow(next: ChildProcess): ChildProcess {
    next.on("error", () => {});
    next.stdin?.on("error", () => {});
    next.once("exit", (_code, signal) => {
      died = { signal, at: now() };
      if (!stopped && signal) child = follow(start());
    });
    next.unref();
    (next.stdin as unknown as { unref(): void }).unref();
    return next;
  }

  async function sawSignal(signal: NodeJS.Signals): Promise<boolean> {
    const arrived = now();
    const witness = child;
    if (!TELLING.includes(signal) || witness.pid === undefined) return inForeground();
    while (now() - arrived < GIVE_UP_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AFTER_MS));
      if (died?.signal === signal && died.at >= arrived - LOOK_AFTER_MS * 2) return true;
      const pending = hasPending(witness.pid, signal);
      if (pending !== undefined) return pending;
    }
    return false;
  }

  return {
    sawSignal,
    stop() {
      stopped = true;
      child.kill("SIGKILL");
    },
  };
}

/** Whether a process of ours was sent the signal and is dying of it, or will; undefined where the system does not tell. */
export function hasPending(pid: number, signal: NodeJS.Signals): boolean | undefined {
  if (process.platform !== "linux") return undefined;
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return true;
  }
  if ((signal === "SIGTSTP" ? /^State:\s+[TZX]/m : /^State:\s+[ZX]/m).test(status)) return true;
  const bit = 1n << BigInt(constants.signals[signal] - 1);
  return [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)/gm)].some(([, mask]) => BigInt(`0x${mask}`) & bit);
}

/** Whether a terminal sends its signals (of a new size, for one) to our group. */
function inForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return group === foreground;
  } catch {
    return [0, 1, 2].some(isatty);
  }
}
