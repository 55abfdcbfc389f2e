/** Metrics of several runs, by their last, lowest and highest values. */
import type { ComparedMetric } from "../domain/comparison";
import type { MetricSummary, RunSummary } from "../domain/run";
import { byName } from "./texts";

/** Null: a side that has no metrics, because it did not run. */
export type Metrics = RunSummary["metrics"] | null;

/** Metrics of the machine (`system/…`) always differ, and are only compared with `all`. */
export function compareMetrics(sides: readonly Metrics[], all = false): ComparedMetric[] {
  const names = new Set(sides.flatMap((side) => Object.keys(side ?? {})));
  const compared: ComparedMetric[] = [];
  for (const name of names) {
    if (!all && name.startsWith("system/")) continue;
    const metric = compareMetric(name, sides);
    if (all || metric.differs) compared.push(metric);
  }
  return compared.sort(byName);
}

function compareMetric(name: string, sides: readonly Metrics[]): ComparedMetric {
  const values = sides.map((side) => (side && Object.hasOwn(side, name) ? side[name]! : null));
  const [first] = values;
  const change = values.map((value) => (first && value ? value.last - first.last : null));
  const having = values.filter((_, side) => sides[side] !== null);
  return { name, values, change, differs: having.some((value) => !isSame(having[0]!, value)) };
}

function isSame(one: MetricSummary | null, other: MetricSummary | null): boolean {
  if (one === null || other === null) return one === other;
  return (["last", "min", "max", "count"] as const).every((key) => isSameNumber(one[key], other[key]));
}

const isSameNumber = (one: number, other: number) => one === other || (Number.isNaN(one) && Number.isNaN(other));
