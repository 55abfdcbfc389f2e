/** Reads the files of several sides next to each other, in pages: there may be tens of thousands. */
import { setImmediate } from "node:timers/promises";
import type { ComparedFiles, FileState } from "../domain/comparison";
import type { FileRole, ListedFile, Store } from "../store/contract";
import { createFileComparison, type FileRow, type FilesOptions } from "./files";
import type { ComparisonReaders } from "./readers";

export interface FileSides {
  store: Pick<Store, "listFiles">;
  /** Of the sides' runs; null: the workspace. */
  ids: readonly (string | null)[];
  readers: Pick<ComparisonReaders, "filesNow">;
  signal?: AbortSignal | undefined;
}

/** Rows that are handed on together; other work gets its turn in between. */
const PORTION = 4096;

/** Compares what the sides have in this role; the workspace has what lies there now. */
export async function compareInputs(sides: FileSides, role: FileRole, options: FilesOptions): Promise<ComparedFiles> {
  const comparison = createFileComparison(options);
  for await (const rows of readFileRows(sides, role)) rows.forEach(comparison.add);
  return comparison.result();
}

/** Compares what the runs among the sides have written; the workspace has no part in it. */
export async function compareOutputs(sides: FileSides, options: FilesOptions): Promise<ComparedFiles> {
  const comparison = createFileComparison(options);
  const runs = [...sides.ids.keys()].filter((side) => sides.ids[side] !== null);
  if (runs.length > 1) {
    const ids = runs.map((side) => sides.ids[side]!);
    for await (const rows of readFileRows({ ...sides, ids }, "write")) rows.forEach(comparison.add);
  }
  const { counts, files } = comparison.result();
  const spread = (states: readonly (FileState | null)[]) =>
    sides.ids.map((_, side) => states[runs.indexOf(side)] ?? null);
  return { counts, files: files.map((file) => ({ ...file, files: spread(file.files) })) };
}

/** What the sides have in this role, path by path with one entry per side, in portions. */
export async function* readFileRows(sides: FileSides, role: FileRole): AsyncGenerator<FileRow[]> {
  let rows: FileRow[] = [];
  for (const row of mergeFiles(sides, role)) {
    rows.push(row);
    if (rows.length < PORTION) continue;
    yield await withWorkspace(sides, rows);
    rows = [];
    await setImmediate();
  }
  yield await withWorkspace(sides, rows);
}

async function withWorkspace({ ids, readers, signal }: FileSides, rows: FileRow[]): Promise<FileRow[]> {
  signal?.throwIfAborted();
  const workspace = ids.indexOf(null);
  if (workspace < 0 || rows.length === 0) return rows;
  const now = await readers.filesNow(rows.map(({ path }) => path));
  for (const [at, { files }] of rows.entries()) files[workspace] = now[at]!;
  return rows;
}

/** The pages come in the same order for all runs, so that only one of each is held at a time. */
function* mergeFiles({ store, ids }: FileSides, role: FileRole): Generator<FileRow> {
  const lists = ids.map((id) => (id === null ? null : listedFiles(store, id, role)));
  const heads = lists.map((list) => list?.next().value);
  for (;;) {
    let lowest: ListedFile | undefined;
    for (const head of heads) if (head && (!lowest || head.number < lowest.number)) lowest = head;
    if (!lowest) return;
    const { number, path } = lowest;
    const files = heads.map((head, at): FileState | null => {
      if (head?.number !== number) return null;
      heads[at] = lists[at]!.next().value;
      return { path, sha256: head.sha256, size: head.size };
    });
    yield { path, files };
  }
}

function* listedFiles(store: FileSides["store"], id: string, role: FileRole): Generator<ListedFile, undefined> {
  for (let after: number | null | undefined; after !== null; ) {
    const page = store.listFiles(id, role, after === undefined ? {} : { after });
    yield* page.files;
    after = page.next;
  }
  return undefined;
}
