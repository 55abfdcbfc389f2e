/** The order of rows: by several columns, what is missing always last. */
import type { Cells } from "../../src/domain/query/match";
import { type ColumnKey, columnOf } from "../../src/domain/table/columns";
import type { TableView } from "../../src/protocol/tableView";
import { START } from "./columns";
import type { TableData } from "./data";

/** By row. `kinds`: what the row has, in the order in which the kinds come, whichever way is sorted. */
interface Ranks {
  values: Float64Array;
  kinds: Uint8Array;
}
const [NUMBER, NAN, MISSING] = [0, 1, 2];

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** A new array. Runs that are equal in all columns come newest first. */
export function sortRows(rows: Uint32Array, sort: TableView["sort"], data: TableData): Uint32Array {
  const terms = sort.flatMap(({ column, descending }) => {
    const key = columnOf(column);
    const ranks = key && ranksOf(key, data);
    return ranks ? [{ ...ranks, descending }] : [];
  });
  const starts = ranksOf(START, data);
  if (starts && !sort.some(({ column }) => column === "run:startTime")) terms.push({ ...starts, descending: true });
  return rows.slice().sort((a, b) => compareRows(terms, a, b) || b - a);
}

function compareRows(terms: readonly (Ranks & { descending: boolean })[], a: number, b: number): number {
  for (const { values, kinds, descending } of terms) {
    const [one, other] = [kinds[a]!, kinds[b]!];
    if (one !== other) return one - other;
    if (one === NUMBER && values[a] !== values[b]) return values[a]! < values[b]! === descending ? 1 : -1;
  }
  return 0;
}

function ranksOf(column: ColumnKey, data: TableData): Ranks | undefined {
  const cells = data.cells(column);
  if (!cells) return undefined;
  return cells.kind === "number" ? numberRanks(cells) : textRanks(cells);
}

function numberRanks({ values, present }: Extract<Cells, { kind: "number" }>): Ranks {
  const kindOf = (row: number) => (Number.isNaN(values[row]) ? NAN : NUMBER);
  return { values, kinds: present.map((there, row) => (there ? kindOf(row) : MISSING)) };
}

/** Texts that are numbers come first, by their size; others in the order of words, "run 10" behind "run 9". */
function textRanks({ codes, texts }: Extract<Cells, { kind: "text" }>): Ranks {
  const places = texts.map((text, place) => ({ text, place, number: numberIn(text) }));
  places.sort((a, b) => {
    if (a.number !== undefined && b.number !== undefined)
      return a.number - b.number || collator.compare(a.text, b.text);
    if (a.number !== undefined) return -1;
    return b.number !== undefined ? 1 : collator.compare(a.text, b.text);
  });
  const ranks = new Float64Array(texts.length + 1);
  for (const [rank, { place }] of places.entries()) ranks[place + 1] = rank;
  return {
    values: Float64Array.from(codes, (code) => ranks[code]!),
    kinds: Uint8Array.from(codes, (code) => (code === 0 ? MISSING : NUMBER)),
  };
}

/** The number that a text says; undefined for any other text, and for NaN. */
export function numberIn(text: string): number | undefined {
  if (!/\d/.test(text) || text.length > 40) return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}
