/** Runs that are drawn as one curve: those with an equal param, tag or experiment. */
import type { ChartRun } from "../../src/protocol/charts";

export interface RunGroup {
  label: string;
  runs: string[];
}

/** What runs can be grouped by, as `ChartsView.group` names it, with words for people: only what differs among the runs. */
export function groupings(runs: readonly ChartRun[]): { value: string; label: string }[] {
  const found = [
    ...namesOf(runs, "params").map((name) => ({ value: `param:${name}`, label: name })),
    ...namesOf(runs, "tags").map((name) => ({ value: `tag:${name}`, label: `Tag ${name}` })),
    { value: "experiment", label: "Experiment" },
    { value: "status", label: "Status" },
  ];
  const differing = found.filter(({ value }) => new Set(runs.map((run) => groupValue(run, value))).size > 1);
  return runs.length > 1 ? [...differing, { value: "all", label: "All Runs" }] : differing;
}

function namesOf(runs: readonly ChartRun[], kind: "params" | "tags"): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run[kind])))].sort();
}

/** Null: `by` is null, and each run is for itself. */
export function groupsOf(runs: readonly ChartRun[], by: string | null): RunGroup[] | null {
  if (by === null) return null;
  const groups = new Map<string, string[]>();
  for (const run of runs) {
    const label = labelOf(by, groupValue(run, by));
    const group = groups.get(label);
    if (group) group.push(run.id);
    else groups.set(label, [run.id]);
  }
  return Array.from(groups, ([label, ids]) => ({ label, runs: ids })).sort((a, b) =>
    collator.compare(a.label, b.label),
  );
}

const collator = new Intl.Collator("en", { numeric: true });

function labelOf(by: string, value: string | undefined): string {
  if (by === "all") return "All runs";
  if (by === "experiment" || by === "status") return value ?? "";
  return `${by.slice(by.indexOf(":") + 1)}: ${value ?? "(none)"}`;
}

function groupValue(run: ChartRun, by: string): string | undefined {
  if (by === "experiment") return run.experiment;
  if (by === "status") return run.status;
  if (by.startsWith("param:")) return ownValue(run.params, by.slice("param:".length));
  if (by.startsWith("tag:")) return ownValue(run.tags, by.slice("tag:".length));
  return undefined;
}

/** A param may be called "constructor". */
const ownValue = (values: Record<string, string>, name: string) =>
  Object.hasOwn(values, name) ? values[name] : undefined;
