/** Searching runs and experiments, a page at a time. Filters and orders are those of src/domain/search. */
import type { Filter, OrderTerm } from "../../domain/search/filter";
import type { TrackedExperiment } from "../tracking/contract";

/** Deleted ones, those that are not, or both. */
export type View = "active" | "deleted" | "all";

interface Search {
  view: View;
  filter: Filter;
  order: readonly OrderTerm[];
  limit: number;
  /** From the page before; null: the first page. */
  token: string | null;
}

export interface RunSearch extends Search {
  /** Numbers of experiments; null: all of them. */
  experiments: readonly number[] | null;
  /** What comes before and after a run's id in the address of its artifacts, where its experiment has no place of its own. */
  artifacts: { prefix: string; suffix: string };
}

export type ExperimentSearch = Search;

/** Both throw `SearchError` for a search that cannot be understood. */
export interface SearchStore {
  /** Ids of runs as MLflow's clients see them; the newest first, unless told otherwise. */
  runs(search: RunSearch): { ids: string[]; next: string | null };
  /**
   * The last values of runs' metrics by the run's id, as the elements of a JSON list: `{"key":…,"value":…,"timestamp":…,"step":…}`,
   * NaN and infinities as texts.
   */
  metricTexts(ids: readonly string[]): Map<string, string>;
  /** The newest first, unless told otherwise. */
  experiments(search: ExperimentSearch): { experiments: TrackedExperiment[]; next: string | null };
}
