/** How a CSV file is written, as far as its first rows tell. */
import { BOOLEAN, Cell, INTEGER, MISSING, NUMBER, TEXT, TIME } from "../cell";
import { CsvRow } from "./csvRows";

export interface CsvDialect {
  delimiter: string;
  header: boolean;
}

const DELIMITERS = [",", "\t", ";", "|"];
const SAMPLE_BYTES = 1 << 18;
const SAMPLE_ROWS = 50;

/** `preferred`: the delimiter that the file's name speaks for. */
export function guessDialect(bytes: Uint8Array, end: number, isLast: boolean, preferred: string): CsvDialect {
  const sampleEnd = Math.min(end, SAMPLE_BYTES);
  // Scanning writes behind the end.
  const sample = new Uint8Array(sampleEnd + 1);
  sample.set(bytes.subarray(0, sampleEnd));
  const isAll = isLast && sampleEnd === end;
  let best = { delimiter: preferred, share: 0 };
  for (const delimiter of [preferred, ...DELIMITERS.filter((other) => other !== preferred)]) {
    const share = evenness(sample, sampleEnd, isAll, delimiter);
    if (share > best.share) best = { delimiter, share };
    // Others may occur as evenly within texts.
    if (delimiter === preferred && share >= 0.9) break;
  }
  return { delimiter: best.delimiter, header: hasHeader(sample, sampleEnd, isAll, best.delimiter) };
}

/** The share of rows that have the most common number of fields; 0 when that is one. */
function evenness(sample: Uint8Array, end: number, isLast: boolean, delimiter: string): number {
  const counts = new Map<number, number>();
  let rows = 0;
  eachRow(sample, end, isLast, delimiter, ({ fields }) => {
    counts.set(fields, (counts.get(fields) ?? 0) + 1);
    rows++;
  });
  const [fields, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return fields > 1 ? count / rows : 0;
}

/**
 * A first row of texts above numbers, times or truth values names the columns, one of the same kind as what is below does
 * not. Where all is text it does.
 */
function hasHeader(sample: Uint8Array, end: number, isLast: boolean, delimiter: string): boolean {
  const rows: { kind: number; text: string }[][] = [];
  const cell = new Cell();
  eachRow(sample, end, isLast, delimiter, (row) => {
    rows.push(
      Array.from({ length: row.fields }, (_, i) => {
        cell.setField(sample, row.starts[i]!, row.ends[i]!);
        return { kind: cell.kind, text: cell.kind === MISSING ? "" : cell.text() };
      }),
    );
  });
  const [first = [], ...others] = rows;
  if (isNumbering(first.map(({ text }) => text))) return true;
  let votes = 0;
  first.forEach(({ kind, text }, column) => {
    const below = others.map((row) => row[column]?.kind ?? MISSING).filter((other) => other !== MISSING);
    const isValue = [BOOLEAN, INTEGER, NUMBER, TIME].includes(kind);
    if (others.length === 0) votes += isValue ? -1 : 0;
    else if (below.length === 0 || below.includes(TEXT)) return;
    else if (kind === TEXT) votes++;
    // Years are often names of columns.
    else if (isValue && !/^(19|20)\d\d$/.test(text)) votes--;
  });
  return votes >= 0;
}

/** Whether the fields are 0, 1, 2, … as pandas names columns without names, maybe behind an empty one for its index. */
function isNumbering(texts: string[]): boolean {
  const names = texts[0] === "" ? texts.slice(1) : texts;
  return names.length > 1 && names.every((name, index) => name === String(index));
}

function eachRow(
  sample: Uint8Array,
  end: number,
  isLast: boolean,
  delimiter: string,
  action: (row: CsvRow) => void,
): void {
  const row = new CsvRow(delimiter.charCodeAt(0));
  for (let at = 0, rows = 0; at < end && rows < SAMPLE_ROWS; ) {
    at = row.scan(sample, at, end, isLast);
    // A sample that ends within its first row says something all the same.
    if (at < 0 && (rows > 0 || row.fields === 0)) return;
    if (row.fields > 0) {
      action(row);
      rows++;
    }
    if (at < 0) return;
  }
}
