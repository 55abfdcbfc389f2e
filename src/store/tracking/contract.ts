/**
 * What clients of MLflow's see of the store, and may change. Experiments and runs are the store's own; a run that the process
 * decides about is shown to its client as the client left it. All of it throws `Refusal` for what the client must not do.
 */

import type { Columns } from "../columns";

/** As MLflow names them. */
export type ClientStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

export interface TrackedExperiment {
  /** 0: "Default". */
  id: number;
  name: string;
  /** As the client asked for; null: ours. */
  artifactLocation: string | null;
  /** Ms since the epoch. */
  created: number;
  updated: number;
  deleted: boolean;
  tags: Record<string, string>;
}

/** A run without what was logged. */
export interface TrackedRun {
  id: string;
  name: string;
  experiment: number;
  /** Where the experiment has its artifacts; null: each run's are in its folder. */
  artifactLocation: string | null;
  user: string;
  status: ClientStatus;
  startTime: number;
  endTime: number | null;
  deleted: boolean;
  /** A client asked for it. */
  asked: boolean;
  /** And owns it: the run has no command of its own. */
  owned: boolean;
}

export interface LoggedMetric {
  key: string;
  /** May be NaN or infinite. */
  value: number;
  /** Ms since the epoch. */
  time: number;
  step: number;
  /** The logged model that it is about. */
  model?: string;
  /** The dataset that it was computed on. */
  dataset?: { name: string; digest: string };
}

export interface LoggedDataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  /** "" when there is none, as for `profile`. */
  schema: string;
  profile: string;
}

export interface DatasetInput {
  dataset: LoggedDataset;
  tags: Record<string, string>;
}

/** A run with its data. Tags `mlflow.runName` and `mlflow.note.content` are the run's name and note. */
export interface TrackedRunData extends TrackedRun {
  params: Record<string, string>;
  tags: Record<string, string>;
  /** The last of each. */
  metrics: LoggedMetric[];
  datasetInputs: DatasetInput[];
  /** Ids of logged models. */
  modelInputs: string[];
  modelOutputs: { model: string; step: number }[];
}

export interface NewTrackedRun {
  experiment: number;
  /** Null: one of ours. */
  name: string | null;
  user: string;
  startTime: number;
  tags: Record<string, string>;
  parent: string | null;
  /** What the client asked with, kept until it has the answer: see `TrackingStore.unanswered`. */
  request?: string;
}

export interface LoggedBatch {
  metrics?: LoggedMetric[];
  params?: { key: string; value: string }[];
  tags?: { key: string; value: string }[];
}

export interface TrackingStore {
  experiment(id: number): TrackedExperiment | null;
  experimentNamed(name: string): TrackedExperiment | null;
  /** Gives its number. */
  createExperiment(experiment: { name: string; artifactLocation: string | null; tags: Record<string, string> }): number;
  renameExperiment(id: number, name: string): void;
  /** With its runs. */
  deleteExperiment(id: number): void;
  restoreExperiment(id: number): void;
  /** Null takes the tag away. */
  setExperimentTag(id: number, key: string, value: string | null): void;

  /** Makes a run that its client owns: it is over when the client says so. Gives its id. */
  createRun(run: NewTrackedRun): string;
  /** Makes a run of ours the answer to a client that asked for `run`; how it ends stays ours to say. */
  adoptRun(id: string, run: NewTrackedRun): void;
  /** Runs that were asked for with `request`, and of which it is not known that the client has got the answer; the oldest first. */
  unanswered(request: string): string[];
  /** The client has the answer to what it asked `id` for. */
  answered(id: string): void;
  run(id: string): TrackedRun | null;
  /** In this order; unknown ids are left out. Without metrics they are read in a third of the time. */
  runs(ids: readonly string[], options?: { metrics?: boolean }): TrackedRunData[];
  updateRun(id: string, change: { status?: ClientStatus; endTime?: number; name?: string }): TrackedRun;
  deleteRun(id: string): void;
  restoreRun(id: string): void;

  /** All or nothing, in one transaction. A param that has another value already is refused. */
  log(id: string, batch: LoggedBatch): void;
  logParam(id: string, key: string, value: string): void;
  deleteTag(id: string, key: string): void;
  logInputs(id: string, inputs: { datasets: DatasetInput[]; models: string[] }): void;
  logOutputs(id: string, models: { model: string; step: number }[]): void;
  /** All points of a metric in the order of time, then step; none when there is no such metric. */
  history(id: string, key: string): Columns;
}
