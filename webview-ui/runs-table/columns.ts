/** What columns are called, how their values read, and which are shown. */
import { type ColumnKey, type ColumnSource, columnId, columnOf } from "../../src/domain/table/columns";
import type { TableView } from "../../src/protocol/tableView";
import type { TableData } from "./data";

export const DURATION: ColumnKey = { source: "run", key: "duration" };
export const NAME: ColumnKey = { source: "run", key: "name" };
export const START: ColumnKey = { source: "run", key: "startTime" };

const RUN_TITLES: Record<string, string> = {
  name: "Run",
  experiment: "Experiment",
  status: "Status",
  startTime: "Started",
  endTime: "Ended",
  duration: "Duration",
  pinned: "Pinned",
  note: "Note",
  script: "Script",
  command: "Command",
  exitCode: "Exit Code",
  parent: "Parent",
  inputs: "Inputs",
  gaps: "Gaps",
  warnings: "Warnings",
};
const CODE_TITLES: Record<string, string> = { branch: "Branch", head: "HEAD", commit: "Snapshot", dirty: "Work Tree" };
const ENVIRONMENT_TITLES: Record<string, string> = { python: "Python", platform: "Platform", cpu: "CPU", gpus: "GPUs" };

/** Headings over columns of one source. */
export const SOURCE_TITLES: Record<ColumnSource, string> = {
  run: "Run",
  metric: "Metrics",
  param: "Params",
  tag: "Tags",
  data: "Data",
  code: "Code",
  environment: "Environment",
  package: "Packages",
};

const ASPECT_TITLES = { last: "", min: " (lowest)", max: " (highest)", count: " (points)", lastStep: " (last step)" };

export function titleOf({ source, key, aspect = "last" }: ColumnKey): string {
  if (source === "run") return RUN_TITLES[key] ?? key;
  if (source === "code") return CODE_TITLES[key] ?? key;
  if (source === "environment") return ENVIRONMENT_TITLES[key] ?? key;
  if (source !== "metric") return key;
  return typeof aspect === "number" ? `${key} (step ${aspect})` : `${key}${ASPECT_TITLES[aspect]}`;
}

/** In what order columns stand, as long as nobody moves them. */
const FIRST_RUN_COLUMNS = ["name", "status", "startTime", "duration", "experiment"];
const SOURCE_ORDER: ColumnSource[] = ["metric", "param", "tag", "data", "code", "environment", "package"];
const LATE_RUN_COLUMNS = [
  ...["note", "pinned", "script", "command", "exitCode", "endTime", "parent", "inputs", "gaps", "warnings"],
];
/** Shown whether or not the runs differ in them. */
const ALWAYS = new Set(["run:name", "run:status", "run:startTime", "run:duration"]);
/** Of no use to tell runs apart, unless asked for: they always or never differ. */
const ON_REQUEST = new Set(
  ["endTime", "command", "exitCode", "parent", "inputs", "gaps", "warnings", "pinned"]
    .map((key) => `run:${key}`)
    .concat(["code:head", "code:dirty", "environment:cpu"]),
);
const isOnRequest = (column: ColumnKey) =>
  ON_REQUEST.has(columnId(column)) ||
  column.source === "package" ||
  (column.aspect !== undefined && column.aspect !== "last") ||
  (column.source === "metric" && column.key.startsWith("system/"));

const collator = new Intl.Collator("en", { numeric: true });

function rank(column: ColumnKey): number {
  if (column.source === "run") {
    const early = FIRST_RUN_COLUMNS.indexOf(column.key);
    return early >= 0 ? early : 1000 + LATE_RUN_COLUMNS.indexOf(column.key);
  }
  return 100 + SOURCE_ORDER.indexOf(column.source);
}

/** Every column, with those that the view asks for besides, in the order in which they stand. */
export function arrangeColumns(known: readonly ColumnKey[], view: TableView): ColumnKey[] {
  const columns = new Map(known.map((column) => [columnId(column), column]));
  for (const id of view.shown) {
    const column = columnOf(id);
    if (column && !columns.has(id)) columns.set(id, column);
  }
  const places = new Map(view.order.map((id, place) => [id, place]));
  const place = (column: ColumnKey) => places.get(columnId(column)) ?? view.order.length;
  const pinned = (column: ColumnKey) => (view.pinned.includes(columnId(column)) ? 0 : 1);
  return [...columns.values()].sort(
    (a, b) =>
      pinned(a) - pinned(b) || place(a) - place(b) || rank(a) - rank(b) || collator.compare(titleOf(a), titleOf(b)),
  );
}

/** Those of the arranged columns that are shown; `differ` has the ids of columns in which the runs are not all the same. */
export function shownColumns(
  arranged: readonly ColumnKey[],
  view: TableView,
  differ: ReadonlySet<string>,
): ColumnKey[] {
  const [shown, hidden] = [new Set(view.shown), new Set(view.hidden)];
  return arranged.filter((column) => {
    const id = columnId(column);
    if (hidden.has(id)) return false;
    if (ALWAYS.has(id) || shown.has(id)) return true;
    return !isOnRequest(column) && (view.whole || differ.has(id));
  });
}

/** Columns in which these rows do not all have the same value. What all of them lack is the same, too. */
export function differingColumns(data: TableData, columns: readonly ColumnKey[], rows: Uint32Array): Set<string> {
  const found = new Set<string>();
  if (rows.length < 2) {
    // Of one run everything it has tells something.
    const [only] = rows;
    for (const column of columns) {
      if (only !== undefined && data.value(column, only) !== undefined) found.add(columnId(column));
    }
    return found;
  }
  for (const column of columns) if (differs(data, column, rows)) found.add(columnId(column));
  return found;
}

function differs(data: TableData, column: ColumnKey, rows: Uint32Array): boolean {
  const cells = data.cells(column);
  if (!cells) return false;
  const first = rows[0]!;
  if (cells.kind === "text") return rows.some((row) => cells.codes[row] !== cells.codes[first]);
  const { values, present } = cells;
  return rows.some(
    (row) => present[row] !== present[first] || (present[row] === 1 && !Object.is(values[row], values[first])),
  );
}

const WIDTHS: Record<string, number> = {
  "run:name": 230,
  "run:status": 96,
  "run:startTime": 130,
  "run:duration": 100,
  "run:note": 220,
  "run:command": 300,
  "run:experiment": 130,
};
const CHARACTER = 7.2;

/** Pixels. */
export function widthOf(column: ColumnKey, view: TableView): number {
  const id = columnId(column);
  if (Object.hasOwn(view.widths, id)) return view.widths[id]!;
  // Beside the value stands how far it is from the baseline's.
  const least = view.baseline !== null && (column.source === "metric" || column.source === "param") ? 160 : 90;
  return WIDTHS[id] ?? Math.round(Math.min(240, Math.max(least, titleOf(column).length * CHARACTER + 34)));
}
