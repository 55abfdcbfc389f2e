/** The first rows of a table, as they are shown. */
import type { TableFormat } from "../../domain/tableComparison";
import type { Cell } from "./cell";
import { FaultLog } from "./readers/faultLog";
import { readTable } from "./readers/readTable";
import type { CellSink } from "./readers/tableReader";

export interface TablePreview {
  columns: string[];
  /** Texts as the file has them, long ones cut; null: missing. */
  rows: (string | null)[][];
  /** There are more rows, or columns, than these. */
  moreRows: boolean;
  moreColumns: boolean;
  /** Whether the file ends here, undamaged. */
  complete: boolean;
  /** What is wrong in the file, as far as it was read. */
  faults: string[];
}

/** At most. */
export interface PreviewSize {
  rows: number;
  columns: number;
}

/** Rejects as `readTable` does: a UserError when the file is no such table. */
export async function previewTable(file: string, format: TableFormat, most: PreviewSize): Promise<TablePreview> {
  const sink = new PreviewSink(most);
  const faults = new FaultLog();
  const { complete } = await readTable(file, { format, sink, faults, limit: most.rows + 1, onProgress: () => {} });
  return { ...sink.preview(), complete, faults: faults.list().map(({ message }) => message) };
}

class PreviewSink implements CellSink {
  private readonly names = new Map<string, number>();
  private readonly rows: (string | null)[][] = [];
  private complete = 0;
  private moreColumns = false;

  constructor(private readonly most: PreviewSize) {}

  column(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    if (this.names.size === this.most.columns) {
      this.moreColumns = true;
      return -1;
    }
    this.names.set(name, this.names.size);
    return this.names.size - 1;
  }

  cell(row: number, column: number, cell: Cell): void {
    const at = this.complete + row;
    if (at >= this.most.rows) return;
    while (this.rows.length <= at) this.rows.push([]);
    this.rows[at]![column] = cell.text();
  }

  flush(rows: number): boolean {
    this.complete += rows;
    return this.complete <= this.most.rows;
  }

  preview(): Omit<TablePreview, "complete" | "faults"> {
    const columns = [...this.names.keys()];
    const shown = Math.min(this.complete, this.most.rows);
    const rows = Array.from({ length: shown }, (_, at) =>
      columns.map((_name, column) => this.rows[at]?.[column] ?? null),
    );
    return { columns, rows, moreRows: this.complete > this.most.rows, moreColumns: this.moreColumns };
  }
}
