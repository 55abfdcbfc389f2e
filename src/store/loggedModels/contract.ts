/** Models as runs logged them: files with params and metrics, registered or not. */
import type { Filter, OrderTerm } from "../../domain/search/filter";
import type { LoggedMetric } from "../tracking/contract";

export type LoggedModelStatus = "PENDING" | "READY" | "FAILED";

export interface NewLoggedModel {
  /** Number of an experiment. */
  experiment: number;
  /** Null: one of ours. */
  name: string | null;
  /** Id of the run that made it. */
  run: string | null;
  /** "" when unknown, e.g. "LLM". */
  type: string;
  params: Record<string, string>;
  tags: Record<string, string>;
}

export interface LoggedModel extends Omit<NewLoggedModel, "name"> {
  /** `m-` and 32 hexadecimal digits. */
  id: string;
  name: string;
  /** Where its experiment has its artifacts; null: in the store. */
  artifactLocation: string | null;
  status: LoggedModelStatus;
  /** Ms since the epoch. */
  created: number;
  updated: number;
  deleted: boolean;
  metrics: (LoggedMetric & { run: string })[];
}

/** A dataset that metrics were computed on; without a digest any of the name. */
export interface DatasetName {
  name: string;
  digest?: string;
}

export interface LoggedModelSearch {
  experiments: readonly number[];
  filter: Filter;
  /** Only models with metrics on one of these; metrics in the filter are then those on them. Empty: all. */
  datasets: readonly DatasetName[];
  order: readonly (OrderTerm & { dataset?: Partial<DatasetName> })[];
  limit: number;
  /** From the page before. */
  token: string | null;
}

/** All of it throws `Refusal` for what a client must not do, and `SearchError` for a search that cannot be understood. */
export interface LoggedModelStore {
  create(model: NewLoggedModel): LoggedModel;
  /** Deleted ones too; null when there is none. */
  get(id: string): LoggedModel | null;
  setStatus(id: string, status: LoggedModelStatus): LoggedModel;
  /** A param that is there keeps its value. */
  addParams(id: string, params: Record<string, string>): void;
  setTags(id: string, tags: Record<string, string>): void;
  deleteTag(id: string, key: string): void;
  /** Hides it; its files stay. */
  delete(id: string): void;
  search(search: LoggedModelSearch): { models: LoggedModel[]; next: string | null };
}
