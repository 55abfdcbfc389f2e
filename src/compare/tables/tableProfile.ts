/** Reads a whole table once: describes its columns and makes a record of each row. */
import fs from "node:fs";
import type { TableDescription, TableFormat } from "../../domain/tableComparison";
import type { Cell } from "./cell";
import { ColumnProfile, type ColumnSummary, precisionFor } from "./columnProfile";
import { MOST_COLUMNS } from "./limits";
import { FaultLog } from "./readers/faultLog";
import { readTable } from "./readers/readTable";
import type { CellSink, TableFacts } from "./readers/tableReader";
import { type RecordStore, RecordWriter } from "./rows/recordStore";
import { MOST_PRINTS, RowHasher } from "./rows/rowHasher";

/** How rows are to be matched with those of another version. */
export interface MatchPlan {
  /** Names of the columns that both have, in an order that both use. */
  columns: string[];
  key: string | null;
  /** The folder for temporary files. */
  folder: string;
}

export interface ProfileRequest {
  file: string;
  format: TableFormat;
  /** How many columns are expected. */
  columns: number;
  /** Null: rows are not to be matched. */
  match: MatchPlan | null;
}

export interface TableProfile {
  table: Omit<TableDescription, "columns">;
  columns: ColumnSummary[];
  /** Null when rows are not to be matched, or could not be kept, as `problem` says. */
  records: RecordStore | null;
  /** A hash over the rows in their order. */
  order: number;
  problem: string | null;
  /** Frees what `records` needs. */
  close(): void;
}

/** Rejects as `readTable` does. */
export async function profileTable(
  request: ProfileRequest,
  onProgress: (bytes: number) => void,
): Promise<TableProfile> {
  const { file, format } = request;
  const before = fs.statSync(file);
  const faults = new FaultLog();
  const sink = new ProfileSink(request);
  try {
    const facts: TableFacts = await readTable(file, { format, sink, faults, onProgress });
    if (sink.rows === 0 && sink.columns.length === 0 && facts.complete) faults.add("empty", null);
    const after = fs.statSync(file);
    const isSame = before.size === after.size && before.mtimeMs === after.mtimeMs;
    if (!isSame) faults.add("damaged", null, "The file was changed while it was read.");
    return {
      table: {
        format,
        ...facts,
        complete: facts.complete && isSame,
        bytes: before.size,
        rows: sink.rows,
        faults: faults.list(),
      },
      columns: sink.columns.map((column) => column.summary(sink.rows)),
      ...sink.finishRows(),
      close: () => sink.close(),
    };
  } catch (error) {
    sink.close();
    throw error;
  }
}

class ProfileSink implements CellSink {
  rows = 0;
  readonly columns: ColumnProfile[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly hasher: RowHasher | null;
  private writer: RecordWriter | null;
  private problem: string | null = null;

  constructor(private readonly request: ProfileRequest) {
    const { match } = request;
    this.hasher = match && new RowHasher(match.key !== null, printsOf(match));
    this.writer = match && new RecordWriter({ width: this.hasher!.width, folder: match.folder });
  }

  column(name: string, declaredType: string | null): number {
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    const index = this.columns.length;
    if (index === MOST_COLUMNS) return -1;
    const { format, columns, match } = this.request;
    const isTyped = format === "jsonl" || format === "parquet";
    const profile = new ColumnProfile(name, precisionFor(Math.max(columns, index)), isTyped);
    profile.declaredType = declaredType;
    this.columns.push(profile);
    this.indexes.set(name, index);
    if (match) this.hasher!.plan(index, match.columns.indexOf(name), name === match.key);
    return index;
  }

  cell(row: number, column: number, cell: Cell): void {
    const profile = this.columns[column];
    if (!profile) return;
    profile.add(cell);
    this.hasher?.add(row, column, cell);
  }

  flush(rows: number): boolean {
    this.rows += rows;
    const { writer } = this;
    if (!writer) return true;
    try {
      this.hasher!.flush(rows, (records, at) => writer.add(records, at));
    } catch (error) {
      this.problem = `Rows were not matched: no room in ${this.request.match!.folder} (${(error as Error).message}).`;
      this.close();
      this.writer = null;
    }
    return true;
  }

  finishRows(): Pick<TableProfile, "records" | "order" | "problem"> {
    return { records: this.writer?.finish() ?? null, order: this.hasher?.order ?? 0, problem: this.problem };
  }

  close(): void {
    this.writer?.close();
  }
}

/** How many columns have their changes counted. */
export function printsOf({ columns, key }: MatchPlan): number {
  return key === null ? 0 : Math.min(columns.length, MOST_PRINTS);
}
