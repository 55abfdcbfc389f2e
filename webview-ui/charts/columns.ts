/** What of runs a chart can show: params, metrics, tags and what runs have by themselves, as numbers. */
import { type ColumnKey, columnId, columnOf } from "../../src/domain/table/columns";
import type { Aspect, ChartRun, ChartsContent } from "../../src/protocol/charts";
import type { TickKind } from "../plot/ticks";

/** One thing of all runs. */
export interface Column {
  /** As `columnId` has it. */
  id: string;
  label: string;
  /** By run; NaN where the run has none. Of words their places. */
  values: Float64Array;
  /** In their order; null for a column of numbers. */
  words: readonly string[] | null;
  kind: TickKind;
}

export interface Choice {
  value: string;
  label: string;
  /** What it is, e.g. "param". */
  hint: string;
}

/** What a run has by itself. */
const OWN = { startTime: "Start", duration: "Duration", status: "Status", experiment: "Experiment" } as const;
type Own = keyof typeof OWN;

const ASPECTS: Record<Aspect, string> = { last: "", min: " (least)", max: " (greatest)" };

/** Params and tags that differ among the runs come before those that do not; then metrics, their last values first. */
export function choicesOf({ runs, metrics }: Pick<ChartsContent, "runs" | "metrics">): Choice[] {
  const choice = (column: ColumnKey, hint: string): Choice => {
    return { value: columnId(column), label: labelOf(column), hint };
  };
  const named = (source: "param" | "tag") =>
    namesOf(runs, source).map((key) => ({ ...choice({ source, key }, source), varies: varies(runs, source, key) }));
  const texts = [...named("param"), ...named("tag")].sort((a, b) => Number(b.varies) - Number(a.varies));
  const ofMetrics = (aspect: Aspect) =>
    metrics.map(({ key }) => choice({ source: "metric", key, ...(aspect !== "last" && { aspect }) }, "metric"));
  return [
    ...ofMetrics("last"),
    ...texts.map(({ varies: _, ...rest }) => rest),
    ...Object.keys(OWN).map((key) => choice({ source: "run", key }, "run")),
    ...ofMetrics("min"),
    ...ofMetrics("max"),
  ];
}

const RECORDS = { param: "params", tag: "tags" } as const;

const namesOf = (runs: readonly ChartRun[], source: "param" | "tag") =>
  [...new Set(runs.flatMap((run) => Object.keys(run[RECORDS[source]])))].sort();

function varies(runs: readonly ChartRun[], source: "param" | "tag", key: string): boolean {
  const first = runs[0] && ownValue(runs[0][RECORDS[source]], key);
  return runs.some((run) => ownValue(run[RECORDS[source]], key) !== first);
}

/** A param may be called "constructor". */
export const ownValue = (values: Record<string, string>, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** Params by which runs differ, as ids of columns: numbers before words, and those with the most values first. */
export function paramsByVariety(runs: readonly ChartRun[]): string[] {
  const names = namesOf(runs, "param").filter((key) => varies(runs, "param", key));
  const columns = names.flatMap((key) => columnFor(columnId({ source: "param", key }), runs, undefined) ?? []);
  const rank = new Map(columns.map((column) => [column, (column.words ? 0 : 1e6) + new Set(column.values).size]));
  return columns.sort((a, b) => rank.get(b)! - rank.get(a)!).map(({ id }) => id);
}

export function labelOf({ source, key, aspect = "last" }: ColumnKey): string {
  if (source === "run" && Object.hasOwn(OWN, key)) return OWN[key as Own];
  return key + (ASPECTS[aspect as Aspect] ?? "");
}

/** `metric`: the values of a column of the source "metric", by run. Null: there is no such column. */
export function columnFor(id: string, runs: readonly ChartRun[], metric: Float64Array | undefined): Column | null {
  const key = columnOf(id);
  if (!key) return null;
  const shape = { id, label: labelOf(key) };
  if (key.source === "metric") return metric ? { ...shape, values: metric, words: null, kind: "number" } : null;
  if (key.source === "param" || key.source === "tag") {
    return { ...shape, ...fromTexts(runs.map((run) => ownValue(run[RECORDS[key.source as "param"]], key.key))) };
  }
  if (key.source !== "run") return null;
  if (key.key === "startTime") return { ...shape, values: numbers(runs, "startTime"), words: null, kind: "time" };
  if (key.key === "duration") return { ...shape, values: numbers(runs, "duration"), words: null, kind: "duration" };
  if (key.key === "status" || key.key === "experiment") {
    return { ...shape, ...inWords(runs.map((run) => run[key.key as "status"])) };
  }
  return null;
}

const numbers = (runs: readonly ChartRun[], key: "startTime" | "duration") =>
  Float64Array.from(runs, (run) => run[key] ?? Number.NaN);

type Cells = Pick<Column, "values" | "words" | "kind">;
type Text = string | undefined;

/** What Python and others write for numbers that are none. */
const NO_NUMBER = /^[+-]?(nan|inf|infinity)$/i;

/** Texts that are all numbers are numbers. */
function fromTexts(texts: readonly Text[]): Cells {
  const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
  const given = texts.filter((text) => text !== undefined && !NO_NUMBER.test(text.trim())) as string[];
  if (given.length === 0 || !given.every(isNumber)) return inWords(texts);
  const values = Float64Array.from(texts, (text) => (text === undefined ? Number.NaN : Number(text)));
  const isWhole = values.every((value) => Number.isNaN(value) || Number.isInteger(value));
  return { values, words: null, kind: isWhole ? "count" : "number" };
}

const collator = new Intl.Collator("en", { numeric: true });

function inWords(texts: readonly Text[]): Cells {
  const words = [...new Set(texts.filter((text) => text !== undefined))].sort(collator.compare);
  const places = new Map(words.map((word, place) => [word, place]));
  const values = Float64Array.from(texts, (text) => (text === undefined ? Number.NaN : places.get(text)!));
  return { values, words, kind: "number" };
}
