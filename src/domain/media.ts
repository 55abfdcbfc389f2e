/** Pictures, texts and tables that runs wrote, several over their steps: which belong together over steps and over runs. */
import type { Artifact } from "./run";

export type MediaKind = "image" | "text" | "table";

/** One file of a series. */
export interface MediaItem {
  /** Null: the file has no step in its name. */
  step: number | null;
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
}

export interface MediaSeries {
  /** What the paths have in common, e.g. "tensorboard/samples", "plots/confusion.png". */
  name: string;
  kind: MediaKind;
  /** One list a run, in the order of the runs; each in the order of steps. */
  runs: MediaItem[][];
}

const KINDS: Record<string, MediaKind> = {
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  svg: "image",
  bmp: "image",
  txt: "text",
  md: "text",
  log: "text",
  json: "text",
  yaml: "text",
  yml: "text",
  csv: "table",
  tsv: "table",
  parquet: "table",
};

/** Null for what cannot be looked at side by side. */
export function mediaKind(path: string): MediaKind | null {
  return KINDS[/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ""] ?? null;
}

/**
 * A step in a file's name, and the name without it. Known are MLflow's own (`images/key%step%5%timestamp%…`, with `+` in older
 * versions), TensorBoard's as they are kept (`tag/5.png`), and names with a counted word (`step_5`, `epoch-5`, `iter5`) or with
 * a number at their end (`sample_0005.png`).
 */
export function stepOf(path: string): { name: string; step: number | null } {
  const mlflow = /^(.*?)([%+])step\2(\d+)\2timestamp\2.*?(?:(\.[^./]+))$/.exec(path);
  if (mlflow) return { name: `${mlflow[1]!.replaceAll("#", "/")}${mlflow[4] ?? ""}`, step: Number(mlflow[3]) };
  const only = /^(.+)\/(\d+)(\.[^./]+)$/.exec(path);
  if (only) return { name: only[1]!, step: Number(only[2]) };
  const word =
    /^(.*?)(?:[-_ ./]|(?<=[a-z])(?=[A-Z])|(?<=\/)|^)(?:step|epoch|iter|iteration|batch)[-_ =]?(\d+)(?!\d)([^/]*)$/i.exec(
      path,
    );
  if (word) return { name: `${word[1]}${word[3]}`, step: Number(word[2]) };
  const last = /^(.*[^/\d._-])[-_](\d+)(\.[^./\d]+)$/.exec(path);
  if (last) return { name: `${last[1]}${last[3]}`, step: Number(last[2]) };
  return { name: path, step: null };
}

/** By what most runs have first, then by name. `artifacts`: one list a run. */
export function mediaSeries(artifacts: readonly (readonly Artifact[])[]): MediaSeries[] {
  const found = new Map<string, MediaSeries>();
  artifacts.forEach((files, run) => {
    for (const { path, sha256, size } of files) {
      const kind = mediaKind(path);
      // MLflow's thumbnails repeat its pictures.
      if (kind === null || /[%+]compressed\.webp$/.test(path)) continue;
      const { name, step } = stepOf(path);
      const key = `${kind}\n${name}`;
      const series = found.get(key) ?? { name, kind, runs: artifacts.map(() => []) };
      found.set(key, series);
      series.runs[run]!.push({ step, path, sha256, size });
    }
  });
  for (const { runs } of found.values()) for (const items of runs) items.sort(byStep);
  const width = ({ runs }: MediaSeries) => runs.filter((items) => items.length > 0).length;
  return [...found.values()].sort((one, other) => width(other) - width(one) || (one.name < other.name ? -1 : 1));
}

const byStep = (one: MediaItem, other: MediaItem) =>
  (one.step ?? -1) - (other.step ?? -1) || (one.path < other.path ? -1 : 1);

/** All steps that any run has, ascending: where a slider can stand. */
export function stepsOf({ runs }: MediaSeries): number[] {
  return [...new Set(runs.flatMap((items) => items.flatMap(({ step }) => step ?? [])))].sort((a, b) => a - b);
}

/** What a run had at a step: its last item up to there, or its first where it began later; undefined when it has none. */
export function itemAt(items: readonly MediaItem[], step: number | null): MediaItem | undefined {
  if (step === null) return items.at(-1);
  return items.findLast((item) => item.step === null || item.step <= step) ?? items[0];
}
