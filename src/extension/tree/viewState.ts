/** What the user asked the tree to show, and the store's queries that follow from it. */
import type { RunStatus } from "../../domain/run";
import type { GroupKey, RunQuery, SortKey } from "../../store/contract";

export interface RunFilter {
  text?: string;
  status?: RunStatus[];
  experiment?: string;
  tag?: { key: string; value: string };
}

export interface ViewState {
  group: GroupKey | "none";
  sort: { key: SortKey; descending: boolean };
  filter: RunFilter;
}

export const DEFAULT_VIEW: ViewState = {
  group: "experiment",
  sort: { key: "startTime", descending: true },
  filter: {},
};

/** What is left out of the experiments' lists, to stand in an element of its own. */
export interface Collapsing {
  /** Ms since the epoch: what began later stays where it is, so that a run that was just made is seen. */
  before: number;
}

/** Scratch runs are collapsed where runs stand in experiments: who filters or groups otherwise looks for something. */
export const isCollapsing = ({ group, filter }: ViewState) => group === "experiment" && !isFiltered(filter);

export const isFiltered = ({ text, status, experiment, tag }: RunFilter) =>
  text !== undefined || status !== undefined || experiment !== undefined || tag !== undefined;

/** The runs of the whole tree. Child runs stand below their parents; a filter looks for them everywhere. */
export function baseQuery({ filter, sort }: ViewState): RunQuery {
  const { text, status, experiment, tag } = filter;
  const query: RunQuery = { sort };
  if (text !== undefined) query.text = text;
  if (status !== undefined) query.status = status;
  if (experiment !== undefined) query.experiment = experiment;
  if (tag !== undefined) query.tags = { [tag.key]: tag.value };
  if (!isFiltered(filter)) query.parent = null;
  return query;
}

/** The runs of one group. */
export function groupQuery(state: ViewState, value: string | null): RunQuery {
  const query = baseQuery(state);
  if (state.group === "none") return query;
  if (state.group === "experiment") return { ...query, experiment: value ?? "" };
  if (state.group === "status") return { ...query, status: [value as RunStatus] };
  if (state.group === "script") return { ...query, script: value };
  return { ...query, tags: { ...query.tags, [state.group.slice("tag:".length)]: value } };
}

/** The runs of one group that are shown at once, without its scratch runs. */
export const settledQuery = (state: ViewState, value: string | null, { before }: Collapsing): RunQuery => ({
  ...groupQuery(state, value),
  scratch: false,
  scratchBefore: before,
});

/** The scratch runs of one group. */
export const scratchQuery = (state: ViewState, value: string | null, { before }: Collapsing): RunQuery => ({
  ...groupQuery(state, value),
  scratch: true,
  scratchBefore: before,
});

/** The filter as a line above the tree. */
export function describeFilter(filter: RunFilter): string {
  const parts: string[] = [];
  if (filter.text !== undefined) parts.push(`“${filter.text}”`);
  if (filter.status) parts.push(filter.status.join(", "));
  if (filter.experiment !== undefined) parts.push(filter.experiment);
  if (filter.tag) parts.push(`${filter.tag.key}=${filter.tag.value}`);
  return parts.join(" · ");
}

const SORT_NAMES: Record<string, string> = {
  startTime: "start time",
  endTime: "end time",
  name: "name",
  status: "status",
  duration: "duration",
};

export function describeSort({ key }: ViewState["sort"]): string {
  const colon = key.indexOf(":");
  return colon < 0 ? SORT_NAMES[key]! : `${key.slice(0, colon)} ${key.slice(colon + 1)}`;
}
