/** Git as the user would run it, where it speaks to a remote: with their settings, hooks and credentials. */
import { spawn } from "node:child_process";
import { UserError } from "../domain/errors";
import { endGit, GitError, gitEnvironment } from "../snapshot/git";

export interface RemoteOptions {
  /** There is a terminal at which git may ask for a password. Without, whatever would ask fails instead. */
  interactive?: boolean;
  signal?: AbortSignal;
  /** What git says while it works, for the terminal. */
  onMessage?: (text: string) => void;
}

/** Runs git in `cwd`. Gives what it wrote; throws GitError when it fails. */
export function userGit(args: readonly string[], cwd: string, options: RemoteOptions = {}): Promise<string> {
  const { interactive = false, signal, onMessage } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, {
      cwd,
      env: gitEnvironment({
        GIT_TERMINAL_PROMPT: interactive ? "1" : "0",
        // A partial clone may need to get what it is to push.
        GIT_NO_LAZY_FETCH: "0",
        ...(interactive ? {} : { GCM_INTERACTIVE: "never" }),
      }),
      // Away from the terminal, so that ssh cannot wait there for an answer that nobody will give.
      detached: !interactive && process.platform !== "win32",
      stdio: [interactive ? "inherit" : "ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let [stdout, stderr] = ["", ""];
    const abandon = () => {
      endGit(child);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abandon, { once: true });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onMessage?.(text);
    });
    let startError: string | undefined;
    child.on("error", (error: NodeJS.ErrnoException) => {
      startError = error.code ?? error.message;
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", abandon);
      if (code === 0 && !startError) resolve(stdout);
      else reject(new GitError(args, startError ? null : code, Buffer.from(stdout), stderr, startError));
    });
  });
}

/** What git says of a remote that cannot be used, and what to do. The first that fits holds. */
const REASONS: readonly [pattern: RegExp, explain: (remote: string) => string][] = [
  [
    /terminal prompts disabled|could not read (?:Username|Password)|Authentication failed|Invalid username or (?:password|token)|HTTP Basic: Access denied|error: 401/i,
    (remote) =>
      `${remote} asks for a name and password, or refused them. Sign in first, for example with: git fetch ${remote}`,
  ],
  [
    /Permission denied \(|Host key verification failed|no mutual signature/i,
    (remote) => `ssh could not sign in to ${remote}. Try: git ls-remote ${remote}`,
  ],
  [
    /Could not resolve host|Connection (?:refused|timed out|reset)|Network is unreachable|Couldn't connect|Failed to connect|unable to connect/i,
    (remote) => `${remote} could not be reached. Check the network and the address (git remote get-url ${remote}).`,
  ],
  [
    /does not appear to be a git repository|repository .*not found|does not exist|No such file or directory/i,
    (remote) => `there is no repository at ${remote}, or you may not see it. Check: git remote -v`,
  ],
  [
    /shallow update not allowed/i,
    () => "this is a shallow clone and the remote wants the whole history. Get that first: git fetch --unshallow",
  ],
  [
    /error: 403|denied to|not allowed to push|insufficient permission|write access/i,
    (remote) => `you may not write to ${remote}. Ask its owner, or use a fork of yours.`,
  ],
  [/No space left/i, () => "a disk is full, here or at the remote."],
];

/** The error to throw instead of `error`, which came up when `what` ("Pushing to origin") was tried. */
export function explainRemote(error: unknown, what: string, remote: string, options: RemoteOptions = {}): unknown {
  if (!(error instanceof GitError)) return error;
  if (error.startError === "ENOENT") {
    return new UserError(`${what} needs git, which is not installed or not on PATH.`, { cause: error });
  }
  const [, explain] = REASONS.find(([pattern]) => pattern.test(error.stderr)) ?? [];
  const said = error.stderr.trim().split("\n").filter(Boolean).slice(-8).join("\n  ");
  const message = explain ? `${what} failed: ${explain(remote)}` : `${what} failed.`;
  // Who has read along need not read it again.
  return new UserError(said && !options.onMessage ? `${message}\n  ${said}` : message, { cause: error });
}
