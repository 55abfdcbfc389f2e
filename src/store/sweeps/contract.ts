/** Sweeps and their trials. */
import type { Sweep, SweepState, Trial, TrialParams, TrialState } from "../../domain/sweep";
import type { PageOptions, ProcessIdentity } from "../contract";

export interface SweepPage {
  /** The newest first. */
  sweeps: Sweep[];
  /** Null on the last page. */
  next: string | null;
  total: number;
}

export interface SweepCounts extends Record<TrialState, number> {
  total: number;
}

export interface SweepStore {
  /** A name that is taken gets a number behind it. */
  create(sweep: Pick<Sweep, "name" | "spec" | "cwd">): Sweep;
  /** By id, the beginning of one, or name. Throws UserError when there is none, or several. */
  resolve(text: string): Sweep;
  list(options?: PageOptions): SweepPage;
  /** The process that drives it, or did; null: none yet. */
  driver(id: string): ProcessIdentity | null;
  /** Makes `driver` the sweep's, when it still has the driver `from`; false when another was quicker. */
  claim(id: string, from: ProcessIdentity | null, driver: ProcessIdentity): boolean;
  /** False when it was in none of the states `from`. */
  changeState(id: string, from: readonly SweepState[], to: SweepState, reason: string | null): boolean;
  /** Changes what it is to try. */
  setSpec(id: string, spec: Sweep["spec"]): void;
  /** Trials with a number above `after` (default: all), by number; at most `limit`, default 1,000. */
  trials(id: string, options?: { after?: number; limit?: number; states?: readonly TrialState[] }): Trial[];
  counts(id: string): SweepCounts;
  /** The completed trial with the best value; null when none has one. */
  best(id: string, direction: "minimize" | "maximize"): Trial | null;
  /** A trial that is there already stays as it is. */
  addTrial(id: string, number: number, params: TrialParams): void;
  /** Its job; in one transaction with whatever `makeJob` writes, which gives the job's id. */
  startTrial(id: string, number: number, makeJob: () => string): string;
  endTrial(id: string, number: number, state: TrialState, value: number | null): void;
}
