/**
 * The Runs table: what its page and the extension host say to each other.
 *
 * 1. The page calls `load` as soon as it listens, and draws the newest runs. It then calls `index` for all runs, and `columns`,
 *    some at a time, first for those that it shows.
 * 2. The host notifies `changed` when runs changed; the page asks for those with `runs`, and for all when they are too many.
 * 3. What is edited in the page is sent at once; the row changes when the store has it.
 */
import * as z from "zod";
import { ColumnCells, ColumnKey, TableRows } from "../domain/table/columns";
import type { Contract } from "./contract";
import { RunsTableState, SavedView } from "./tableView";

const TablePart = z.object({ rows: TableRows, columns: z.array(ColumnCells) });
export type TablePart = z.infer<typeof TablePart>;

const TableIndex = z.object({
  rows: TableRows,
  columns: z.array(ColumnKey),
  total: z.number(),
  /** Metrics of which less is guessed to be better. */
  lessIsBetter: z.array(z.string()),
});
export type TableIndex = z.infer<typeof TableIndex>;

/** What can be done with the runs that are selected. Each is one of the extension's commands. */
export const TableAction = z.enum([
  "showDifferences",
  "openSideBySide",
  "compareCode",
  "compareWithWorkspace",
  "openCharts",
  "openLog",
  "showInTree",
  "editTags",
  "moveToExperiment",
  "restoreToFolder",
  "reproduce",
  "delete",
]);
export type TableAction = z.infer<typeof TableAction>;

const NoArgument = z.object({});
const ids = z.array(z.string());

/** What the page asks of the host. */
export const runsTableHost = {
  load: {
    argument: NoArgument,
    result: z.object({
      state: RunsTableState,
      part: TablePart,
      lessIsBetter: z.array(z.string()),
      /** Saved views by name. */
      views: z.array(SavedView),
      /** What cannot be done here. */
      without: z.array(TableAction),
      /** Takes the place of the view's; null: nothing else was chosen meanwhile. */
      filter: z.string().nullable(),
    }),
  },
  index: { argument: NoArgument, result: TableIndex },
  columns: { argument: z.object({ columns: z.array(ColumnKey) }), result: z.array(ColumnCells) },
  /** `more`: columns to be told besides those that runs have by themselves. Runs that are gone are left out. */
  runs: { argument: z.object({ ids, more: z.array(ColumnKey) }), result: TablePart },
  rename: { argument: z.object({ id: z.string(), name: z.string() }), result: z.void() },
  setNote: { argument: z.object({ id: z.string(), note: z.string() }), result: z.void() },
  /** Null takes the tag away. */
  setTag: { argument: z.object({ ids, key: z.string(), value: z.string().nullable() }), result: z.void() },
  setPinned: { argument: z.object({ ids, pinned: z.boolean() }), result: z.void() },
  act: { argument: z.object({ action: TableAction, ids }), result: z.void() },
  copy: { argument: z.object({ text: z.string() }), result: z.void() },
  /** Asks for a name, and writes the view into the project; gives all views, or null when it was called off. */
  saveView: { argument: SavedView.partial({ name: true }), result: z.array(SavedView).nullable() },
  deleteView: { argument: z.object({ name: z.string() }), result: z.array(SavedView) },
} satisfies Contract;

/** What the host tells the page. */
export const runsTablePage = {
  /** `all`: too many to name. */
  changed: { argument: z.object({ runs: ids, removed: ids, all: z.boolean() }), result: z.void() },
  /** Elsewhere it was chosen which runs are to show. */
  filter: { argument: z.object({ filter: z.string() }), result: z.void() },
  viewsChanged: { argument: z.object({ views: z.array(SavedView) }), result: z.void() },
} satisfies Contract;
