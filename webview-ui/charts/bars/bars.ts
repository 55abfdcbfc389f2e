/** A value of each run, or of groups of runs, as bars or as box plots. */
import { type Box, boxOf } from "../../../src/domain/box";
import { type Background, runColour } from "../../../src/domain/runColour";
import { harmlessCell } from "../../../src/domain/spreadsheet";
import type { ChartRun } from "../../../src/protocol/charts";
import type { BarsView } from "../../../src/protocol/chartsState";
import { showText } from "../../base/numbers";
import type { CopiedTable } from "../../runs-table/copy";
import type { Column } from "../columns";
import { groupLook } from "../lines";
import { apart, exactValue, showValue } from "../valueAxis";

export interface Bar {
  /** Of the run, or what tells the group from the others: two may read alike. */
  id: string;
  label: string;
  colour: string;
  /** Of a group the mean. */
  value: number;
  /** Standard deviation of a group's values; null for a run, and for a group of one. */
  spread: number | null;
  /** How many runs. */
  count: number;
  /** Of a group's values, or of all points of a run's metric; null without box plots. */
  box: Box | null;
}

export interface BarsOptions extends Pick<BarsView, "shape" | "order"> {
  value: Column;
  /** Null: each run by itself. */
  group: Column | null;
  runs: readonly ChartRun[];
  /** By run, of all points of the metric; null: they are of no metric, or not there yet. */
  boxes: readonly (Box | null)[] | null;
  background: Background;
}

/** Of the runs in `rows` that have a finite value. */
export function barsOf(options: BarsOptions, rows: readonly number[]): Bar[] {
  const { value, group, order } = options;
  const used = value.words ? [] : rows.filter((row) => Number.isFinite(value.values[row]!));
  const found = group ? groupBars(options, group, used) : used.map((row) => runBar(options, row));
  if (order === "value") found.sort((a, b) => b.bar.value - a.bar.value);
  else if (order === "start") found.sort((a, b) => a.start - b.start);
  else if (group) found.sort((a, b) => a.place - b.place);
  else found.sort((a, b) => collator.compare(a.bar.label, b.bar.label));
  return found.map(({ bar }) => bar);
}

const collator = new Intl.Collator("en", { numeric: true });

/** With what bars are sorted by. */
interface Sortable {
  bar: Bar;
  start: number;
  place: number;
}

function runBar({ value, runs, shape, boxes, background }: BarsOptions, row: number): Sortable {
  const { id, name, startTime } = runs[row]!;
  const own = value.values[row]!;
  const box = shape === "boxes" ? (boxes ? (boxes[row] ?? null) : boxOf([own])) : null;
  const bar = { id, label: name, colour: runColour(id, background), value: own, spread: null, count: 1, box };
  return { bar, start: startTime, place: row };
}

function groupBars(
  { value, runs, shape, background }: BarsOptions,
  group: Column,
  used: readonly number[],
): Sortable[] {
  const members = new Map<number, number[]>();
  for (const row of used) members.set(group.values[row]!, [...(members.get(group.values[row]!) ?? []), row]);
  // Runs without a value come last, as one group.
  const keys = [...members.keys()].sort((a, b) => Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || a - b);
  return keys.map((key, place) => {
    const rows = members.get(key)!;
    const values = rows.map((row) => value.values[row]!);
    const label = `${group.label}: ${Number.isNaN(key) ? "(none)" : showValue(group, key)}`;
    const mean = meanOf(values);
    const bar: Bar = {
      ...{ id: `${group.id}=${key}`, label, value: mean, count: rows.length },
      colour: groupLook(place, background).colour,
      spread: rows.length > 1 ? deviationOf(values, mean) : null,
      box: shape === "boxes" ? boxOf(values) : null,
    };
    return { bar, start: Math.min(...rows.map((row) => runs[row]!.startTime)), place };
  });
}

/** Each value has its share at once: a sum of values near 1e308 would be infinite. */
const meanOf = (values: readonly number[]) =>
  values.reduce((mean, value, at) => mean + (value / (at + 1) - mean / (at + 1)), 0);

/** Of a sample, in shares of the greatest value, so that squares of great ones stay numbers. */
function deviationOf(values: readonly number[], mean: number): number {
  const most = Math.max(...values.map(Math.abs)) || 1;
  const squares = values.reduce((sum, value) => sum + (value / most - mean / most) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1)) * most;
}

const FIGURES = ["low", "q1", "median", "q3", "high", "count"] as const satisfies (keyof Box)[];

/** A row for each bar. */
export function barsTable(
  bars: readonly Bar[],
  value: Column,
  { group, shape }: Pick<BarsView, "shape"> & { group: boolean },
): CopiedTable {
  const named = group ? ["group", "runs", `mean of ${value.label}`, "standard deviation"] : ["run", "id", value.label];
  const figures = shape === "boxes" ? FIGURES : [];
  return {
    heading: [...named.map(harmlessCell), ...figures],
    rows: bars.map(({ id, label, value: own, spread, count, box }) => [
      harmlessCell(label),
      ...(group ? [String(count)] : [id]),
      exactValue(value, own),
      ...(group ? [spread === null ? "" : exactValue(apart(value), spread)] : []),
      ...figures.map((figure) =>
        box === null ? "" : figure === "count" ? String(box.count) : exactValue(value, box[figure]),
      ),
    ]),
  };
}

/** What is read of a bar, in words. */
export function readBar({ value, spread, count, box }: Bar, column: Column, isGroup: boolean): [string, string][] {
  const show = (number: number) => showValue(column, number);
  const name = showText(column.label, 60);
  const mean = spread === null ? show(value) : `${show(value)} ± ${showValue(apart(column), spread)}`;
  const own: [string, string][] = [[isGroup && count > 1 ? `Mean of ${name}` : name, mean]];
  if (isGroup) own.push(["Runs", String(count)]);
  if (!box) return own;
  return [
    ...own,
    ["Median", show(box.median)],
    ["Middle half", `${show(box.q1)} – ${show(box.q3)}`],
    ["Whiskers", `${show(box.low)} – ${show(box.high)}`],
    ...(isGroup ? [] : ([["Points", String(box.count)]] as [string, string][])),
  ];
}
