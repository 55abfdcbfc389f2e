/** Jobs in folders of a machine: what a target says of itself when it works this way. */
import type { TargetStatus } from "../contract";
import type { Host } from "../host/contract";

/** The environment in which the command's Python is looked for, on the target. Paths may begin with `~/`. */
export type Activation =
  | { kind: "venv"; path: string }
  /** By name or prefix. */
  | { kind: "conda"; name: string }
  /** Stands for whatever Python the command names. */
  | { kind: "python"; path: string };

/** Where to find a job again: what a handle holds at least. */
export interface Place {
  /** The job's folder there, absolute or with `~/`. */
  folder: string;
  /** The folder with the agent that runs it. */
  agent: string;
  /** The Python that the agent runs in. */
  python: string;
}

export interface JobFolderOptions {
  host: Host;
  /** The folder of all jobs there; default `~/.modeltrail/jobs`. */
  folder?: string;
  /** The Python (3.8 or newer) that the agent runs in; default `python3`. */
  python?: string;
  /**
   * Starts what is ready, in whatever way: something has to run `agentCommand(place, "run")`, once. Default: the agent starts
   * itself, apart from us. What it gives joins the handle. `place.folder` is absolute.
   */
  start?(place: Place, options: { signal: AbortSignal }): Promise<Record<string, unknown>>;
  /**
   * What a scheduler says of the job: asked every few seconds, for what the agent cannot say (it waits, it was never started, its
   * machine is gone). May throw HostUnreachable.
   */
  watch?(signal: AbortSignal): Promise<TargetStatus>;
  /** Bytes of a file, and of all files, that come home; what is beyond stays there and is told. Default: no limit. */
  fileLimit?: number;
  totalLimit?: number;
}
