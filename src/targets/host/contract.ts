/** A machine with a POSIX shell and files: this one, or one behind ssh. Targets that work through files are built on it. */

export interface HostResult {
  exitCode: number;
  stdout: Buffer;
  /** The end of it. */
  stderr: string;
}

/**
 * Thrown when the machine could not be reached, so that what was asked may or may not have happened. Its message is a sentence
 * for the user: what happened, and what to do.
 */
export class HostUnreachable extends Error {
  override readonly name: string = "HostUnreachable";
}

/**
 * The machine, or our own side of the way to it, says no: a host key that is not the known one, no key that it accepts, a name
 * that nothing is known of. It stays so until the user does something. A follower goes on trying all the same.
 */
export class HostRefused extends HostUnreachable {
  override readonly name = "HostRefused";
}

export interface ExecOptions {
  input?: Buffer | string | NodeJS.ReadableStream;
  /** Called with the output instead of collecting it. */
  onOutput?(chunk: Buffer): void;
  signal: AbortSignal;
}

export interface PushOptions {
  /** Relative to both folders, with `/`; default: all that `local` holds. */
  files?: readonly string[];
  /** A folder there with what was sent before: what is equal in it is copied there instead of being sent. */
  basis?: string;
  signal: AbortSignal;
  /** Bytes sent so far. */
  onProgress?(bytes: number): void;
}

/**
 * Paths of that machine may begin with `~/`, its user's home, where they are given to `push` and `pull`; arguments of `exec`
 * arrive as they are. Names of files that are not UTF-8 have their bad bytes as lone surrogates, as Python's `surrogateescape`.
 */
export interface Host {
  /** For messages: "this machine", "gpu-box". */
  readonly name: string;
  /**
   * Runs a program there; its arguments arrive as they are. Throws HostUnreachable, never for an exit code: a program that is
   * not there gives 127. When `signal` aborts it throws its reason, and nobody reads what the program still writes.
   */
  exec(argv: readonly string[], options: ExecOptions): Promise<HostResult>;
  /**
   * Makes `remote`, a folder, hold what `local` does, with times, symbolic links and whether a file may be run; sends only what
   * differs. Files that are there and not here stay. Throws UserError when the disk there is full or may not be written.
   */
  push(local: string, remote: string, options: PushOptions): Promise<void>;
  /**
   * Brings `files` (relative to both folders) here with their times, sending only what differs. Missing ones are left out, and
   * those that would land outside of `local`, behind a symbolic link.
   */
  pull(remote: string, local: string, files: readonly string[], options: { signal: AbortSignal }): Promise<void>;
}
