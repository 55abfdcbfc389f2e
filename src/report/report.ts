/** A report: chosen runs, what differs between them, their curves, and what someone has to say of them. */
import type { RunStatus } from "../domain/run";

export interface Report {
  title: string;
  /** The author's own words, plain text; may be empty. */
  note: string;
  /** Ms since the epoch. */
  created: number;
  /** The best by the first metric first; the order of the runs given where they have none. */
  runs: ReportRun[];
  /** Place in `runs` of the run that the others are measured by; null when there is none. */
  baseline: number | null;
  /** Those that differ between the runs, and, with their one value, those that do not. */
  params: string[];
  sameParams: Record<string, string>;
  metrics: ReportMetric[];
  charts: ReportChart[];
  /** Metrics that have a curve and got no chart. */
  chartsLeftOut: number;
}

export interface ReportRun {
  id: string;
  name: string;
  experiment: string;
  status: RunStatus;
  /** Ms since the epoch. */
  startTime: number;
  endTime: number | null;
  /** As a person would type it. */
  command: string[];
  /** First digits of the user's own commit, with "+" behind them when files differed from it; null outside git. */
  code: string | null;
  note: string;
  params: Record<string, string>;
  /** Last values. */
  metrics: Record<string, number>;
  /** What differs from the baseline in one line; null for the baseline itself, and when there is none. */
  changes: string | null;
}

export interface ReportMetric {
  name: string;
  lessIsBetter: boolean;
  /** Places in `runs` of those with the best value: none when all are equal or none has a finite one. */
  best: number[];
}

export interface ReportChart {
  metric: string;
  /** Of the first runs that have a curve of it. */
  curves: { run: number; x: Float64Array; y: Float64Array }[];
  /** Runs with a curve that is left out. */
  more: number;
}
