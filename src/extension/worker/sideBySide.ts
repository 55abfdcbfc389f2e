/** What runs side by side show: files that belong together. */
import { type MediaSeries, mediaSeries } from "../../domain/media";
import type { Artifact } from "../../domain/run";
import type { SideBySideContent } from "../../protocol/sideBySide";
import type { Store } from "../../store/contract";

/** Of one run. */
const MOST_ARTIFACTS = 5_000;
const MOST_SERIES = 300;
/** Files of a series, over all runs. */
const MOST_ITEMS = 5_000;

export function sideBySide(store: Store, ids: readonly string[]): SideBySideContent {
  const summaries = new Map(store.getSummaries([...ids]).map((run) => [run.id, run]));
  const runs = ids.flatMap((id) => summaries.get(id) ?? []);
  const artifacts = runs.map(({ id }) => artifactsOf(store, id));
  const all = mediaSeries(artifacts.map(({ files }) => files));
  const series = all.slice(0, MOST_SERIES).map(thinned);
  const left = artifacts.reduce((sum, { more }) => sum + more, 0) + (all.length - series.length);
  return {
    root: store.root,
    ids: [...ids],
    runs: runs.map(({ id, name, experiment, status }) => ({ id, name, experiment, status })),
    series,
    leftOut: left + series.reduce((sum, one, at) => sum + itemsOf(all[at]!) - itemsOf(one), 0),
  };
}

function artifactsOf(store: Store, id: string): { files: Artifact[]; more: number } {
  const { files, next } = store.listFiles(id, "artifact", { limit: MOST_ARTIFACTS });
  const kept = files.flatMap(({ path, sha256, size }) => (sha256 === null ? [] : { path, sha256, size }));
  return { files: kept, more: next === null ? 0 : 1 };
}

const itemsOf = ({ runs }: MediaSeries) => runs.reduce((sum, items) => sum + items.length, 0);

/** Evenly over the steps, the last one kept. */
function thinned(series: MediaSeries): MediaSeries {
  const most = Math.max(1, Math.floor(MOST_ITEMS / series.runs.length));
  const runs = series.runs.map((items) => {
    if (items.length <= most) return items;
    return Array.from({ length: most }, (_, at) => items[Math.floor(((at + 1) * items.length) / most) - 1]!);
  });
  return { ...series, runs };
}
