/** Finds rows and fields in the bytes of a CSV file: RFC 4180, with what else occurs in practice. */

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** `scan` met the end of the bytes before the end of the row. */
export const INCOMPLETE = -1;
/** The same, within a quoted field. */
export const UNCLOSED = -2;

/** The fields of one row, filled anew for each. */
export class CsvRow {
  /** Number of fields; 0 for an empty line. */
  fields = 0;
  starts = new Int32Array(16);
  ends = new Int32Array(16);
  /** Lines that the row takes, more than one where a quoted field has line breaks. */
  lines = 0;
  /** Whether a field has text behind its closing quote; it is taken as it stands, quotes and all. */
  hasStrayText = false;
  /** Whether some field has doubled quotes: `undouble` resolves them. */
  hasDoubled = false;
  private isDoubled = new Uint8Array(16);
  private readonly isStop = new Uint8Array(256);

  constructor(private readonly delimiter: number) {
    for (const byte of [delimiter, LF, CR]) this.isStop[byte] = 1;
  }

  /**
   * Reads the row at `start`; returns where the next one starts, or INCOMPLETE or UNCLOSED. The byte at `end` is
   * overwritten.
   * @param isLast whether the file ends at `end`
   * @param quotes false: a quote is a character like any other
   */
  scan(bytes: Uint8Array, start: number, end: number, isLast: boolean, quotes = true): number {
    const { isStop, delimiter } = this;
    // Ends every loop over unquoted bytes.
    bytes[end] = LF;
    this.fields = 0;
    this.lines = 1;
    this.hasStrayText = false;
    this.hasDoubled = false;
    let at = start;
    for (;;) {
      const from = at;
      if (quotes && bytes[at] === QUOTE && at < end) {
        at = this.scanQuoted(bytes, at, end, isLast);
        if (at < 0) return at;
      } else {
        while (isStop[bytes[at]!] === 0) at++;
        this.addField(from, at, 0);
      }
      if (at >= end) {
        if (!isLast) return INCOMPLETE;
        break;
      }
      const stop = bytes[at++];
      if (stop === delimiter) continue;
      if (stop === CR) {
        if (at >= end && !isLast) return INCOMPLETE;
        if (at < end && bytes[at] === LF) at++;
      }
      break;
    }
    if (this.fields === 1 && this.starts[0] === this.ends[0] && bytes[start] !== QUOTE) this.fields = 0;
    return at;
  }

  /** Makes one quote of two within the fields that were found, in place. */
  undouble(bytes: Uint8Array): void {
    for (let i = 0; i < this.fields; i++) {
      if (this.isDoubled[i] === 1) this.ends[i] = undouble(bytes, this.starts[i]!, this.ends[i]!);
    }
  }

  /** The field that begins with the quote at `open`; returns where it ends. */
  private scanQuoted(bytes: Uint8Array, open: number, end: number, isLast: boolean): number {
    let at = open + 1;
    let isDoubled = false;
    let breaks = 0;
    for (;;) {
      while (at < end && bytes[at] !== QUOTE) {
        if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) breaks++;
        at++;
      }
      if (at >= end) return UNCLOSED;
      if (at + 1 >= end && !isLast) return INCOMPLETE;
      if (at + 1 >= end || bytes[at + 1] !== QUOTE) break;
      isDoubled = true;
      at += 2;
    }
    const close = at++;
    if (at < end && this.isStop[bytes[at]!] === 0) {
      this.hasStrayText = true;
      while (this.isStop[bytes[at]!] === 0) at++;
      this.addField(open, at, 0);
    } else this.addField(open + 1, close, isDoubled ? 1 : 0);
    this.lines += breaks;
    return at;
  }

  private addField(start: number, end: number, isDoubled: number): void {
    const { fields } = this;
    if (fields === this.starts.length) {
      this.starts = Int32Array.from({ length: 2 * fields }, (_, i) => this.starts[i] ?? 0);
      this.ends = Int32Array.from({ length: 2 * fields }, (_, i) => this.ends[i] ?? 0);
      this.isDoubled = Uint8Array.from({ length: 2 * fields }, (_, i) => this.isDoubled[i] ?? 0);
    }
    this.starts[fields] = start;
    this.ends[fields] = end;
    this.isDoubled[fields] = isDoubled;
    this.fields++;
    if (isDoubled === 1) this.hasDoubled = true;
  }
}

/** Makes one quote of two; returns where the text ends then. */
function undouble(bytes: Uint8Array, start: number, end: number): number {
  let to = start;
  for (let from = start; from < end; from++) {
    bytes[to++] = bytes[from]!;
    if (bytes[from] === QUOTE) from++;
  }
  return to;
}
