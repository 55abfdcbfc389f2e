/** What a table holds, exactly: every value counts, in memory that does not grow with it unless repeats are looked for. */
import { type Cell, INTEGER, KIND_NAMES, NUMBER } from "../../../compare/tables/cell";
import { FaultLog } from "../../../compare/tables/readers/faultLog";
import { readTable } from "../../../compare/tables/readers/readTable";
import type { CellSink } from "../../../compare/tables/readers/tableReader";
import { RowHasher } from "../../../compare/tables/rows/rowHasher";
import { hashNumber } from "../../../compare/tables/sketches/distinctSketch";
import { UserError } from "../../../domain/errors";
import { tableToRead } from "./readRows";

export interface ColumnFacts {
  /** "integer", "text", … */
  kinds: Set<string>;
  /** Of its numbers; infinite the wrong way round without any. */
  min: number;
  max: number;
  missing: number;
  /** Different values as texts by their hash; null when they were not asked for. */
  distinct: Map<number, string> | null;
}

export interface TableFacts {
  rows: number;
  columns: Map<string, ColumnFacts>;
  /** Rows that are as an earlier one; null when that was not asked for. */
  repeated: number | null;
  /** What is wrong in the file itself: sentences without their full stop. */
  faults: string[];
}

export interface FactsWanted {
  /** Whether repeated rows are looked for. */
  rows: boolean;
  /** Columns whose different values are wanted. */
  values: ReadonlySet<string>;
  signal: AbortSignal;
}

/** What is remembered of rows and values at most: some GB would be more than is fair. */
const MOST_REMEMBERED = 10_000_000;

/** Throws UserError when the file is no table, or is too big for what is asked. */
export async function readFacts(file: string, wanted: FactsWanted): Promise<TableFacts> {
  const { format } = await tableToRead(file);
  const faults = new FaultLog();
  const sink = new FactsSink(wanted);
  await readTable(file, { format, sink, faults, onProgress: () => wanted.signal.throwIfAborted() });
  wanted.signal.throwIfAborted();
  return sink.facts(faults.list().map(({ message }) => message.replace(/\.$/, "")));
}

class FactsSink implements CellSink {
  private rows = 0;
  private readonly names: string[] = [];
  private readonly places = new Map<string, number>();
  private readonly columns: (ColumnFacts & { count: number })[] = [];
  private readonly hasher: RowHasher | null;
  private readonly seen = new Set<number>();

  constructor(private readonly wanted: FactsWanted) {
    this.hasher = wanted.rows ? new RowHasher(false, 0) : null;
  }

  column(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const place = this.names.push(name) - 1;
    this.places.set(name, place);
    const distinct = this.wanted.values.has(name) ? new Map<number, string>() : null;
    const none = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, missing: 0, count: 0 };
    this.columns.push({ kinds: new Set(), ...none, distinct });
    this.hasher?.plan(place, place, false);
    return place;
  }

  cell(row: number, column: number, cell: Cell): void {
    const facts = this.columns[column]!;
    facts.count++;
    facts.kinds.add(KIND_NAMES[cell.kind]!);
    if (cell.kind === INTEGER || cell.kind === NUMBER) {
      if (cell.number < facts.min) facts.min = cell.number;
      if (cell.number > facts.max) facts.max = cell.number;
    }
    if (facts.distinct) {
      const hash = hashNumber(cell.low, cell.high);
      if (!facts.distinct.has(hash)) facts.distinct.set(hash, cell.text());
      assertBounded(facts.distinct.size, this.names[column]!);
    }
    this.hasher?.add(row, column, cell);
  }

  flush(rows: number): boolean {
    this.rows += rows;
    this.hasher?.flush(rows, (records, at) => this.seen.add(hashNumber(records[at]!, records[at + 1]!)));
    assertBounded(this.seen.size, "the rows");
    return true;
  }

  facts(faults: string[]): TableFacts {
    const columns = this.columns.map(({ count, ...facts }) => ({ ...facts, missing: this.rows - count }));
    return {
      rows: this.rows,
      columns: new Map(this.names.map((name, place) => [name, columns[place]!])),
      repeated: this.hasher && this.rows - this.seen.size,
      faults,
    };
  }
}

function assertBounded(count: number, what: string): void {
  if (count <= MOST_REMEMBERED) return;
  throw new UserError(
    `There are more than ${MOST_REMEMBERED} different values of ${what}: repeats cannot be looked for.`,
  );
}
