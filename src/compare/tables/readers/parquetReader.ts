/** Reads Parquet, a column of a row group at a time: memory is that of the largest one. */
import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import { brotliDecompressSync, unzipSync } from "node:zlib";
import type {
  AsyncBuffer,
  Compressors,
  FileMetaData,
  ParquetParsers,
  RowGroup,
  SchemaElement,
  SchemaTree,
} from "hyparquet";
import { parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { decompressLz4, decompressLz4Raw, decompressSnappy, decompressZstd } from "hyparquet-compressors";
import { Cell, MISSING } from "../cell";
import { DamagedError } from "./byteSource";
import { type ReadOptions, readWhole, type TableFacts } from "./tableReader";

export async function readParquet(file: string, options: ReadOptions): Promise<TableFacts> {
  const descriptor = fs.openSync(file, "r");
  try {
    const buffer = bufferOf(descriptor);
    const complete = await readWhole(options.faults, () => readAll(buffer, options));
    return { encoding: null, gzipped: false, delimiter: null, header: null, complete };
  } finally {
    fs.closeSync(descriptor);
  }
}

interface Column {
  name: string;
  /** In the sink. */
  index: number;
  isFloat: boolean;
}

async function readAll(buffer: AsyncBuffer, { sink, faults, limit, onProgress }: ReadOptions): Promise<void> {
  const metadata = await readMetadata(buffer);
  const columns = parquetSchema(metadata).children.map((tree): Column => {
    const { name, type } = tree.element;
    const index = sink.column(name, declaredType(tree));
    if (index < 0) faults.add("too-many-columns", null);
    return { name, index, isFloat: type === "FLOAT" || type === "DOUBLE" };
  });
  const cell = new Cell();
  let failed: DamagedError | null = null;
  for (const group of metadata.row_groups) {
    const rows = Math.min(Number(group.num_rows), limit ?? Number.POSITIVE_INFINITY);
    for (const column of columns.filter(({ index }) => index >= 0)) {
      try {
        await readColumn(buffer, metadata, group, column.name, rows, (row, value) => {
          setCell(cell, value, column.isFloat);
          if (cell.kind !== MISSING) sink.cell(row, column.index, cell);
        });
      } catch (error) {
        failed ??= damage(error, `The column ${column.name}`);
      }
      onProgress(endOf(group, column.name));
    }
    if (!sink.flush(rows)) return;
  }
  // What is read in part only must not pass for the whole.
  if (failed) throw failed;
}

async function readMetadata(buffer: AsyncBuffer): Promise<FileMetaData> {
  const magic = async (start: number) => Buffer.from(await buffer.slice(start, start + 4)).toString("latin1");
  if (buffer.byteLength < 12 || (await magic(0)) !== "PAR1")
    throw new DamagedError("damaged", "The file is not Parquet.");
  if ((await magic(buffer.byteLength - 4)) !== "PAR1") {
    throw new DamagedError(
      "truncated",
      "The Parquet file ends early: its last part, which says what it holds, is missing.",
    );
  }
  try {
    // Geometries are compared as the bytes they are.
    return await parquetMetadataAsync(buffer, { geoparquet: false });
  } catch (error) {
    throw damage(error, "What the Parquet file says of itself");
  }
}

/** Hands over the first `rows` values of one top-level column in one row group. */
async function readColumn(
  file: AsyncBuffer,
  metadata: FileMetaData,
  group: RowGroup,
  name: string,
  rows: number,
  take: (row: number, value: unknown) => void,
): Promise<void> {
  let seen = 0;
  await parquetRead({
    file,
    // Only this group: planning a read looks at all there are.
    metadata: { ...metadata, row_groups: [group], num_rows: group.num_rows },
    columns: [name],
    rowEnd: rows,
    compressors: COMPRESSORS,
    parsers: PARSERS,
    utf8: false,
    geoparquet: false,
    onChunk({ columnData, rowStart }) {
      const count = Math.min(columnData.length, rows - rowStart);
      for (let i = 0; i < count; i++) take(rowStart + i, columnData[i]);
      seen += count;
    },
  });
  if (seen < rows) throw new Error(`${seen} of ${rows} values`);
}

/** Node's own where it has one: those in JavaScript go on for minutes with damaged pages. */
const COMPRESSORS: Compressors = {
  GZIP: (input, maxOutputLength) => unzipSync(input, { maxOutputLength }),
  BROTLI: (input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength }),
  SNAPPY: decompressSnappy,
  ZSTD: (input) => decompressZstd(input),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

function damage(error: unknown, what: string): DamagedError {
  const { code, message } = error as NodeJS.ErrnoException;
  // The file system's own errors are not the file's.
  if (code !== undefined && /^E[A-Z]+$/.test(code)) throw error;
  return new DamagedError("damaged", `${what} cannot be read: ${message}.`);
}

/** A time with all of its digits; a Date has milliseconds. */
class Time {
  readonly ms: number;
  readonly ns: number;

  constructor(value: bigint, perMs: bigint) {
    const ns = ((value % perMs) + perMs) % perMs;
    this.ms = Number((value - ns) / perMs);
    this.ns = Number((ns * 1_000_000n) / perMs);
  }

  toJSON(): string {
    return new Date(this.ms).toISOString();
  }
}

const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value) => new Time(value, 1n),
  timestampFromMicroseconds: (value) => new Time(value, 1000n),
  timestampFromNanoseconds: (value) => new Time(value, 1_000_000n),
  dateFromDays: (days) => new Time(BigInt(days) * 86_400_000n, 1n),
};

function setCell(cell: Cell, value: unknown, isFloat: boolean): void {
  if (typeof value === "number") cell.setNumber(value, isFloat);
  else if (typeof value === "string") cell.setText(value);
  else if (typeof value === "bigint") cell.setBigInt(value);
  else if (typeof value === "boolean") cell.setBoolean(value);
  else if (value === null || value === undefined) cell.setMissing();
  else if (value instanceof Time) cell.setTime(value.ms, value.ns);
  else if (value instanceof Uint8Array) setBytes(cell, value);
  else cell.setNested(JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? numberOf(item) : item)));
}

/** As JSON has it: a number, or a text where that would not be exact. */
function numberOf(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Texts are often written without saying that they are. */
function setBytes(cell: Cell, value: Uint8Array): void {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  cell.setText(isUtf8(bytes) ? bytes.toString("utf8") : `0x${bytes.toString("hex")}`);
}

/** E.g. "INT64", "STRING", "TIMESTAMP(MICROS)", "DECIMAL(10, 2)", "LIST", "STRUCT". */
function declaredType({ element, children }: SchemaTree): string {
  const { type, converted_type: converted, logical_type: logical, precision, scale } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return `DECIMAL(${precision}, ${scale ?? 0})`;
  if (logical?.type === "TIMESTAMP") return `TIMESTAMP(${logical.unit})`;
  if (converted === "UTF8") return "STRING";
  return logicalName(element) ?? converted ?? type ?? (children.length > 0 ? "STRUCT" : "NULL");
}

function logicalName({ logical_type: logical, type }: SchemaElement): string | undefined {
  if (logical?.type !== "INTEGER") return logical?.type;
  return logical.isSigned && type === `INT${logical.bitWidth}`
    ? type
    : `${logical.isSigned ? "" : "U"}INT${logical.bitWidth}`;
}

/** Where a column of a group ends in the file, in bytes: how far the reading has come. */
function endOf(group: RowGroup, name: string): number {
  const parts = group.columns.flatMap(({ meta_data: data }) => (data?.path_in_schema[0] === name ? [data] : []));
  return parts.reduce((end, data) => {
    return Math.max(
      end,
      Number(data.dictionary_page_offset ?? data.data_page_offset) + Number(data.total_compressed_size),
    );
  }, 0);
}

function bufferOf(descriptor: number): AsyncBuffer {
  const { size } = fs.fstatSync(descriptor);
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      for (let at = 0; at < bytes.length; ) {
        const read = fs.readSync(descriptor, bytes, at, bytes.length - at, start + at);
        if (read === 0) throw new DamagedError("truncated", "The Parquet file became shorter while it was read.");
        at += read;
      }
      return bytes.buffer;
    },
  };
}
