/**
 * A record of some 32-bit words for every row, by partition, in bounded memory: past a limit they go to a temporary file.
 * Rows with the same first word are in the same partition, so that two tables can be matched a partition at a time.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export const PARTITIONS = 256;
const BLOCK_RECORDS = 512;
const DEFAULT_MEMORY = 64 * 2 ** 20;

/** All records of a table; it can be sent to another thread of the process as long as the writer has not closed its file. */
export interface RecordStore {
  /** Words per record. */
  width: number;
  records: number;
  partitions: Partition[];
  /** Descriptor of the temporary file; null when everything is in memory. */
  file: number | null;
}

export interface Partition {
  /** Full blocks in memory, and where others begin in the file. */
  blocks: (Int32Array | number)[];
  /** The last, incomplete block. */
  rest: Int32Array;
  records: number;
}

export interface RecordWriterOptions {
  width: number;
  /** The folder for the temporary file. */
  folder: string;
  /** Bytes; default 64 MiB. */
  memory?: number;
}

export class RecordWriter {
  private readonly partitions: Partition[];
  private readonly fill = new Int32Array(PARTITIONS);
  private readonly blockBytes: number;
  private records = 0;
  private bytes = 0;
  private file: number | null = null;
  private fileBytes = 0;
  private filePath: string | null = null;

  constructor(private readonly options: RecordWriterOptions) {
    this.blockBytes = BLOCK_RECORDS * options.width * 4;
    this.partitions = Array.from({ length: PARTITIONS }, () => ({ blocks: [], rest: EMPTY, records: 0 }));
  }

  /** Adds the record at `from` of `source`. Throws what the file system throws when there is no room for more. */
  add(source: Int32Array, from: number): void {
    const { width } = this.options;
    const index = source[from]! >>> 24;
    const partition = this.partitions[index]!;
    let at = this.fill[index]!;
    if (at === partition.rest.length) {
      if (at > 0) this.store(partition);
      partition.rest = new Int32Array(BLOCK_RECORDS * width);
      at = 0;
    }
    for (let i = 0; i < width; i++) partition.rest[at + i] = source[from + i]!;
    this.fill[index] = at + width;
    partition.records++;
    this.records++;
  }

  /** Everything that was added. The writer must not be closed before it has been read. */
  finish(): RecordStore {
    this.partitions.forEach((partition, index) => {
      partition.rest = partition.rest.subarray(0, this.fill[index]);
    });
    return { width: this.options.width, records: this.records, partitions: this.partitions, file: this.file };
  }

  /** Frees the temporary file. */
  close(): void {
    if (this.file !== null) fs.closeSync(this.file);
    this.file = null;
    if (this.filePath !== null) fs.rmSync(this.filePath, { force: true });
  }

  private store(partition: Partition): void {
    this.bytes += this.blockBytes;
    if (this.file === null && this.bytes > (this.options.memory ?? DEFAULT_MEMORY)) this.startFile();
    partition.blocks.push(this.file === null ? partition.rest : this.write(partition.rest));
  }

  /** From here on full blocks go to the file; those in memory too, for what other tables of this size need. */
  private startFile(): void {
    const file = path.join(this.options.folder, `modeltrail-rows-${randomBytes(8).toString("hex")}`);
    this.file = fs.openSync(file, "wx+", 0o600);
    try {
      // Without a name it is gone as soon as the process is, however that ends. Windows cannot.
      fs.unlinkSync(file);
    } catch {
      this.filePath = file;
    }
    for (const partition of this.partitions) {
      partition.blocks = partition.blocks.map((block) => (typeof block === "number" ? block : this.write(block)));
    }
  }

  private write(block: Int32Array): number {
    const start = this.fileBytes;
    const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(this.file!, bytes, at, bytes.length - at, start + at);
    this.fileBytes += bytes.length;
    return start;
  }
}

const EMPTY = new Int32Array(0);

/** The buffers of `store`, for sending it to another thread without a copy. */
export function buffersOf(store: RecordStore): ArrayBuffer[] {
  const blocks = store.partitions.flatMap(({ blocks, rest }) => [...blocks, rest]);
  return blocks.flatMap((block) =>
    typeof block === "number" || block.length === 0 ? [] : [block.buffer as ArrayBuffer],
  );
}

/** Gives all records of a partition, one after the other; what it gave before is overwritten. */
export class PartitionReader {
  private words = new Int32Array(0);

  constructor(private readonly store: RecordStore) {}

  read(index: number): Int32Array {
    const { width, partitions, file } = this.store;
    const { blocks, rest, records } = partitions[index]!;
    const count = records * width;
    if (this.words.length < count) this.words = new Int32Array(2 * count);
    const blockWords = BLOCK_RECORDS * width;
    blocks.forEach((block, at) => {
      const target = this.words.subarray(at * blockWords, (at + 1) * blockWords);
      if (typeof block === "number") readBlock(file!, block, target);
      else target.set(block);
    });
    this.words.set(rest, blocks.length * blockWords);
    return this.words.subarray(0, count);
  }
}

function readBlock(file: number, start: number, target: Int32Array): void {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const read = fs.readSync(file, bytes, at, bytes.length - at, start + at);
    if (read === 0) throw new Error("The temporary file with the rows ended early.");
    at += read;
  }
}
