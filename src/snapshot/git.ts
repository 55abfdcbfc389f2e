/**
 * The one way this folder runs git while a run waits for its snapshot: the user's own executable, without a shell, with
 * the user's hooks, monitors and environment switched off, bytes in and bytes out. (simple-git, which the readers use,
 * can neither feed standard input nor return names that are not UTF-8.)
 */
import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export interface GitOptions {
  cwd: string;
  /** Added to the cleaned environment. */
  env?: Record<string, string>;
  /** Further `-c key=value` settings. */
  config?: readonly string[];
  input?: string | Buffer;
  signal?: AbortSignal | undefined;
  /** Default "git", looked up on PATH. */
  executable?: string | undefined;
}

export interface GitOutput {
  stdout: Buffer;
  /** Warnings that git wrote although it succeeded. */
  stderr: string;
}

/** Git ended with an error, or could not be started (`exitCode` null). */
export class GitError extends Error {
  override readonly name = "GitError";
  constructor(
    readonly args: readonly string[],
    readonly exitCode: number | null,
    /** What git had written before it failed. */
    readonly stdout: Buffer,
    readonly stderr: string,
    /** Set when the executable could not be started, e.g. "ENOENT". */
    readonly startError?: string,
  ) {
    super(`git ${args[0]}: ${stderr.trim().split("\n").at(-1) || startError || `exit code ${exitCode}`}`);
  }
}

/**
 * Settings that keep git from running programs of the user's, from writing beside our temporary index and from letting
 * taste into what we store. `core.fsmonitor` is emptied and not set to `false`, because git before 2.36 would run a
 * program of that name.
 */
const NEUTRAL_CONFIG = [
  "core.fsmonitor=",
  "core.hooksPath=/dev/null",
  "core.splitIndex=false",
  "core.logAllRefUpdates=false",
  "core.quotePath=true",
  "core.safecrlf=false",
  "i18n.commitEncoding=UTF-8",
  "gc.auto=0",
  "maintenance.auto=false",
];

/** A git that called us (a hook, an alias) points its children at its own index and repository; we look for ourselves. */
const INHERITED_VARIABLES = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_ATTR_SOURCE",
  "GIT_COMMON_DIR",
  "GIT_DIR",
  "GIT_GRAFT_FILE",
  "GIT_GLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_INDEX_VERSION",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_NAMESPACE",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_QUARANTINE_PATH",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
];

/** The environment in which git is run: without what would lead it elsewhere, or make it ask. */
export function gitEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of INHERITED_VARIABLES) delete env[name];
  return {
    ...env,
    LC_ALL: "C",
    LANGUAGE: "",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_TERMINAL_PROMPT: "0",
    // In a partial clone a look at a missing object must not go to the network.
    GIT_NO_LAZY_FETCH: "1",
    ...extra,
  };
}

/**
 * For questions about the objects of a repository. Its settings may name a work tree that is gone (those of submodules do),
 * at which git would stop, so that another is named.
 */
export const objectsOf = (gitDir: string) => ({ cwd: gitDir, env: { GIT_DIR: gitDir, GIT_WORK_TREE: gitDir } });

/** Starts git for a caller that reads its output as it comes. Input is a pipe; nothing is waited for. */
export function startGit(args: readonly string[], options: Omit<GitOptions, "input" | "signal">): GitProcess {
  return start(args, options, "pipe") as GitProcess;
}

export type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

function start(args: readonly string[], options: GitOptions, input: "pipe" | "ignore"): ChildProcess {
  const settings = [...NEUTRAL_CONFIG, ...(options.config ?? [])].flatMap((setting) => ["-c", setting]);
  return spawn(options.executable ?? "git", [...settings, ...args], {
    cwd: options.cwd,
    env: gitEnvironment(options.env),
    stdio: [input, "pipe", "pipe"],
    windowsHide: true,
  });
}

/** Runs git and returns what it wrote. Throws GitError; when `signal` fires, its reason, at once: git is ended behind it. */
export function git(args: readonly string[], options: GitOptions): Promise<GitOutput> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = start(args, options, options.input === undefined ? "ignore" : "pipe");
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let startError: string | undefined;
    const abandon = () => {
      endGit(child);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abandon, { once: true });
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    // Git may end without having read all of its input; its exit code tells the rest.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
    child.on("error", (error: NodeJS.ErrnoException) => {
      startError = error.code ?? error.message;
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", abandon);
      const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
      if (code === 0 && !startError) resolve(output);
      else reject(new GitError(args, startError ? null : code, output.stdout, output.stderr, startError));
    });
  });
}

/** The same while this thread waits, for moments at which nobody else may do anything. At most `timeout` ms. */
export function gitSync(args: readonly string[], options: Omit<GitOptions, "signal">, timeout: number): GitOutput {
  const settings = [...NEUTRAL_CONFIG, ...(options.config ?? [])].flatMap((setting) => ["-c", setting]);
  const { error, status, stdout, stderr } = spawnSync(options.executable ?? "git", [...settings, ...args], {
    cwd: options.cwd,
    env: gitEnvironment(options.env),
    input: options.input ?? "",
    timeout,
    maxBuffer: Number.POSITIVE_INFINITY,
    windowsHide: true,
  });
  if (!error && status === 0) return { stdout, stderr: stderr.toString() };
  const reason = error ? ((error as NodeJS.ErrnoException).code ?? error.message) : undefined;
  throw new GitError(args, error ? null : status, stdout ?? Buffer.alloc(0), stderr?.toString() ?? "", reason);
}

/** Ends a git that nobody waits for any more: it is given the time to remove its lock files, then none. */
export function endGit(child: ChildProcess): void {
  child.kill();
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  child.unref();
  const timer = setTimeout(() => child.kill("SIGKILL"), 2000).unref();
  child.on("exit", () => clearTimeout(timer));
}
