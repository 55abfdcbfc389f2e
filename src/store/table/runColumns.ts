/** Cells of what runs have of themselves, and of their code. */

import type { CodeVersion } from "../../domain/run";
import { CODE_COLUMNS, type CodeColumn, type ColumnKey, RUN_COLUMNS, type RunColumn } from "../../domain/table/columns";
import { joinWords } from "../../protocol/words";
import type { Database } from "../database";
import type { CellsBuilder } from "./cells";
import { type RunFilter, where } from "./runFilter";

type Cell = number | string | null;

/** Null: the run has none. */
const EXPRESSIONS: Record<RunColumn, string> = {
  name: "name",
  experiment: "(SELECT e.name FROM experiments e WHERE e.id = r.experiment)",
  status: "status",
  startTime: "start_time",
  endTime: "end_time",
  duration: "end_time - start_time",
  pinned: "pinned",
  note: "nullif(note, '')",
  script: "script",
  command: "command",
  exitCode: "exit_code",
  parent: "parent",
  inputs: "lower(hex(inputs))",
  gaps: "(SELECT count(*) FROM gaps g WHERE g.run = r.seq)",
  warnings: "(SELECT count(*) FROM warnings w WHERE w.run = r.seq)",
};

export function addRunColumns(
  db: Database,
  builder: CellsBuilder,
  runs: RunFilter,
  keys: readonly ColumnKey[] | null,
): void {
  const wanted = (keys?.map(({ key }) => key) ?? Object.keys(RUN_COLUMNS)).filter(isRunColumn);
  if (wanted.length === 0) return;
  const values = wanted.map((key) => `${EXPRESSIONS[key]} AS ${key}`);
  const sql = `SELECT seq, ${values.join(", ")} FROM (SELECT *, seq AS run FROM runs) r ${where("deleted IS NULL", runs.sql)}`;
  const rows = db.all<Record<string, Cell> & { seq: number }>(sql, ...runs.values);
  for (const key of wanted) {
    const cells = builder.column({ source: "run", key }, RUN_COLUMNS[key]);
    for (const row of rows) {
      const value = row[key] ?? null;
      if (value !== null && value !== "")
        cells.add(row.seq, key === "command" ? joinWords(JSON.parse(String(value)) as string[]) : value);
    }
  }
}

export function addCode(db: Database, builder: CellsBuilder, runs: RunFilter, keys: readonly ColumnKey[] | null): void {
  const wanted = (keys?.map(({ key }) => key) ?? Object.keys(CODE_COLUMNS)).filter(isCodeColumn);
  if (wanted.length === 0) return;
  const sql = `SELECT seq, code FROM (SELECT *, seq AS run FROM runs) ${where("deleted IS NULL", "code IS NOT NULL", runs.sql)}`;
  const columns = wanted.map((key) => ({ key, cells: builder.column({ source: "code", key }, "text") }));
  for (const { seq, code } of db.all<{ seq: number; code: string }>(sql, ...runs.values)) {
    const version = JSON.parse(code) as CodeVersion;
    for (const { key, cells } of columns) {
      const value = key === "dirty" ? dirtyWord(version) : version[key];
      if (value !== null) cells.add(seq, value);
    }
  }
}

const dirtyWord = ({ dirty }: CodeVersion) => (dirty === null ? null : dirty ? "changed" : "as committed");
const isRunColumn = (key: string): key is RunColumn => Object.hasOwn(RUN_COLUMNS, key);
const isCodeColumn = (key: string): key is CodeColumn => Object.hasOwn(CODE_COLUMNS, key);
