/** Where the owner of a server has a say: a recorder makes a script's first run its own. */
import type { TrackedRun } from "../../store/tracking/contract";

/** A run that a client asks for. */
export interface CreateRunRequest {
  /** Number of the experiment asked for. */
  experiment: number;
  /** As the client wants it to be called; null: as we like. */
  name: string | null;
  user: string;
  /** Ms since the epoch. */
  startTime: number;
  tags: Record<string, string>;
  /** The client's own word for its parent, tag `mlflow.parentRunId`. */
  parent: string | null;
}

/** `adopt`: a run that is there answers for it. Otherwise a new run is made, below `parent` where the client named none. */
export type CreateRunDecision = { adopt: string } | { parent: string | null };

export interface MlflowHooks {
  /** Decides, at once, what becomes of a run that a client asks for. Absent: a new run without parent. */
  onCreateRun?(request: CreateRunRequest): CreateRunDecision;
  /** A run was made or adopted. */
  onRunCreated?(run: TrackedRun): void;
  /** A client changed a run's status. */
  onRunUpdated?(run: TrackedRun): void;
  /**
   * A write failed for a reason that is not the client's (a full disk). True: the request is kept elsewhere, and the client
   * is told that all is well. The request can be carried out again later: `replay` of the server.
   */
  onFault?(request: FailedRequest): boolean;
  /** Asked of a write that failed otherwise. True: something was done about it, and it is to be tried once more, at once. */
  makeRoom?(error: unknown): boolean;
}

export interface FailedRequest {
  method: string;
  /** Below the secret. */
  path: string;
  /** JSON text. */
  body: string;
  error: unknown;
}
