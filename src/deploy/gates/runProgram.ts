/** A program of the user's that a gate asks: without a shell, ended with all that it started when it takes too long. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

export interface ProgramResult {
  /** Null when a signal ended it, or it could not be started. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** The end of what it printed, both streams as they came. */
  output: string;
  timedOut: boolean;
  /** Why it could not be started, as "ENOENT"; null when it was. */
  startError: string | null;
}

export interface ProgramOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Ms. */
  timeout: number;
  signal: AbortSignal;
}

const MOST_OUTPUT = 64 * 1024;
/** Ms from asking it to end to ending it. */
const GRACE_MS = 2_000;

/** Throws the signal's reason when that aborts, after the program was ended. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const { cwd, env, timeout, signal } = options;
  signal.throwIfAborted();
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd,
    env,
    // A group of its own, so that what it starts can be ended with it.
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  let output = "";
  const take = (chunk: Buffer) => (output = (output + chunk.toString("utf8")).slice(-MOST_OUTPUT));
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = endOf(child);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void endTree(child, ended);
  }, timeout);
  const stop = () => void endTree(child, ended);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const end = await ended;
    return { ...end, output, timedOut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    leaveNothing(child);
    signal.throwIfAborted();
  }
}

/** What it left running is ended; what held its output open would hold this process, too. */
function leaveNothing(child: ChildProcess): void {
  if (child.pid !== undefined && process.platform !== "win32") signalGroup(child.pid, "SIGKILL");
  child.stdout?.destroy();
  child.stderr?.destroy();
}

type End = Pick<ProgramResult, "exitCode" | "signal" | "startError">;

/** What it left behind may hold its output open; what it said itself is there by then. */
const DRAIN_MS = 500;

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, startError: error.code ?? error.message });
    });
    child.once("exit", (exitCode, signal) => {
      const finish = () => resolve({ exitCode, signal, startError: null });
      child.once("close", finish);
      setTimeout(finish, DRAIN_MS).unref();
    });
  });
}

/** Ends a program that leads a group of its own, with the group: asked first. */
export async function endTree(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, "SIGTERM");
  await Promise.race([ended, wait(GRACE_MS, undefined, { ref: false })]);
  // Also when it has ended itself: others of the group may not have.
  signalGroup(child.pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === "win32") {
    // Windows has no signals, and no asking.
    execFile("taskkill", ["/PID", String(pid), "/T", "/F"], { windowsHide: true }, () => {});
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** The last lines of what a program printed, in one. */
export function lastLines(output: string, most = 3): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.slice(-most).join(" | ");
}
