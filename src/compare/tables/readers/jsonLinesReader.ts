/** Reads JSON lines: an object per line, its keys the columns. */
import { isUtf8 } from "node:buffer";
import { Cell, MISSING } from "../cell";
import { type Block, LONGEST_ROW, readBlocks } from "./blocks";
import { BATCH_ROWS, type ReadOptions, readWhole, type TableFacts } from "./tableReader";
import { openText } from "./textSource";

const LF = 0x0a;

export async function readJsonLines(file: string, options: ReadOptions): Promise<TableFacts> {
  const source = await openText(file);
  try {
    const reader = new JsonLinesReader(options);
    const complete = await readWhole(options.faults, () =>
      readBlocks(source, (block) => {
        options.onProgress(source.position());
        return reader.take(block);
      }),
    );
    return { encoding: source.encoding, gzipped: source.gzipped, complete, delimiter: null, header: null };
  } finally {
    source.close();
  }
}

class JsonLinesReader {
  private readonly cell = new Cell();
  private line = 1;
  private rows = 0;
  private isSkipping = false;

  constructor(private readonly options: ReadOptions) {}

  take({ bytes, end, isLast, isFull }: Block): number | undefined {
    let at = 0;
    while (at < end) {
      const found = bytes.subarray(at, end).indexOf(LF);
      const stop = found < 0 ? end : at + found;
      if (found < 0 && !isLast) {
        if (!isFull || at > 0) return at;
        if (!this.isSkipping) this.options.faults.add("long-row", this.line);
        this.isSkipping = true;
        return end;
      }
      if (this.isSkipping) this.isSkipping = false;
      else if (stop - at > LONGEST_ROW) this.options.faults.add("long-row", this.line);
      else if (!this.takeLine(bytes, at, stop)) return undefined;
      this.line++;
      at = stop + 1;
    }
    if (isLast) this.options.sink.flush(this.rows);
    return Math.min(at, end);
  }

  /** False when no more rows are wanted. */
  private takeLine(bytes: Buffer, start: number, end: number): boolean {
    const { sink, faults } = this.options;
    const text = bytes.toString("utf8", start, end).trim();
    if (text === "") return true;
    // A replacement character is rare enough to look closer.
    if (text.includes("\ufffd") && !isUtf8(bytes.subarray(start, end))) faults.add("encoding", this.line);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      faults.add(
        "not-json",
        this.line,
        text.startsWith("[") && this.line === 1 ? IS_ARRAY : `${(error as Error).message}.`,
      );
      return true;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      faults.add("not-object", this.line);
      return true;
    }
    for (const name of Object.keys(value)) this.takeValue(name, (value as Record<string, unknown>)[name]);
    if (++this.rows < BATCH_ROWS) return true;
    this.rows = 0;
    return sink.flush(BATCH_ROWS);
  }

  private takeValue(name: string, value: unknown): void {
    const { cell } = this;
    const { sink, faults } = this.options;
    const column = sink.column(name, null);
    if (column < 0) faults.add("too-many-columns", this.line);
    if (column < 0 || value === null) return;
    if (typeof value === "string") cell.setText(value);
    else if (typeof value === "number") cell.setNumber(value);
    else if (typeof value === "boolean") cell.setBoolean(value);
    else cell.setNested(JSON.stringify(value));
    if (cell.kind !== MISSING) sink.cell(this.rows, column, cell);
  }
}

const IS_ARRAY = "The file seems to be one JSON array; write one object per line instead.";
