/** Gathers cells, row by row, into columns. */
import { type ColumnCells, type ColumnKey, columnId } from "../../domain/table/columns";

interface Gathered {
  column: ColumnKey;
  runs: number[];
  values: (number | string)[];
  isText: boolean;
}

export class CellsBuilder {
  private readonly gathered = new Map<string, Gathered>();

  /** What is added to it is of this column. */
  column(column: ColumnKey, kind: "number" | "text"): { add(run: number, value: number | string): void } {
    const id = columnId(column);
    let found = this.gathered.get(id);
    if (!found) {
      found = { column, runs: [], values: [], isText: kind === "text" };
      this.gathered.set(id, found);
    }
    const { runs, values } = found;
    return {
      add(run, value) {
        runs.push(run);
        values.push(value);
      },
    };
  }

  build(): ColumnCells[] {
    return Array.from(this.gathered.values(), ({ column, runs, values, isText }) => ({
      column,
      runs: Uint32Array.from(runs),
      cells: isText ? textCells(values as string[]) : { kind: "number", values: Float64Array.from(values as number[]) },
    }));
  }
}

function textCells(values: string[]): ColumnCells["cells"] {
  const places = new Map<string, number>();
  const codes = new Uint32Array(values.length);
  for (const [at, value] of values.entries()) {
    let code = places.get(value);
    if (code === undefined) {
      code = places.size;
      places.set(value, code);
    }
    codes[at] = code;
  }
  return { kind: "text", codes, texts: [...places.keys()] };
}

/** The arrays that the columns own. */
export const arraysOf = (columns: readonly ColumnCells[]): ArrayBufferView[] =>
  columns.flatMap(({ runs, cells }) => [runs, cells.kind === "number" ? cells.values : cells.codes]);
