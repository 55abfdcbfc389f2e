/** Makes a record of every row, out of its values, for matching it with the rows of another version. */
import type { Cell } from "../cell";
import { avalanche } from "../hash";

/** Fingerprints take two bytes per column and row. */
export const MOST_PRINTS = 64;

/**
 * A record is: two words of the key's hash, two of the row's, then two bytes per column. Without a key only the row's hash.
 * Missing values add nothing, so that a value that is missing equals one that is not there at all.
 */
export class RowHasher {
  /** Words per record. */
  readonly width: number;
  /** By column of the table: its number among those that both versions have, or -1. */
  private readonly common: number[] = [];
  private key = -1;
  private rows = 0;
  /** Rows of records, as many as a reader hands over at once. */
  private records = new Int32Array(0);
  /** A hash over the rows in their order. */
  order = 0;

  /** `prints`: how many columns have a fingerprint of their own in a record. */
  constructor(
    private readonly isKeyed: boolean,
    private readonly prints: number,
  ) {
    this.width = isKeyed ? 4 + Math.ceil(prints / 2) : 2;
  }

  /** Says what a column of the table is: which of those that both versions have (-1: none), and whether the key. */
  plan(column: number, common: number, isKey: boolean): void {
    this.common[column] = common;
    if (isKey) this.key = column;
  }

  /** Takes a value that is not missing. Rows may come in any order; columns that were not planned for are left out. */
  add(row: number, column: number, cell: Cell): void {
    const common = this.common[column];
    if (common === undefined || common < 0) return;
    if (row >= this.rows) this.grow(row + 1);
    const { records, width } = this;
    const at = row * width;
    if (column === this.key) {
      records[at] = cell.low;
      // A missing key has a hash of zeros; no other one may.
      records[at + 1] = cell.high | 1;
    }
    const rowAt = this.isKeyed ? at + 2 : at;
    // Depends on the column but not on the order of the columns. 0x9e3779b1: the golden ratio, which spreads small numbers.
    const seed = Math.imul(common + 1, 0x9e3779b1);
    records[rowAt] = (records[rowAt]! + avalanche(cell.low ^ seed)) | 0;
    records[rowAt + 1] = (records[rowAt + 1]! + avalanche(cell.high + seed)) | 0;
    if (common < this.prints) {
      records[at + 4 + (common >> 1)]! |= (1 + ((cell.low >>> 8) % 65_535)) << ((common & 1) * 16);
    }
  }

  /** Hands the first `rows` records to `take`, and starts again. */
  flush(rows: number, take: (records: Int32Array, at: number) => void): void {
    if (rows > this.rows) this.grow(rows);
    const offset = this.isKeyed ? 2 : 0;
    for (let row = 0; row < rows; row++) {
      const at = row * this.width;
      this.order = (Math.imul(this.order, 0x01000193) ^ this.records[at + offset]!) | 0;
      take(this.records, at);
    }
    this.records.fill(0, 0, rows * this.width);
  }

  private grow(rows: number): void {
    this.rows = Math.max(rows, 2 * this.rows, 1024);
    const records = new Int32Array(this.rows * this.width);
    records.set(this.records);
    this.records = records;
  }
}
