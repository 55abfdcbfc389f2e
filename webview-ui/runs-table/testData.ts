/** For tests: a table from rows of plain values. */
import { type ColumnCells, type ColumnKey, columnId, columnOf } from "../../src/domain/table/columns";
import { TableData } from "./data";

type Row = Record<string, number | string | undefined>;

export const idOf = (number: number): string => number.toString(16).padStart(32, "0");
export const column = (id: string): ColumnKey => columnOf(id)!;

/** Rows by run number; keys as `columnId` writes them. The run's start is its number, unless said otherwise. */
export function partOf(rows: Record<number, Row>) {
  const numbers = Object.keys(rows).map(Number);
  const columns = new Map<string, { runs: number[]; values: (number | string)[] }>();
  for (const number of numbers) {
    for (const [id, value] of Object.entries({ "run:startTime": number, ...rows[number] })) {
      if (value === undefined) continue;
      const found = columns.get(id) ?? { runs: [], values: [] };
      columns.set(id, found);
      found.runs.push(number);
      found.values.push(value);
    }
  }
  return {
    rows: { runs: Uint32Array.from(numbers), ids: numbers.map(idOf).join("") },
    columns: Array.from(columns, ([id, { runs, values }]): ColumnCells => {
      const texts = [...new Set(values as string[])];
      const cells: ColumnCells["cells"] =
        typeof values[0] === "number"
          ? { kind: "number", values: Float64Array.from(values as number[]) }
          : { kind: "text", codes: Uint32Array.from(values, (value) => texts.indexOf(String(value))), texts };
      return { column: columnOf(id)!, runs: Uint32Array.from(runs), cells };
    }),
  };
}

export function tableOf(rows: Record<number, Row>): TableData {
  const data = new TableData();
  const { rows: known, columns } = partOf(rows);
  data.addPart(known, columns);
  const keys = columns.map((cells) => cells.column);
  data.setIndex(known, [...new Map(keys.map((key) => [columnId(key), key])).values()], known.runs.length);
  data.setColumns(columns);
  return data;
}
