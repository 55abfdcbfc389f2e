/** Which columns of two versions of a table are the same, which were renamed, added, removed, and how each changed. */
import type { ColumnChange } from "../../domain/tableComparison";
import type { ColumnSummary } from "./columnProfile";
import { driftOf } from "./drift";
import { likenessOf } from "./sketches/distinctSketch";

/** From here on a column that is gone and one that is new are taken for the same one. */
const LIKELY = 0.5;

export function compareColumns(before: readonly ColumnSummary[], after: readonly ColumnSummary[]): ColumnChange[] {
  const namesBefore = new Map(before.map((column) => [column.description.name, column]));
  const namesAfter = new Set(after.map(({ description }) => description.name));
  const removed = before.filter(({ description }) => !namesAfter.has(description.name));
  const added = after.filter(({ description }) => !namesBefore.has(description.name));
  const renamed = findRenamed(removed, added);
  const origins = new Set([...renamed.values()].map(({ from }) => from));

  const changes = after.map((column) => {
    const same = namesBefore.get(column.description.name);
    if (same) return describe("kept", same, column, null);
    const origin = renamed.get(column);
    return origin ? describe("renamed", origin.from, column, origin.likeness) : describe("added", null, column, null);
  });
  for (const column of removed.filter((some) => !origins.has(some))) {
    changes.splice(placeOf(column, before, changes), 0, describe("removed", column, null, null));
  }
  return changes;
}

/** Behind the column that it stood behind. */
function placeOf(column: ColumnSummary, before: readonly ColumnSummary[], changes: ColumnChange[]): number {
  const previous = before[before.indexOf(column) - 1]?.description;
  return previous ? changes.findIndex((change) => change.before === previous) + 1 : 0;
}

/** Pairs the most alike first, each column once. */
function findRenamed(removed: readonly ColumnSummary[], added: readonly ColumnSummary[]) {
  const pairs = removed.flatMap((from) => added.map((to) => ({ from, to, likeness: likeness(from, to) })));
  const likely = pairs.filter((pair) => pair.likeness >= LIKELY).sort((a, b) => b.likeness - a.likeness);
  const renamed = new Map<ColumnSummary, { from: ColumnSummary; likeness: number }>();
  const taken = new Set<ColumnSummary>();
  for (const { from, to, likeness: certainty } of likely) {
    if (taken.has(from) || renamed.has(to)) continue;
    taken.add(from);
    renamed.set(to, { from, likeness: certainty });
  }
  return renamed;
}

/**
 * The share of their values that two columns have in common. Values that nearly every column has, such as yes and no, say
 * little: with few of them it counts only as far as they are distributed alike.
 */
function likeness(before: ColumnSummary, after: ColumnSummary): number {
  const [a, b] = [before.description, after.description];
  if (a.type !== b.type || a.count === 0 || b.count === 0) return 0;
  const common = likenessOf(before.hashes, after.hashes);
  const drift = driftOf(before, after);
  return drift && Math.min(a.distinct.count, b.distinct.count) < 20 ? common * Math.exp(-4 * drift.value) : common;
}

function describe(
  kind: ColumnChange["kind"],
  before: ColumnSummary | null,
  after: ColumnSummary | null,
  likely: number | null,
): ColumnChange {
  const types = [before, after].flatMap((column) => column?.description.type ?? []);
  return {
    kind,
    before: before?.description ?? null,
    after: after?.description ?? null,
    likeness: likely,
    typeChanged: types.length === 2 && types[0] !== types[1] && !types.includes("empty"),
    drift: before && after && driftOf(before, after),
    changedRows: null,
  };
}
