/** How two versions of a dataset differ: files that were added, removed, changed or moved. */
import type { ChangedFile, DatasetComparison, DatasetFile, MovedFile } from "../domain/datasetComparison";
import { comparePaths } from "../domain/pathOrder";
import { createUnmatchedFiles, type UnmatchedGroup } from "./unmatchedFiles";

export interface DatasetSide {
  version: string;
  /** In the order of a manifest. */
  files: AsyncIterable<DatasetFile>;
}

export interface CompareDatasetsOptions {
  /** How many files each list of the result holds at most; default 1,000. */
  limit?: number;
  signal?: AbortSignal;
  /** For tests: how many files are held in memory. */
  held?: number;
}

/** How often the signal is looked at: after so many files. */
const SLICE = 4_096;

/**
 * Reads both versions once, side by side, so that millions of files take no memory. A file is moved when its very content was
 * there under another name, which is gone; empty files all have the same content and so are never said to be moved. Rejects
 * with the signal's reason, or with what reading the versions throws.
 */
export async function compareDatasets(
  before: DatasetSide,
  after: DatasetSide,
  { limit = 1_000, signal, held }: CompareDatasetsOptions = {},
): Promise<DatasetComparison> {
  const sides = {
    before: { version: before.version, files: 0, size: 0 },
    after: { version: after.version, files: 0, size: 0 },
  };
  let same = 0;
  const changed = createShortlist<ChangedFile>(limit, ({ path }) => path);
  const unmatched = createUnmatchedFiles(held);
  try {
    let looked = 0;
    for await (const [older, newer] of joinByPath(before.files, after.files)) {
      if (++looked % SLICE === 0) signal?.throwIfAborted();
      if (older) count(sides.before, older);
      if (newer) count(sides.after, newer);
      if (!older) unmatched.add("added", newer!);
      else if (!newer) unmatched.add("removed", older);
      else if (older.sha256 === newer.sha256) same++;
      else changed.add({ path: older.path, before: contentOf(older), after: contentOf(newer) });
    }
    const added = createShortlist<DatasetFile>(limit, ({ path }) => path);
    const removed = createShortlist<DatasetFile>(limit, ({ path }) => path);
    const moved = createShortlist<MovedFile>(limit, ({ to }) => to);
    for await (const group of unmatched.groups()) {
      signal?.throwIfAborted();
      const pairs = pairMoved(group);
      for (const file of group.added) {
        const from = pairs.get(file);
        if (from) moved.add({ from: from.path, to: file.path, sha256: file.sha256, size: file.size });
        else added.add(file);
      }
      const gone = new Set(pairs.values());
      for (const file of group.removed) if (!gone.has(file)) removed.add(file);
    }
    const lists = { added, removed, changed, moved };
    return {
      ...sides,
      counts: { added: added.count, removed: removed.count, changed: changed.count, moved: moved.count, same },
      added: added.list(),
      removed: removed.list(),
      changed: changed.list(),
      moved: moved.list(),
      complete: Object.values(lists).every((list) => list.count <= limit),
    };
  } finally {
    unmatched.close();
  }
}

function count(side: { files: number; size: number }, file: DatasetFile): void {
  side.files++;
  side.size += file.size;
}

function contentOf({ sha256, size }: DatasetFile): ChangedFile["before"] {
  return { sha256, size };
}

/** Pairs of files of the same path; null where one side has none. */
async function* joinByPath(
  before: AsyncIterable<DatasetFile>,
  after: AsyncIterable<DatasetFile>,
): AsyncGenerator<[DatasetFile | null, DatasetFile | null]> {
  const [left, right] = [before[Symbol.asyncIterator](), after[Symbol.asyncIterator]()];
  try {
    let [older, newer] = [await left.next(), await right.next()];
    while (!(older.done && newer.done)) {
      const order = older.done ? 1 : newer.done ? -1 : comparePaths(older.value.path, newer.value.path);
      yield [order <= 0 ? older.value : null, order >= 0 ? newer.value : null];
      if (order <= 0) older = await left.next();
      if (order >= 0) newer = await right.next();
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()]);
  }
}

/** Added files with the removed ones that they were: first of those with the same last name, then of any. */
function pairMoved({ added, removed }: UnmatchedGroup): Map<DatasetFile, DatasetFile> {
  const pairs = new Map<DatasetFile, DatasetFile>();
  const gone = new Set<DatasetFile>();
  const keys = [(file: DatasetFile) => `${file.sha256} ${lastName(file.path)}`, (file: DatasetFile) => file.sha256];
  for (const keyOf of keys) {
    const candidates = new Map<string, DatasetFile[]>();
    // Backwards, so that `pop` gives the first.
    for (const file of removed.toReversed()) {
      if (file.size === 0 || gone.has(file)) continue;
      const list = candidates.get(keyOf(file));
      if (list) list.push(file);
      else candidates.set(keyOf(file), [file]);
    }
    for (const file of added) {
      const from = pairs.has(file) ? undefined : candidates.get(keyOf(file))?.pop();
      if (!from) continue;
      pairs.set(file, from);
      gone.add(from);
    }
  }
  return pairs;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Counts all and keeps the first by path. */
function createShortlist<T>(limit: number, pathOf: (item: T) => string) {
  let items: T[] = [];
  let counted = 0;
  const cut = () => {
    items = items.sort((a, b) => comparePaths(pathOf(a), pathOf(b))).slice(0, limit);
  };
  return {
    get count() {
      return counted;
    },
    add(item: T): void {
      counted++;
      items.push(item);
      if (items.length >= 2 * limit + SLICE) cut();
    },
    list(): T[] {
      cut();
      return items;
    },
  };
}
