/** Matches the rows of two tables by their records, a partition at a time. */
import { PARTITIONS, PartitionReader, type RecordStore } from "./recordStore";

export interface RowMatch {
  matchedBy: "key" | "content";
  added: number;
  removed: number;
  /** Null unless matched by key. */
  changed: number | null;
  unchanged: number;
  /** Rows whose key occurs more than once in their table, so that rows could not be matched by it; 0 without a key. */
  doubleKeys: number;
  /**
   * By common column: in how many of the changed rows its value is another. One change in 65,535 is missed, as fingerprints
   * are that short. Empty unless matched by key.
   */
  changedByColumn: number[];
}

/**
 * By key where there is one and it is unique in both, else by content.
 * @param keyed whether the records begin with a key
 * @param prints how many columns have a fingerprint
 */
export function matchRows(before: RecordStore, after: RecordStore, keyed: boolean, prints: number): RowMatch {
  if (!keyed) return matchByContent(before, after, 0, 0);
  const match: RowMatch = {
    matchedBy: "key",
    added: 0,
    removed: 0,
    changed: 0,
    unchanged: 0,
    doubleKeys: 0,
    changedByColumn: new Array<number>(prints).fill(0),
  };
  const [ofBefore, ofAfter] = [new PartitionReader(before), new PartitionReader(after)];
  const table = new HashTable();
  for (let index = 0; index < PARTITIONS; index++) {
    matchPartition(ofBefore.read(index), ofAfter.read(index), before.width, table, match);
  }
  if (match.doubleKeys > 0) return matchByContent(before, after, 2, match.doubleKeys);
  return match;
}

function matchPartition(before: Int32Array, after: Int32Array, width: number, table: HashTable, match: RowMatch): void {
  const rows = before.length / width;
  table.clear(rows + after.length / width);
  const isMatched = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    if (table.insert(before[row * width]!, before[row * width + 1]!, row) >= 0) match.doubleKeys++;
  }
  let matched = 0;
  for (let at = 0; at < after.length; at += width) {
    const row = table.insert(after[at]!, after[at + 1]!, rows);
    if (row < 0) match.added++;
    else if (row === rows || isMatched[row] === 1) match.doubleKeys++;
    else {
      isMatched[row] = 1;
      matched++;
      const same = row * width;
      if (before[same + 2] === after[at + 2] && before[same + 3] === after[at + 3]) match.unchanged++;
      else countChanges(before, same, after, at, match);
    }
  }
  match.removed += rows - matched;
}

function countChanges(before: Int32Array, from: number, after: Int32Array, to: number, match: RowMatch): void {
  match.changed!++;
  const { changedByColumn } = match;
  for (let column = 0; column < changedByColumn.length; column++) {
    const word = 4 + (column >> 1);
    const difference = before[from + word]! ^ after[to + word]!;
    if (((difference >>> ((column & 1) * 16)) & 0xffff) !== 0) changedByColumn[column]!++;
  }
}

/** `offset`: of the row's hash in a record. Rows with equal content have equal keys, so they share a partition. */
function matchByContent(before: RecordStore, after: RecordStore, offset: number, doubleKeys: number): RowMatch {
  let [added, removed, unchanged] = [0, 0, 0];
  const [readBefore, readAfter] = [new PartitionReader(before), new PartitionReader(after)];
  const table = new HashTable();
  for (let index = 0; index < PARTITIONS; index++) {
    const [ofBefore, ofAfter] = [readBefore.read(index), readAfter.read(index)];
    const rows = ofBefore.length / before.width;
    table.clear(rows);
    const left = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const at = row * before.width + offset;
      const same = table.insert(ofBefore[at]!, ofBefore[at + 1]!, row);
      left[same < 0 ? row : same]!++;
    }
    let kept = 0;
    for (let at = offset; at < ofAfter.length; at += after.width) {
      const row = table.find(ofAfter[at]!, ofAfter[at + 1]!);
      if (row >= 0 && left[row]! > 0) {
        left[row]!--;
        kept++;
      } else added++;
    }
    unchanged += kept;
    removed += rows - kept;
  }
  return { matchedBy: "content", added, removed, changed: null, unchanged, doubleKeys, changedByColumn: [] };
}

/** From hashes of two words to row numbers: open addressing over typed arrays, for millions of rows. */
class HashTable {
  private mask = 0;
  private lows = new Int32Array(0);
  private highs = new Int32Array(0);
  /** Row number + 1; 0 is free. */
  private rows = new Int32Array(0);

  /** Empties it, for so many entries. */
  clear(entries: number): void {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, entries * 2)));
    this.mask = size - 1;
    if (size > this.rows.length) {
      this.lows = new Int32Array(size);
      this.highs = new Int32Array(size);
      this.rows = new Int32Array(size);
    } else this.rows.fill(0, 0, size);
  }

  /** The row that is there under this hash; else -1, and `row` is put there. */
  insert(low: number, high: number, row: number): number {
    const at = this.place(low, high);
    if (this.rows[at] !== 0) return this.rows[at]! - 1;
    this.lows[at] = low;
    this.highs[at] = high;
    this.rows[at] = row + 1;
    return -1;
  }

  find(low: number, high: number): number {
    return this.rows[this.place(low, high)]! - 1;
  }

  private place(low: number, high: number): number {
    let at = low & this.mask;
    while (this.rows[at] !== 0 && (this.lows[at] !== low || this.highs[at] !== high)) at = (at + 1) & this.mask;
    return at;
  }
}
