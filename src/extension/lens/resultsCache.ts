/**
 * Results of the files that are looked at: who shows them never waits, and takes what is there. They are asked for once for a
 * file and state of the store, off this thread; who shows them is told when they are others than before.
 */
import type { StoreChange } from "../worker/api";
import type { EditorResults } from "../worker/fileResults";

export interface ResultsCacheOptions {
  /** Root of the project that a file belongs to; undefined: of none that is open. */
  rootOf(file: string): string | undefined;
  read(argument: { root: string; file: string; judged: string[] }): Promise<EditorResults | null>;
  /** Whether somebody sees the file now. */
  isShown(file: string): boolean;
  onChange(file: string): void;
  onFault(error: unknown): void;
}

export interface ResultsCache {
  /**
   * Null: the file has no runs. Undefined: not known yet, `onChange` tells. `judged`: metrics of which the best is wanted.
   */
  get(file: string, judged?: readonly string[]): EditorResults | null | undefined;
  root(file: string): string | undefined;
  /** Runs of a project are others. */
  changed(change: Pick<StoreChange, "root">): void;
  /** The projects are others. */
  clear(): void;
  dispose(): void;
}

interface Entry {
  root: string;
  results: EditorResults | null | undefined;
  judged: Set<string>;
  loading: boolean;
  /** The store has changed since it was asked. */
  stale: boolean;
  timer: NodeJS.Timeout | undefined;
  /** When it was asked last, and how long that took; ms. */
  askedAt: number;
  took: number;
}

/** While runs go on, a file is asked for so often at most, */
const PACE_MS = 1_000;
/** and when answers are long in coming, so that no more than this part of the time goes by waiting for one. */
const SHARE = 1 / 5;
const SLOWEST_MS = 10_000;
/** Files; what is asked for again is kept. */
const MOST = 200;

export function createResultsCache(options: ResultsCacheOptions): ResultsCache {
  const entries = new Map<string, Entry>();

  async function load(file: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.loading = true;
    entry.stale = false;
    entry.askedAt = performance.now();
    const judged = [...entry.judged];
    try {
      const results = await options.read({ root: entry.root, file, judged });
      if (entries.get(file) !== entry) return;
      const isOther = entry.results === undefined || JSON.stringify(results) !== JSON.stringify(entry.results);
      entry.results = results;
      if (isOther) options.onChange(file);
    } catch (error) {
      options.onFault(error);
      entry.results ??= null;
    } finally {
      entry.loading = false;
      entry.took = performance.now() - entry.askedAt;
      if (entry.judged.size > judged.length) void load(file, entry);
      else if (entry.stale) loadSoon(file, entry);
    }
  }

  function loadSoon(file: string, entry: Entry): void {
    entry.stale = true;
    if (entry.loading || entry.timer || !options.isShown(file)) return;
    const pace = Math.min(SLOWEST_MS, Math.max(PACE_MS, entry.took / SHARE));
    const wait = entry.askedAt + pace - performance.now();
    if (wait <= 0) void load(file, entry);
    else entry.timer = setTimeout(() => void load(file, entry), wait);
  }

  function open(file: string, judged: readonly string[]): Entry | undefined {
    const root = options.rootOf(file);
    if (root === undefined) return undefined;
    const none = { results: undefined, judged: new Set(judged), loading: false, stale: false, timer: undefined };
    const entry: Entry = { root, ...none, askedAt: 0, took: 0 };
    entries.set(file, entry);
    void load(file, entry);
    return entry;
  }

  function forgetOldest(): void {
    for (const [file, entry] of entries) {
      if (entries.size <= MOST) break;
      clearTimeout(entry.timer);
      entries.delete(file);
    }
  }

  function clear(): void {
    for (const { timer } of entries.values()) clearTimeout(timer);
    entries.clear();
  }

  return {
    get(file, judged = []) {
      const known = entries.get(file);
      const entry = known ?? open(file, judged);
      if (!entry) return undefined;
      if (known) {
        // The one used last stands last.
        entries.delete(file);
        entries.set(file, known);
      }
      forgetOldest();
      const missing = judged.filter((name) => !entry.judged.has(name));
      for (const name of missing) entry.judged.add(name);
      if (missing.length > 0 && !entry.loading && entry.results !== null) void load(file, entry);
      else if (entry.stale) loadSoon(file, entry);
      return entry.results;
    },
    root: options.rootOf,
    changed({ root }) {
      for (const [file, entry] of entries) if (entry.root === root) loadSoon(file, entry);
    },
    clear,
    dispose: clear,
  };
}
