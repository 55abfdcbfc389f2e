/** Changes of how the table is arranged. */
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import type { TableView } from "../../src/protocol/tableView";
import type { Direction } from "./better";

export type SortDirection = "ascending" | "descending";

/** One column by which is sorted: alone, or after those that are sorted by already. Null: by this column no more. */
export function sortBy(view: TableView, id: string, direction: SortDirection | null, add: boolean): TableView {
  const others = add ? view.sort.filter(({ column }) => column !== id) : [];
  if (direction === null) return { ...view, sort: view.sort.filter(({ column }) => column !== id) };
  const term = { column: id, descending: direction === "descending" };
  const place = view.sort.findIndex(({ column }) => column === id);
  if (add && place >= 0) return { ...view, sort: view.sort.with(place, term) };
  return { ...view, sort: [...others, term] };
}

/** What a click on the heading means: the telling direction first, then the other, then none. */
export function nextSort(view: TableView, id: string, first: SortDirection): SortDirection | null {
  const now = view.sort.find(({ column }) => column === id);
  if (!now) return first;
  const direction = now.descending ? "descending" : "ascending";
  if (direction !== first) return null;
  return first === "descending" ? "ascending" : "descending";
}

const toggle = (list: readonly string[], id: string) =>
  list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
const without = (list: readonly string[], id: string) => list.filter((one) => one !== id);

export const toggleGroup = (view: TableView, id: string): TableView => ({
  ...view,
  groups: toggle(view.groups, id),
  unfolded: [],
});
export const toggleUnfolded = (view: TableView, key: string): TableView => ({
  ...view,
  unfolded: toggle(view.unfolded, key),
});
export const togglePinned = (view: TableView, id: string): TableView => ({ ...view, pinned: toggle(view.pinned, id) });

export function showColumn(view: TableView, id: string, shown: boolean): TableView {
  return {
    ...view,
    shown: shown ? [...without(view.shown, id), id] : without(view.shown, id),
    hidden: shown ? without(view.hidden, id) : [...without(view.hidden, id), id],
  };
}

/** Puts a column before another of those that stand in `arranged`; behind all when `before` is undefined. */
export function moveColumn(
  view: TableView,
  arranged: readonly ColumnKey[],
  id: string,
  before: string | undefined,
): TableView {
  if (id === before) return view;
  const order = without(arranged.map(columnId), id);
  const place = before === undefined ? order.length : order.indexOf(before);
  return { ...view, order: order.toSpliced(place < 0 ? order.length : place, 0, id) };
}

export const resizeColumn = (view: TableView, id: string, width: number): TableView => ({
  ...view,
  widths: { ...view.widths, [id]: Math.round(Math.min(2000, Math.max(30, width))) },
});

export const setDirection = (view: TableView, metric: string, direction: Direction): TableView => ({
  ...view,
  better: { ...view.better, [metric]: direction },
});

/** One more condition; what the filter has already is put in parentheses where that matters. */
export function addCondition(filter: string, condition: string): string {
  const known = filter.trim();
  if (known === "") return condition;
  return `${/\bor\b/i.test(known) ? `(${known})` : known} and ${condition}`;
}
