/** The rows of a table in memory, or some of them: what models are evaluated on. */
import { stat } from "node:fs/promises";
import { BOOLEAN, type Cell, INTEGER, NESTED, NUMBER } from "../../../compare/tables/cell";
import { FaultLog } from "../../../compare/tables/readers/faultLog";
import { readTable } from "../../../compare/tables/readers/readTable";
import type { CellSink } from "../../../compare/tables/readers/tableReader";
import { tableFormatOf } from "../../../compare/tables/tableFormat";
import { UserError } from "../../../domain/errors";
import type { TableFormat } from "../../../domain/tableComparison";
import type { CellValue, TableColumns } from "../evaluate/contract";
import { drawPlaces } from "../statistics/random";

export interface Rows {
  /** How many these are, of how many in the file. */
  count: number;
  total: number;
  /** In the file's order. A column with any text in it is all text. */
  columns: TableColumns;
}

/** Reading ends here: more is no data to evaluate on. */
const MOST_BYTES = 4 * 2 ** 30;

/** The format of a table. Throws UserError when the file is not there, or is no table. */
export async function tableToRead(file: string): Promise<{ format: TableFormat; bytes: number }> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new UserError(`There is no file ${file}.`);
  const format = tableFormatOf(file);
  if (!format) throw new UserError(`${file} is no table that can be read: CSV, TSV, JSON Lines and Parquet can.`);
  return { format, bytes: found.size };
}

/**
 * `most` rows of the file, drawn by a fixed seed when it has more, in the file's order. Throws UserError when it is no table,
 * is damaged, holds nothing, or is too big.
 */
export async function readRows(file: string, most: number, signal: AbortSignal): Promise<Rows> {
  const { format, bytes } = await tableToRead(file);
  if (bytes > MOST_BYTES) throw new UserError(`${file} is too big to evaluate on. Save some of its rows to a file.`);
  // Twice, so that only the wanted rows are held and a column's kind is known before.
  const overview = new Overview();
  await read(file, format, overview, signal);
  if (overview.rows === 0) throw new UserError(`${file} holds no rows.`);
  const chosen = overview.rows > most ? drawPlaces(overview.rows, most) : null;
  const gatherer = new Gatherer(overview.textColumns, chosen);
  await read(file, format, gatherer, signal);
  return { count: chosen ? most : overview.rows, total: overview.rows, columns: gatherer.columns(overview.rows) };
}

async function read(file: string, format: TableFormat, sink: CellSink, signal: AbortSignal): Promise<void> {
  const faults = new FaultLog();
  const { complete } = await readTable(file, { format, sink, faults, onProgress: () => signal.throwIfAborted() });
  signal.throwIfAborted();
  if (complete) return;
  const said = faults.list().map(({ message }) => message);
  throw new UserError(`${file} could not be read to its end. ${said.join(" ")}`);
}

/** Numbers columns in the order in which they come. */
class Names {
  readonly list: string[] = [];
  private readonly places = new Map<string, number>();

  place(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    this.places.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}

class Overview implements CellSink {
  rows = 0;
  /** Those that hold anything but numbers and truth values, or both of these. */
  readonly textColumns = new Set<number>();
  private readonly names = new Names();
  private readonly kinds: number[] = [];

  column(name: string): number {
    return this.names.place(name);
  }

  cell(_row: number, column: number, { kind }: Cell): void {
    const isNumber = kind === INTEGER || kind === NUMBER;
    const now = isNumber ? NUMBER : kind;
    const before = this.kinds[column];
    this.kinds[column] = now;
    if ((now !== NUMBER && now !== BOOLEAN) || (before !== undefined && before !== now)) this.textColumns.add(column);
  }

  flush(rows: number): boolean {
    this.rows += rows;
    return true;
  }
}

class Gatherer implements CellSink {
  private readonly names = new Names();
  private readonly values: CellValue[][] = [];
  private complete = 0;
  /** By row of the file, its place here; null: all are wanted. */
  private readonly places: Map<number, number> | null;

  constructor(
    private readonly textColumns: ReadonlySet<number>,
    private readonly chosen: readonly number[] | null,
  ) {
    this.places = chosen && new Map(chosen.map((row, place) => [row, place]));
  }

  column(name: string): number {
    const place = this.names.place(name);
    this.values[place] ??= [];
    return place;
  }

  cell(row: number, column: number, cell: Cell): void {
    const inFile = this.complete + row;
    const at = this.places ? this.places.get(inFile) : inFile;
    if (at === undefined) return;
    this.values[column]![at] = readValue(cell, this.textColumns.has(column));
  }

  flush(rows: number): boolean {
    this.complete += rows;
    return true;
  }

  columns(total: number): TableColumns {
    const count = this.chosen?.length ?? total;
    const filled = (values: CellValue[]) => Array.from({ length: count }, (_, at) => values[at] ?? null);
    const columns = Object.create(null) as Record<string, CellValue[]>;
    for (const [place, name] of this.names.list.entries()) columns[name] = filled(this.values[place]!);
    return columns;
  }
}

function readValue(cell: Cell, asText: boolean): CellValue {
  if (asText) return cell.whole();
  if (cell.kind === BOOLEAN) return cell.text() === "true";
  // Neither is left to be a number when it is no text column.
  return cell.kind === NESTED ? cell.whole() : cell.number;
}
