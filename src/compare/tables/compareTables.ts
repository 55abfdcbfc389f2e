import os from "node:os";
import { UserError } from "../../domain/errors";
import type { ColumnChange, RowChanges, TableComparison } from "../../domain/tableComparison";
import { compareColumns } from "./columnChanges";
import { fileSize } from "./fileSize";
import type { HeadColumn } from "./headProfile";
import { findKey } from "./keyColumn";
import type { CompareTablesOptions, TableSource } from "./options";
import type { RowMatch } from "./rows/matchRows";
import { type MatchPlan, printsOf } from "./tableProfile";
import { type ProfiledTable, startTableThread, type TableThread } from "./tableThread";
import { untilAborted } from "./untilAborted";

/**
 * Compares two versions of a table of any size in bounded memory, each in a thread of its own. They may be of different
 * formats. Faults in them are part of the comparison. Rejects with a UserError when a file cannot be read at all, is no table
 * or has no column `keyColumn`, and with the signal's reason.
 */
export async function compareTables(
  before: TableSource,
  after: TableSource,
  options: CompareTablesOptions = {},
): Promise<TableComparison> {
  const { signal, workerFile } = options;
  const threads: TableThread[] = [];
  try {
    for (const source of [before, after]) threads.push(startTableThread(source, workerFile));
    return await untilAborted(signal, () => compare(threads[0]!, threads[1]!, [before, after], options));
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

async function compare(
  first: TableThread,
  second: TableThread,
  sources: TableSource[],
  options: CompareTablesOptions,
): Promise<TableComparison> {
  const [headBefore, headAfter] = await Promise.all([first.head(), second.head()]);
  const plan = makePlan(headBefore, headAfter, options.keyColumn ?? null, sources);
  const report = progressOf(sources, options.onProgress);
  const [before, after] = await Promise.all([
    first.profile(headBefore.length, plan, (bytes) => report(0, bytes)),
    second.profile(headAfter.length, plan, (bytes) => report(1, bytes)),
  ]);
  for (const [index, source] of sources.entries()) report(index, fileSize(source.path));
  const rows = await compareRows(first, second, before, after, plan, options.keyColumn !== undefined);
  const columns = compareColumns(before.columns, after.columns);
  const prints = plan ? plan.columns.slice(0, rows.match?.changedByColumn.length ?? 0) : [];
  for (const change of columns) countChangedRows(change, prints, rows.match);
  return { before: before.table, after: after.table, rows: rows.changes, columns };
}

/** Null when there is no column in both. */
function makePlan(
  before: readonly HeadColumn[],
  after: readonly HeadColumn[],
  key: string | null,
  sources: TableSource[],
): MatchPlan | null {
  [before, after].forEach((head, index) => {
    // An empty file has no columns at all, and that says itself.
    if (key === null || head.length === 0 || head.some(({ name }) => name === key)) return;
    const names = head.slice(0, 20).map(({ name }) => name);
    throw new UserError(`${sources[index]!.path} has no column "${key}". It has: ${names.join(", ")}.`);
  });
  const namesAfter = new Set(after.map(({ name }) => name));
  const columns = before.map(({ name }) => name).filter((name) => namesAfter.has(name));
  if (columns.length === 0) return null;
  return { columns, key: key ?? findKey(before, after), folder: os.tmpdir() };
}

async function compareRows(
  first: TableThread,
  second: TableThread,
  before: ProfiledTable,
  after: ProfiledTable,
  plan: MatchPlan | null,
  isKeyGiven: boolean,
): Promise<{ changes: RowChanges; match: RowMatch | null }> {
  const isMatched = plan && before.hasRecords && after.hasRecords;
  const match = isMatched ? await first.match(await second.records(), plan.key !== null, printsOf(plan)) : null;
  const notes = [before.problem ?? after.problem];
  if (!plan) notes.push(noColumns(before, after));
  if (match && !(before.table.complete && after.table.complete)) notes.push("Only what could be read was compared.");
  if (match && match.doubleKeys > 0 && isKeyGiven) {
    notes.push(`"${plan!.key}" has ${match.doubleKeys} values more than once, so rows were matched by content.`);
  }
  const isSame = match && match.added === 0 && match.removed === 0 && (match.changed ?? 0) === 0;
  if (isSame && before.table.rows > 0 && before.order !== after.order) notes.push("The rows are in another order.");
  return {
    match,
    changes: {
      matchedBy: match?.matchedBy ?? null,
      key: match?.matchedBy === "key" ? plan!.key : null,
      columns: plan?.columns.length ?? 0,
      added: match?.added ?? null,
      removed: match?.removed ?? null,
      changed: match?.changed ?? null,
      unchanged: match?.unchanged ?? null,
      note: notes.filter((note) => note !== null).join(" ") || null,
    },
  };
}

function noColumns(before: ProfiledTable, after: ProfiledTable): string | null {
  if (before.columns.length === 0 && after.columns.length === 0) return null;
  return "Rows were not matched: no column is in both versions.";
}

function countChangedRows(change: ColumnChange, counted: string[], match: RowMatch | null): void {
  const index = change.kind === "kept" ? counted.indexOf(change.after!.name) : -1;
  if (index >= 0) change.changedRows = match!.changedByColumn[index]!;
}

/** Adds up what both threads say. */
function progressOf(sources: TableSource[], onProgress: CompareTablesOptions["onProgress"]) {
  const total = sources.reduce((sum, source) => sum + fileSize(source.path), 0);
  const done = [0, 0];
  return (index: number, bytes: number) => {
    done[index] = bytes;
    onProgress?.(Math.min(total, done[0]! + done[1]!), total);
  };
}
