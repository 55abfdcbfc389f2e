/** Reads CSV and TSV. The scanner is our own: libraries make strings of every field, and stop or guess at faults. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../../../domain/errors";
import { Cell, MISSING } from "../cell";
import { type Block, LONGEST_ROW, readBlocks } from "./blocks";
import { type CsvDialect, guessDialect } from "./csvDialect";
import { CsvRow, UNCLOSED } from "./csvRows";
import { BATCH_ROWS, type ReadOptions, readWhole, type TableFacts } from "./tableReader";
import { openText } from "./textSource";

const LF = 0x0a;

export async function readCsv(file: string, options: ReadOptions): Promise<TableFacts> {
  const source = await openText(file);
  try {
    const reader = new CsvReader(options);
    const complete = await readWhole(options.faults, () =>
      readBlocks(source, (block) => {
        options.onProgress(source.position());
        return reader.take(block);
      }),
    );
    const { encoding, gzipped } = source;
    return {
      encoding,
      gzipped,
      complete,
      delimiter: reader.dialect?.delimiter ?? null,
      header: reader.dialect?.header ?? null,
    };
  } finally {
    source.close();
  }
}

class CsvReader {
  dialect: CsvDialect | null = null;
  private row = new CsvRow(0);
  private readonly cell = new Cell();
  /** Columns of the sink by field; null until the first row. */
  private columns: number[] | null = null;
  /** The line that the next row begins in. */
  private line = 1;
  /** Rows since the last flush. */
  private rows = 0;
  private isSkipping = false;

  constructor(private readonly options: ReadOptions) {}

  take({ bytes, end, isLast, isFull }: Block): number | undefined {
    if (!this.dialect) this.start(bytes, end, isLast);
    const isClean = isUtf8(bytes.subarray(0, isLast ? end : lastCharacter(bytes, end)));
    let at = this.isSkipping ? this.skipLine(bytes, 0, end) : 0;
    while (at < end) {
      const isStuck = isLast || (isFull && at === 0);
      let next = this.row.scan(bytes, at, end, isLast);
      if (next === UNCLOSED && isStuck) {
        this.options.faults.add("unclosed-quote", this.line);
        next = this.row.scan(bytes, at, end, isLast, false);
      }
      if (next < 0 && !isStuck) break;
      if (next < 0 || next - at > LONGEST_ROW) {
        this.options.faults.add("long-row", this.line);
        this.isSkipping = true;
        at = this.skipLine(bytes, at, end);
        continue;
      }
      if (this.row.fields > 0) {
        if (!isClean && !isUtf8(bytes.subarray(at, next))) this.options.faults.add("encoding", this.line);
        if (!this.takeRow(bytes)) return undefined;
      }
      this.line += this.row.lines;
      at = next;
    }
    if (isLast) this.options.sink.flush(this.rows);
    return at;
  }

  private start(bytes: Buffer, end: number, isLast: boolean): void {
    if (bytes.subarray(0, Math.min(end, 1 << 16)).includes(0)) {
      throw new UserError("The file is not text, so it cannot be read as CSV.");
    }
    this.dialect = guessDialect(bytes, end, isLast, this.options.format === "tsv" ? "\t" : ",");
    this.row = new CsvRow(this.dialect.delimiter.charCodeAt(0));
  }

  /** False when no more rows are wanted. */
  private takeRow(bytes: Buffer): boolean {
    const { row, cell } = this;
    const { sink, faults } = this.options;
    if (row.hasDoubled) row.undouble(bytes);
    if (row.hasStrayText) faults.add("quotes", this.line);
    if (!this.columns) {
      this.columns = this.nameColumns(bytes);
      if (this.dialect!.header) return true;
    }
    const { columns } = this;
    if (row.fields !== columns.length) {
      faults.add("ragged", this.line, `${row.fields} instead of ${columns.length}`);
    }
    const fields = Math.min(row.fields, columns.length);
    for (let i = 0; i < fields; i++) {
      cell.setField(bytes, row.starts[i]!, row.ends[i]!);
      if (cell.kind !== MISSING) sink.cell(this.rows, columns[i]!, cell);
    }
    if (++this.rows < BATCH_ROWS) return true;
    this.rows = 0;
    return sink.flush(BATCH_ROWS);
  }

  /** From the first row; names that are missing or double are made up as pandas does. */
  private nameColumns(bytes: Buffer): number[] {
    const { row } = this;
    const { sink, faults } = this.options;
    const taken = new Set<string>();
    return Array.from({ length: row.fields }, (_, index) => {
      const given = this.dialect!.header
        ? bytes.toString("utf8", row.starts[index]!, row.ends[index]!).trim()
        : `${index}`;
      let name = given === "" ? `Unnamed: ${index}` : given;
      for (let again = 1; taken.has(name); again++) name = `${given}.${again}`;
      // pandas writes its index under an empty name.
      if (name !== given && (given !== "" || index > 0)) faults.add("column-names", 1);
      taken.add(name);
      const column = sink.column(name, null);
      if (column < 0) faults.add("too-many-columns", null);
      return column;
    });
  }

  private skipLine(bytes: Buffer, from: number, end: number): number {
    const at = bytes.subarray(from, end).indexOf(LF);
    if (at < 0) return end;
    this.isSkipping = false;
    this.line++;
    return from + at + 1;
  }
}

/** Where the last character that is complete ends. */
function lastCharacter(bytes: Uint8Array, end: number): number {
  for (let at = end - 1; at >= 0 && at > end - 4; at--) {
    const byte = bytes[at]!;
    if (byte < 0x80) return at + 1;
    // The first byte of a character of several.
    if (byte >= 0xc0) return at;
  }
  return end;
}
