/**
 * The contract of everything that params and metrics come from: output lines, metric files, and later the MLflow
 * endpoint, TensorBoard files, DVCLive, CSV and `modeltrail.log()`. A source is asked again and again for what is new.
 */
import type { IngestBatch } from "../store/contract";

/**
 * What a source found since it was asked last: a part of what the store takes in. What there is none of is left out.
 * The name of the source beside the points decides who is believed when two speak of one step: src/domain/metricSource.ts.
 */
export interface SourceRead
  extends Pick<IngestBatch, "points" | "params" | "tags" | "artifacts" | "config" | "gaps" | "warnings"> {
  /** True when work is left: the call stopped at its limit, ask again at once. */
  more: boolean;
}

export interface Source {
  /** The key of its checkpoint, and the name beside its points, e.g. "output". */
  readonly id: string;
  /**
   * What is new. Work per call is bounded (some 10 ms); `more` asks for the next call. Never throws for what the run
   * wrote: damage becomes a warning. `final`: the run is over, so what is half-written will not be completed.
   */
  read(final: boolean): SourceRead | Promise<SourceRead>;
  /**
   * JSON-able place after the last `read`. A source made with it, in any process, goes on exactly there: stored in the
   * transaction that stores what was read, nothing is lost or given twice.
   */
  checkpoint(): unknown;
  /** Bytes that are there to be read by now: whether reading them will take long. */
  left?(): number;
  /** Tells of a file that the run wrote (absolute, as in the spool). The source keeps it when it is of its kind. */
  offer?(path: string): void;
}
