/** Writing a prediction log into a file for other programs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { extname } from "node:path";
import { type Readable, Transform, type Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { UserError } from "../../domain/errors";
import type { Prediction } from "../../domain/prediction";
import { harmlessCell } from "../../domain/spreadsheet";
import { type PredictionQuery, readOldest } from "./read";

const PAGE = 1_000;
export const COLUMNS = [
  ...["id", "time", "role", "model", "version", "path", "status", "latency"],
  ...["inputs", "outputs", "key", "of", "label", "labelled", "action"],
] as const as readonly (keyof Prediction)[];

/** A Python that has pyarrow, for Parquet. Null: there is none. */
export type FindArrow = () => Promise<string | null>;

/** Rows, the oldest first, in the format that the file's name ends with. Gives how many. Throws UserError; no half of a file is left. */
export async function exportPredictions(
  folder: string,
  file: string,
  query: Omit<PredictionQuery, "limit" | "from">,
  findArrow: FindArrow,
): Promise<number> {
  const part = `${file}.${process.pid}.part`;
  let count = 0;
  function* rows() {
    for (let from: string | undefined; ; ) {
      const page = readOldest(folder, { ...query, from, limit: PAGE });
      if (page.length === 0) return;
      count += page.length;
      yield* page;
      from = page.at(-1)!.id;
    }
  }
  try {
    await write(rows(), file, part, findArrow);
    await rename(part, file);
    return count;
  } catch (error) {
    await rm(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof UserError) throw error;
    throw new UserError(`${file} could not be written (${(error as Error).message}).`, { cause: error });
  }
}

async function write(rows: Iterable<Prediction>, file: string, part: string, findArrow: FindArrow): Promise<void> {
  switch (extname(file).toLowerCase()) {
    case ".csv":
      return pipeline(rows, lines(csvRow, `${COLUMNS.join(",")}\r\n`), createWriteStream(part));
    case ".jsonl":
    case ".ndjson":
      return pipeline(rows, lines(jsonRow), createWriteStream(part));
    case ".parquet":
      return writeParquet(rows, part, findArrow);
    default:
      throw new UserError(`"${file}" says no format. Let its name end with .csv, .jsonl or .parquet.`);
  }
}

function lines(toLine: (row: Prediction) => string, header = ""): Transform {
  let first = header;
  return new Transform({
    writableObjectMode: true,
    transform(row: Prediction, _encoding, done) {
      done(null, first + toLine(row));
      first = "";
    },
    flush(done) {
      done(null, first);
    },
  });
}

function csvRow(row: Prediction): string {
  return `${COLUMNS.map((column) => csvCell(row[column])).join(",")}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // What callers sent may be a formula to a spreadsheet.
  const text = harmlessCell(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonRow(row: Prediction): string {
  return `${JSON.stringify(Object.fromEntries(COLUMNS.map((column) => [column, row[column]])))}\n`;
}

/** Reads lines of JSON from its standard input; a part of the rows at a time, so that any number of them fits into memory. */
const WRITE_PARQUET = `
import itertools, json, sys
import pyarrow as pa
import pyarrow.parquet as pq
text, number = pa.string(), pa.float64()
schema = pa.schema([("id", text), ("time", pa.timestamp("ms", tz="UTC")), ("role", text), ("model", text), ("version", pa.int64()),
    ("path", text), ("status", pa.int64()), ("latency", number), ("inputs", text), ("outputs", text), ("key", text), ("of", text),
    ("label", text), ("labelled", pa.timestamp("ms", tz="UTC")), ("action", text)])
def row(line):
    row = json.loads(line)
    for name in ("time", "labelled"):
        row[name] = None if row[name] is None else int(row[name])
    return row
with pq.ParquetWriter(sys.argv[1], schema, compression="zstd") as writer:
    while True:
        rows = [row(line) for line in itertools.islice(sys.stdin.buffer, 10000)]
        if not rows:
            break
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))
`;

async function writeParquet(rows: Iterable<Prediction>, part: string, findArrow: FindArrow): Promise<void> {
  const python = await findArrow();
  if (python === null) {
    throw new UserError(
      "Parquet is written by pyarrow, which no Python of this project has. Install it there (pip install pyarrow), or export .csv or .jsonl.",
    );
  }
  const child = spawn(python, ["-c", WRITE_PARQUET, part], { stdio: ["pipe", "ignore", "pipe"], windowsHide: true });
  const exit = once(child, "exit") as Promise<[number | null]>;
  const said = textOf(child.stderr!);
  let fault: unknown;
  function* read() {
    try {
      yield* rows;
    } catch (error) {
      fault = error;
      throw error;
    }
  }
  // Why it reads no further it says itself; that the log could not be read to its end, it does not know.
  const sent = pipeline(read(), lines(jsonRow), child.stdin as Writable).catch(() => {});
  const [[code], text] = await Promise.all([exit, said, sent]);
  if (fault) throw fault;
  if (code !== 0) throw new UserError(`pyarrow could not write the file. ${text.trim().split("\n").at(-1) ?? ""}`);
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  stream.setEncoding("utf8").on("data", (piece: string) => (text = (text + piece).slice(-10_000)));
  await finished(stream).catch(() => {});
  return text;
}
