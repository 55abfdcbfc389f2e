/** From files to the runs that wrote or read them, and from runs to their files: single steps of a lineage. */
import type { LineageDirection, LineageLink } from "../domain/lineage";
import type { RunSummary } from "../domain/run";
import type { FileRole, FileUse, RunHead, Store } from "../store/contract";

export type LineageStore = Pick<
  Store,
  "fileUses" | "getSummaries" | "getRunHead" | "listFiles" | "runsOfDataset" | "listDatasetVersions"
>;

/** A file as it is looked for. */
export interface FileKey {
  path: string;
  /** Null: unknown. */
  sha256: string | null;
}

/** A run that wrote (up) or read (down) a file. */
export interface Linked {
  run: string;
  startTime: number;
  /** What it called the file. */
  path: string;
  link: LineageLink;
}

/** The run that is come from: what it read was written before it ended, what it wrote was read after it began. */
export interface From {
  id: string;
  startTime: number;
  /** Infinite while it goes on. */
  endTime: number;
}

/** SHA-256 of nothing: that two files are empty says nothing about where they come from. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/** Uses that are looked through for one file or dataset. */
const MOST_USES = 10_000;
/** Runs that began before and are asked whether they were still running. */
const MOST_EARLIER = 100;

const FILE_ROLES: Record<LineageDirection, FileRole[]> = { up: ["write"], down: ["read", "config"] };
const RUN_ROLES: Record<LineageDirection, FileRole[]> = { up: ["read", "config"], down: ["write"] };

export function isTelling({ sha256 }: FileKey): boolean {
  return sha256 !== null && sha256 !== EMPTY;
}

/**
 * The runs on the other side of a file, each once: those that called it the same first, then the newest first. By content
 * where that is known and tells something; else by path: up to the last run that wrote it, down to all that read it since.
 */
export function linkedRuns(store: LineageStore, file: FileKey, direction: LineageDirection, from?: From): Linked[] {
  const byContent = isTelling(file);
  const link = byContent ? "content" : "path";
  const byRun = new Map<string, Linked>();
  for (const { run, path, startTime } of usesOf(store, file, direction, byContent)) {
    const there = byRun.get(run);
    if (!there || (there.path !== file.path && path === file.path)) byRun.set(run, { run, path, startTime, link });
  }
  const links = inOrder(store, [...byRun.values()], direction, from);
  if (!byContent && direction === "up") return links.slice(0, 1);
  return [...links.filter((one) => one.path === file.path), ...links.filter((one) => one.path !== file.path)];
}

function usesOf(store: LineageStore, file: FileKey, direction: LineageDirection, byContent: boolean): FileUse[] {
  const key = byContent ? { sha256: file.sha256! } : { path: file.path };
  const uses = FILE_ROLES[direction].flatMap((role) => store.fileUses(key, { role, limit: MOST_USES }).uses);
  return uses.sort((one, other) => other.startTime - one.startTime);
}

/** Those that can have to do with `from`: what it read was written before, and what it wrote was read after. */
function inOrder(
  store: LineageStore,
  links: readonly Linked[],
  direction: LineageDirection,
  from: From | undefined,
): Linked[] {
  if (!from) return [...links];
  const others = links.filter(({ run }) => run !== from.id);
  if (direction === "up") return others.filter(({ startTime }) => startTime <= from.endTime);
  const earlier = others.filter(({ startTime }) => startTime < from.startTime).slice(0, MOST_EARLIER);
  const summaries = store.getSummaries(earlier.map(({ run }) => run));
  const over = summaries.filter(({ endTime }) => endTime !== null && endTime < from.startTime).map(({ id }) => id);
  const running = new Set(earlier.map(({ run }) => run).filter((id) => !over.includes(id)));
  return others.filter(({ run, startTime }) => startTime >= from.startTime || running.has(run));
}

/** Whether there may be any: quicker than `linkedRuns`. */
export function hasLinkedRuns(store: LineageStore, file: FileKey, direction: LineageDirection, from: string): boolean {
  const key = isTelling(file) ? { sha256: file.sha256! } : { path: file.path };
  return FILE_ROLES[direction].some((role) =>
    store.fileUses(key, { role, limit: 2 }).uses.some((use) => use.run !== from),
  );
}

/** The last run before `from` that wrote this path with another content, where no run wrote this one. */
export function otherWriter(store: LineageStore, file: FileKey, from?: From): RunSummary | undefined {
  const { uses } = store.fileUses({ path: file.path }, { role: "write", limit: 20 });
  const use = uses.find(({ run, startTime }) => run !== from?.id && startTime <= (from?.endTime ?? startTime));
  return use && store.getSummaries([use.run])[0];
}

/** A file of a run. `size` in bytes, null when unknown. */
export interface RunFile extends FileKey {
  size: number | null;
}

/** What the run read (up) or wrote (down), each path once. */
export function* filesOfRun(store: LineageStore, id: string, direction: LineageDirection): Generator<RunFile> {
  const seen = new Set<string>();
  for (const role of RUN_ROLES[direction]) {
    for (let after: number | null | undefined; after !== null; ) {
      const page = store.listFiles(id, role, { after });
      for (const { path, sha256, size } of page.files) {
        if (seen.has(path)) continue;
        seen.add(path);
        yield { path, sha256, size: role === "config" ? null : size };
      }
      after = page.next;
    }
  }
}

/** The datasets that the run read (up) or wrote (down). */
export function datasetsOfRun(head: RunHead, direction: LineageDirection): RunHead["snapshot"]["datasets"] {
  const role = direction === "up" ? "read" : "write";
  return head.snapshot.datasets.filter((dataset) => dataset.role === role);
}

/** The runs on the other side of a dataset's version, the newest first. */
export function runsOfVersion(
  store: LineageStore,
  { name, version }: { name: string; version: string },
  direction: LineageDirection,
  from?: From,
): Linked[] {
  const role = direction === "up" ? "write" : "read";
  const { uses } = store.runsOfDataset(name, version, { limit: MOST_USES });
  const links = uses
    .filter((use) => use.role === role)
    .map(({ run, startTime }): Linked => ({ run, startTime, path: name, link: "content" }));
  return inOrder(store, links, direction, from);
}
