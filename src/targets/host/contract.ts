/** A machine with a POSIX shell and files: this one, or one behind ssh. Targets that work through files are built on it. */

export interface HostResult {
  exitCode: number;
  stdout: Buffer;
  /** The end of it. */
  stderr: string;
}

/** Thrown when the machine could not be reached, so that what was asked may or may not have happened. */
export class HostUnreachable extends Error {}

export interface ExecOptions {
  input?: Buffer | string | NodeJS.ReadableStream;
  /** Called with the output instead of collecting it. */
  onOutput?(chunk: Buffer): void;
  signal: AbortSignal;
}

export interface Host {
  /** For messages: "this machine", "gpu-box". */
  readonly name: string;
  /** Runs a program there; its arguments arrive as they are. Throws HostUnreachable, never for an exit code. */
  exec(argv: readonly string[], options: ExecOptions): Promise<HostResult>;
  /**
   * Makes `remote`, a folder, hold what `local` does, sending only what differs; files that are there and not here stay. Given
   * `files` (relative to both), only those.
   */
  push(
    local: string,
    remote: string,
    options: { files?: readonly string[]; signal: AbortSignal; onProgress?(bytes: number): void },
  ): Promise<void>;
  /** Brings `files` (relative to both folders) here with their times, sending only what differs. Missing ones are left out. */
  pull(remote: string, local: string, files: readonly string[], options: { signal: AbortSignal }): Promise<void>;
}
