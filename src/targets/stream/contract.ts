import type { TargetStatus } from "../contract";

/** The log of a job whose main process is `agent.py stream`: all that there is of the job outside of its container. */
export interface StreamSource {
  /** For messages: "the cluster", "gpu-cluster". */
  readonly name: string;
  /**
   * The log, all of it or from about `since` (ms since the epoch) on, and what is added while the job runs. Ends when the job is
   * over or the connection is; a log that cannot be followed is read as it is now. Throws HostUnreachable. What is read twice does
   * no harm. See chunks.ts for what comes by a callback.
   */
  read(since: number | null, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What the place says of the job; `waiting` while there is no log yet. Throws HostUnreachable. */
  status(signal: AbortSignal): Promise<TargetStatus>;
}
