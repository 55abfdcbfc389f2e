/** How the Runs table is arranged: what comes back after a reload, and what a saved view holds. */
import * as z from "zod";
import { TableScope } from "../domain/table/columns";

/** Columns are named by `columnId`. What a view names and the table has not is passed over. */
export const TableView = z.object({
  filter: z.string().max(20_000).default(""),
  sort: z.array(z.object({ column: z.string(), descending: z.boolean() })).default([]),
  /** Rows with the same values in these columns are one. */
  groups: z.array(z.string()).default([]),
  /** Groups that are unfolded, by their key. */
  unfolded: z.array(z.string()).default([]),
  /** Also columns in which all runs are the same. */
  whole: z.boolean().default(false),
  /** Columns that were shown or hidden by hand. */
  shown: z.array(z.string()).default([]),
  hidden: z.array(z.string()).default([]),
  /** Columns that stay in sight. */
  pinned: z.array(z.string()).default(["run:name"]),
  /** These come first, in this order. */
  order: z.array(z.string()).default([]),
  /** Pixels. */
  widths: z.record(z.string(), z.number().min(30).max(2000)).default({}),
  /** Id of the run that others are compared with. */
  baseline: z.string().nullable().default(null),
  heat: z.boolean().default(false),
  /** By metric, what differs from the guess. */
  better: z.record(z.string(), z.enum(["less", "more", "neither"])).default({}),
});
export type TableView = z.infer<typeof TableView>;

export const DEFAULT_TABLE_VIEW: TableView = TableView.parse({});

/** What the page leaves with VS Code, to come back after a reload. */
export const RunsTableState = z.object({
  root: z.string(),
  scope: TableScope,
  title: z.string(),
  view: TableView.optional(),
  /** Ids of runs. */
  selected: z.array(z.string()).optional(),
});
export type RunsTableState = z.infer<typeof RunsTableState>;

/** A file of `.modeltrail-views/`. */
export const SavedView = z.object({ name: z.string().min(1).max(200), view: TableView });
export type SavedView = z.infer<typeof SavedView>;
