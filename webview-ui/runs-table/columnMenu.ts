/** What the menu of a heading offers. */
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import type { MenuItem } from "../base/Menu";
import { type Direction, directionOf } from "./better";
import { widthOf } from "./columns";
import type { Table } from "./useTable";
import { moveColumn, resizeColumn, setDirection, showColumn, sortBy, toggleGroup, togglePinned } from "./viewState";

const WIDER = 40;

export function columnMenu(table: Table, column: ColumnKey, askStep: () => void): MenuItem[] {
  const { view, setView, shown, arranged } = table;
  const id = columnId(column);
  const place = shown.findIndex((one) => columnId(one) === id);
  const sorted = view.sort.find((term) => term.column === id);
  const isPinned = view.pinned.includes(id);
  const width = widthOf(column, view);
  const before = shown[place - 1];
  const after = shown[place + 2];
  return [
    {
      label: "Sort Ascending",
      checked: sorted?.descending === false,
      run: () => setView((now) => sortBy(now, id, "ascending", false)),
    },
    {
      label: "Sort Descending",
      checked: sorted?.descending === true,
      run: () => setView((now) => sortBy(now, id, "descending", false)),
    },
    ...(view.sort.length > 0 && !sorted
      ? [
          { label: "Then Sort Ascending", run: () => setView((now) => sortBy(now, id, "ascending", true)) },
          { label: "Then Sort Descending", run: () => setView((now) => sortBy(now, id, "descending", true)) },
        ]
      : []),
    ...(sorted ? [{ label: "Do Not Sort", run: () => setView((now) => sortBy(now, id, null, true)) }] : []),
    { label: "Group by This", checked: view.groups.includes(id), run: () => setView((now) => toggleGroup(now, id)) },
    ...(column.source === "metric" ? metricItems(table, column, askStep) : []),
    "separator",
    { label: "Pin Column", checked: isPinned, run: () => setView((now) => togglePinned(now, id)) },
    { label: "Hide Column", off: id === "run:name", run: () => setView((now) => showColumn(now, id, false)) },
    {
      label: "Move Left",
      hint: "Alt+←",
      off: !before,
      run: () => setView((now) => moveColumn(now, arranged, id, columnId(before!))),
    },
    {
      label: "Move Right",
      hint: "Alt+→",
      off: place + 1 >= shown.length,
      run: () => setView((now) => moveColumn(now, arranged, id, after && columnId(after))),
    },
    { label: "Wider", hint: "Alt+Shift+→", run: () => setView((now) => resizeColumn(now, id, width + WIDER)) },
    { label: "Narrower", hint: "Alt+Shift+←", run: () => setView((now) => resizeColumn(now, id, width - WIDER)) },
  ];
}

function metricItems({ view, setView, loader }: Table, column: ColumnKey, askStep: () => void): MenuItem[] {
  const { source, key } = column;
  const direction = directionOf(column, view, loader.lessIsBetter);
  const choose = (label: string, of: Direction): MenuItem => ({
    label,
    checked: direction === of,
    run: () => setView((now) => setDirection(now, key, of)),
  });
  const add = (label: string, aspect: ColumnKey["aspect"]): MenuItem => ({
    label,
    run: () => setView((now) => showColumn(now, columnId({ source, key, aspect }), true)),
  });
  const best = direction === "less" ? "min" : "max";
  return [
    "separator",
    choose("More Is Better", "more"),
    choose("Less Is Better", "less"),
    choose("Neither Is Better", "neither"),
    "separator",
    ...(direction === "neither" ? [] : [add("Show Best Value", best)]),
    add("Show Lowest Value", "min"),
    add("Show Highest Value", "max"),
    { label: "Show Value at Step…", run: askStep },
  ];
}
