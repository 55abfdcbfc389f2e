/** Runs as models read them: short ids, times as text, and no more of anything than there is use for. */
import type { RunSummary } from "../domain/run";
import { ownTags } from "../domain/tags";

/** Metrics and params of a run that are told in a list of runs. */
const MOST_VALUES = 40;

export const isoTime = (time: number) => new Date(time).toISOString();

/** The first of them, and how many are left out: `{items, more}` with `more` absent when that is all. */
export function first<T>(items: readonly T[], most: number): { items: readonly T[]; more?: number } {
  return items.length <= most ? { items } : { items: items.slice(0, most), more: items.length - most };
}

/** A run in a list. Metrics by their last value, without those of the machine. */
export function runInShort(run: RunSummary): Record<string, unknown> {
  const { id, name, experiment, script, command, startTime, endTime, note } = run;
  const tags = ownTags(run.tags);
  return {
    id: id.slice(0, 8),
    name,
    experiment,
    ...ending(run),
    started: isoTime(startTime),
    ...(endTime === null ? {} : { seconds: (endTime - startTime) / 1000 }),
    ...(script === null ? { command } : { script }),
    params: bounded(Object.entries(run.params)),
    metrics: bounded(
      Object.entries(run.metrics)
        .filter(([key]) => !key.startsWith("system/"))
        .map(([key, { last }]) => [key, last]),
    ),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(note === "" ? {} : { note }),
  };
}

/** How a run stands or ended. */
export function ending({ status, exitCode, signal }: RunSummary): Record<string, unknown> {
  return { status, ...(exitCode ? { exitCode } : {}), ...(signal ? { signal } : {}) };
}

function bounded(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const { items, more } = first(entries, MOST_VALUES);
  return Object.fromEntries(more === undefined ? items : [...items, ["…", `${more} more; show_run tells all`]]);
}
