import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ExecOptions } from "./contract";

export interface ChildResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  /** Name of the signal that ended it. */
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  /** The last {@link MAX_STDERR} characters. */
  stderr: string;
  /** E.g. "ENOENT", when it could not be started. */
  startError?: string;
}

export interface ChildOptions extends ExecOptions {
  env?: NodeJS.ProcessEnv;
  /** Default: ours. */
  cwd?: string;
  /** Away from the terminal, so that it cannot ask anything there. */
  detached?: boolean;
  /** With `detached`: what it has started is told to end with it, as of a script around the program proper. */
  group?: boolean;
  /** Called with each piece of the error output, too. */
  onError?(chunk: Buffer): void;
}

const MAX_STDERR = 64 * 1024;
/** Programs that it left behind may hold its error output open; what it said itself is there by then. */
const DRAIN_MS = 500;

/**
 * Runs a program without a shell until it has ended and its output is read. Throws the signal's reason when that aborts, after
 * the program was told to end.
 */
export async function runChild(argv: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const { input, onOutput, onError, signal, env, cwd, detached, group } = options;
  signal.throwIfAborted();
  const child = spawn(argv[0]!, argv.slice(1), {
    env,
    cwd,
    detached: detached === true && process.platform !== "win32",
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const collected: Buffer[] = [];
  let stderr = "";
  const stop = () => (group ? endGroup(child) : child.kill());
  signal.addEventListener("abort", stop, { once: true });
  try {
    child.stdout!.on("data", onOutput ?? ((chunk: Buffer) => collected.push(chunk)));
    child.stderr!.on("data", (chunk: Buffer) => {
      onError?.(chunk);
      stderr = (stderr + chunk.toString("utf8")).slice(-MAX_STDERR);
    });
    if (input !== undefined) feed(child, input);
    const ended = await endOf(child, signal);
    return { ...ended, stdout: Buffer.concat(collected), stderr };
  } finally {
    signal.removeEventListener("abort", stop);
    // After this nobody hears what is still written.
    signal.throwIfAborted();
  }
}

function endGroup(child: ChildProcess): void {
  if (process.platform === "win32" || child.pid === undefined) return void child.kill();
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    // All of it has ended.
  }
}

/** A program may end, or close its input, before it has read all of it: that says its exit code. */
function feed(child: ChildProcess, input: NonNullable<ExecOptions["input"]>): void {
  const stdin = child.stdin!;
  stdin.on("error", () => {});
  if (typeof input === "string" || Buffer.isBuffer(input)) stdin.end(input);
  else pipeline(input as Readable, stdin).catch(() => {});
}

function endOf(
  child: ChildProcess,
  stopped: AbortSignal,
): Promise<Pick<ChildResult, "exitCode" | "signal" | "startError">> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, startError: error.code ?? error.message });
    });
    child.once("exit", (exitCode, signal) => {
      const finish = () => resolve({ exitCode, signal });
      if (stopped.aborted) finish();
      child.once("close", finish);
      child.stdout!.once("close", () => setTimeout(finish, DRAIN_MS).unref());
    });
  });
}
