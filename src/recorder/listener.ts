import type { SpoolRecord } from "../ingest/spool";
import type { IngestBatch } from "../store/contract";

/** Something besides the sources of metrics that learns from the tracer's events: files, environment, params, gaps. */
export interface Listener {
  /** Events as they become known, those of one call in order of time. Quick: what takes long goes on beside. */
  hear(events: SpoolRecord[]): void;
  /** What is ready since the last call. */
  take(): IngestBatch;
  /**
   * All events were heard: does the rest, which the next `take` gives. Never rejects: what fails is a gap. `signal` cuts
   * short what takes long.
   */
  finish(signal?: AbortSignal): Promise<void>;
}
