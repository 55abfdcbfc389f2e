/**
 * What the page knows of the runs, as columns. Rows are numbered in the order in which they became known, and keep their number:
 * a run that changes is written over in place, and one that goes leaves its row empty.
 */
import type { Cells, Table } from "../../src/domain/query/match";
import {
  type ColumnCells,
  type ColumnKey,
  type ColumnSource,
  columnId,
  splitIds,
  type TableRows,
} from "../../src/domain/table/columns";

type NumberColumn = Extract<Cells, { kind: "number" }>;
interface TextColumn {
  kind: "text";
  codes: Uint32Array;
  texts: string[];
}

export type Value = number | string | undefined;

interface Column {
  key: ColumnKey;
  cells: NumberColumn | TextColumn;
  /** Place of each text, while rows are still written. */
  places: Map<string, number>;
  /** Whether all rows have been told of, or only the first ones. */
  whole: boolean;
  /** Moves with each change. */
  version: number;
}

export class TableData implements Table {
  ids: string[] = [];
  /** By row. */
  private alive = new Uint8Array(0);
  private numbers = new Map<number, number>();
  private rowsById = new Map<string, number>();
  private readonly columns = new Map<string, Column>();
  private known: ColumnKey[] = [];
  /** All runs are known, not only the first ones. */
  whole = false;
  /** With those that are too many to be told. */
  total = 0;
  /** Moves with each change of any kind. */
  version = 0;
  /** Moves when rows come or go. */
  rowsVersion = 0;
  /** Moves when columns come, or come whole. */
  columnsVersion = 0;
  private readonly rowVersions = new Map<number, number>();

  get rows(): number {
    return this.ids.length;
  }

  /** Numbers of the rows that have a run, in the order in which they became known. */
  liveRows(): Uint32Array {
    const rows = new Uint32Array(this.alive.subarray(0, this.rows).reduce((sum, one) => sum + one, 0));
    let at = 0;
    for (let row = 0; row < this.rows; row++) if (this.alive[row]) rows[at++] = row;
    return rows;
  }

  rowOf(id: string): number | undefined {
    const row = this.rowsById.get(id);
    return row !== undefined && this.alive[row] ? row : undefined;
  }

  isAlive = (row: number): boolean => this.alive[row] === 1;
  rowVersion = (row: number): number => this.rowVersions.get(row) ?? 0;
  cells = (column: ColumnKey): Cells | undefined => this.columns.get(columnId(column))?.cells;
  columnVersion = (column: ColumnKey): number => this.columns.get(columnId(column))?.version ?? 0;
  isWhole = (column: ColumnKey): boolean => this.columns.get(columnId(column))?.whole ?? false;

  /** Every column that there is, also those of which no cell is known yet. */
  allColumns(): readonly ColumnKey[] {
    return this.known;
  }

  columnsOf(source: ColumnSource): ColumnKey[] {
    return this.known.filter((column) => column.source === source);
  }

  value(column: ColumnKey, row: number): Value {
    const cells = this.cells(column);
    if (!cells) return undefined;
    if (cells.kind === "number") return cells.present[row] ? cells.values[row] : undefined;
    const code = cells.codes[row]!;
    return code === 0 ? undefined : cells.texts[code - 1];
  }

  /** Runs with all that they have: what is known of these is forgotten first. */
  addPart(rows: TableRows, columns: readonly ColumnCells[]): void {
    const ids = splitIds(rows.ids);
    for (const [at, number] of rows.runs.entries()) this.addRow(number, ids[at]!);
    const changed = Array.from(rows.runs, (number) => this.numbers.get(number)!);
    const before = new Map<Column, Value[]>();
    for (const column of this.columns.values()) {
      before.set(
        column,
        changed.map((row) => this.value(column.key, row)),
      );
      for (const row of changed) {
        if (column.cells.kind === "number") column.cells.present[row] = 0;
        else column.cells.codes[row] = 0;
      }
    }
    for (const cells of columns) this.fill(this.columnFor(cells), cells);
    // What is sorted or filtered by a column that has not changed stays as it is.
    for (const column of this.columns.values()) {
      const was = before.get(column);
      if (changed.some((row, at) => !Object.is(this.value(column.key, row), was?.[at]))) column.version++;
    }
    for (const row of changed) this.rowVersions.set(row, this.rowVersion(row) + 1);
    this.version++;
  }

  /** All runs that there are now, and the names of all columns. */
  setIndex(rows: TableRows, columns: readonly ColumnKey[], total: number): void {
    const ids = splitIds(rows.ids);
    const now = new Set(ids);
    for (const id of this.ids) if (!now.has(id)) this.removeRun(id);
    for (const [at, number] of rows.runs.entries()) this.addRow(number, ids[at]!);
    for (const column of this.columns.values()) column.whole = false;
    const listed = new Set(columns.map(columnId));
    const others = this.known.filter((column) => !listed.has(columnId(column)) && this.columns.has(columnId(column)));
    this.known = [...columns, ...others];
    this.whole = true;
    this.total = total;
    this.version++;
    this.columnsVersion++;
  }

  removeRun(id: string): void {
    const row = this.rowsById.get(id);
    if (row === undefined || !this.alive[row]) return;
    this.alive[row] = 0;
    this.total = Math.max(0, this.total - 1);
    this.rowsVersion++;
    this.version++;
  }

  /** Whole columns. */
  setColumns(columns: readonly ColumnCells[]): void {
    for (const cells of columns) {
      const column = this.columnFor(cells);
      column.cells = this.emptyCells(cells);
      column.places.clear();
      this.fill(column, cells);
      column.whole = true;
      column.version++;
    }
    this.version++;
    this.columnsVersion++;
  }

  private addRow(number: number, id: string): void {
    const known = this.numbers.get(number);
    if (known !== undefined && this.ids[known] === id) {
      if (this.alive[known]) return;
      this.alive[known] = 1;
      this.total++;
      this.rowsVersion++;
      return;
    }
    const row = this.ids.length;
    this.ids.push(id);
    this.numbers.set(number, row);
    this.rowsById.set(id, row);
    if (row >= this.alive.length) this.grow(Math.max(128, row * 2));
    this.alive[row] = 1;
    this.total++;
    this.rowsVersion++;
  }

  private grow(size: number): void {
    this.alive = enlarged(this.alive, size);
    for (const { cells } of this.columns.values()) {
      if (cells.kind === "number") {
        cells.values = enlarged(cells.values, size);
        cells.present = enlarged(cells.present, size);
      } else cells.codes = enlarged(cells.codes, size);
    }
  }

  private columnFor(cells: ColumnCells): Column {
    const id = columnId(cells.column);
    let column = this.columns.get(id);
    if (!column) {
      const key = cells.column;
      column = { key, cells: this.emptyCells(cells), places: new Map(), whole: false, version: 0 };
      this.columns.set(id, column);
      if (!this.known.some((one) => columnId(one) === id)) this.known = [...this.known, key];
      this.columnsVersion++;
    }
    return column;
  }

  private emptyCells({ cells }: ColumnCells): Column["cells"] {
    const size = this.alive.length;
    if (cells.kind === "text") return { kind: "text", codes: new Uint32Array(size), texts: [] };
    return { kind: "number", values: new Float64Array(size), present: new Uint8Array(size) };
  }

  private fill({ cells, places }: Column, column: ColumnCells): void {
    const given = column.cells;
    if (cells.kind === "number" && given.kind === "number") {
      for (const [at, number] of column.runs.entries()) {
        const row = this.numbers.get(number);
        if (row === undefined) continue;
        cells.values[row] = given.values[at]!;
        cells.present[row] = 1;
      }
    } else if (cells.kind === "text" && given.kind === "text") {
      const codes = given.texts.map((text) => codeOf(cells, places, text));
      for (const [at, number] of column.runs.entries()) {
        const row = this.numbers.get(number);
        if (row !== undefined) cells.codes[row] = codes[given.codes[at]!]!;
      }
    }
  }
}

function codeOf(cells: TextColumn, places: Map<string, number>, text: string): number {
  const known = places.get(text);
  if (known !== undefined) return known;
  cells.texts.push(text);
  places.set(text, cells.texts.length);
  return cells.texts.length;
}

function enlarged<T extends Uint8Array | Uint32Array | Float64Array>(array: T, size: number): T {
  const larger = new (array.constructor as new (size: number) => T)(size);
  larger.set(array);
  return larger;
}
