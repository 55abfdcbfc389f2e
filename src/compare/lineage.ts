/**
 * Lineage: file → run → file, over runs. A file that a run read is the one that another wrote when it has the same content,
 * under whatever name; so a copied, moved or renamed file is followed. Only where a content is not known, or is empty, the path
 * decides, and that is said.
 */
import type { DatasetFile } from "../domain/datasetComparison";
import { UserError } from "../domain/errors";
import type {
  Lineage,
  LineageDataset,
  LineageDirection,
  LineageFile,
  LineageRun,
  LineageStart,
} from "../domain/lineage";
import type { RunDataset, RunSummary } from "../domain/run";
import {
  datasetsOfRun,
  type From,
  filesOfRun,
  hasLinkedRuns,
  isTelling,
  type LineageStore,
  type Linked,
  linkedRuns,
  otherWriter,
  type RunFile,
  runsOfVersion,
} from "./lineageLinks";

export interface LineageOptions {
  /** Default `up`. */
  direction?: LineageDirection;
  /** How many runs far; default 10. */
  depth?: number;
  /** Runs below a file, and files below a run, that are told; default 50. */
  limit?: number;
  /** Files and runs of the whole tree; default 2,000. */
  size?: number;
  /** The files of a dataset's version, in order. */
  filesOf(version: string): AsyncIterable<DatasetFile>;
}

/** A dataset of more files stands for them: they are not told one by one. */
const LARGE = 20;
/** Files of a large dataset whose own lineage is looked at. */
const SAMPLE = 32;
/** Files of a run that are asked whether they lead anywhere, so that those which do come first. */
const ASKED = 500;

type Source = LineageFile | LineageDataset;

/** Something whose runs are to be found. */
interface Waiting {
  node: Source;
  depth: number;
  from?: From;
}

/** Goes breadth first, so that what is near is whole when the tree is cut. */
export async function lineageOf(store: LineageStore, start: LineageStart, options: LineageOptions): Promise<Lineage> {
  const { direction = "up", depth: deepest = 10, limit = 50, size: largest = 2_000, filesOf } = options;
  const root = rootOf(store, start);
  const queue: Waiting[] = [{ node: root, depth: 0 }];
  const runs = new Map<string, LineageRun>();
  const sources = new Map<string, Source>();
  let told = 1;
  let complete = true;

  async function addRuns({ node, depth, from }: Waiting): Promise<void> {
    const there = sources.get(keyOf(node));
    if (there) {
      // What leads nowhere may stand there again.
      if (there.runs.length > 0) node.stop = "shown";
      return;
    }
    sources.set(keyOf(node), node);
    const linked = node.kind === "file" ? linkedRuns(store, node, direction, from) : await runsOfDataset(node, from);
    if (linked.length > 0 && depth >= deepest) return cut(node, "depth");
    if (linked.length === 0 && node.kind === "file") addNote(node, from);
    const summaries = store.getSummaries(linked.slice(0, limit).map(({ run }) => run));
    const byId = new Map(summaries.map((run) => [run.id, run]));
    for (const link of linked.slice(0, limit)) await addRun(node, link, byId.get(link.run)!, depth);
    node.more = Math.max(0, linked.length - limit);
    if (node.more > 0) complete = false;
  }

  async function addRun(above: Source, { path, link }: Linked, run: RunSummary, depth: number): Promise<void> {
    if (told++ >= largest) return cut(above, "size");
    const { id, name, experiment, status, startTime } = run;
    const node: LineageRun = { kind: "run", id, name, experiment, status, startTime, path, link, files: [], more: 0 };
    above.runs.push(node);
    if (runs.has(id)) {
      node.stop = "shown";
      return;
    }
    runs.set(id, node);
    const from = { id, startTime, endTime: run.endTime ?? Number.POSITIVE_INFINITY };
    const { listed, more } = await partsOf(store, id, direction, limit, filesOf);
    node.more = more;
    if (more > 0) complete = false;
    for (const part of listed) {
      if (told++ >= largest) return cut(node, "size");
      node.files.push(part);
      queue.push({ node: part, depth: depth + 1, from });
    }
  }

  /** By version, and by the contents of some of its files, which runs may have written or read without the others. */
  async function runsOfDataset(dataset: LineageDataset, from: From | undefined): Promise<Linked[]> {
    const linked = runsOfVersion(store, dataset, direction, from);
    const known = new Set(linked.map(({ run }) => run));
    const step = Math.max(1, Math.floor(dataset.files / SAMPLE));
    let at = 0;
    try {
      for await (const file of filesOf(dataset.version)) {
        if (at++ % step > 0 || !isTelling(file)) continue;
        for (const link of linkedRuns(store, file, direction, from)) {
          if (known.has(link.run)) continue;
          known.add(link.run);
          linked.push(link);
        }
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      dataset.note = error.message;
    }
    return linked;
  }

  function addNote(file: LineageFile, from: From | undefined): void {
    const writer = direction === "up" && isTelling(file) ? otherWriter(store, file, from) : undefined;
    if (writer) file.note = `run ${writer.name} wrote this path with another content`;
  }

  function cut(node: Source | LineageRun, stop: "depth" | "size"): void {
    node.stop = stop;
    complete = false;
  }

  for (const waiting of queue) await addRuns(waiting);
  return { direction, root, complete };
}

function rootOf(store: LineageStore, start: LineageStart): Source {
  if ("path" in start) return fileNode({ path: start.path, sha256: start.sha256 ?? null, size: start.size ?? null });
  const { dataset: name, version } = start;
  const [use] = store.runsOfDataset(name, version, { limit: 1 }).uses;
  const used = use && store.getRunHead(use.run)?.snapshot.datasets.find((one) => one.version === version);
  return datasetNode({ name, version, files: used?.files ?? 0, size: used?.size ?? 0 });
}

function keyOf(node: Source): string {
  if (node.kind === "dataset") return `dataset ${node.name} ${node.version}`;
  return isTelling(node) ? `content ${node.sha256}` : `path ${node.path}`;
}

/** What the run read or wrote: large datasets as one, then the files, those that lead to other runs first. */
async function partsOf(
  store: LineageStore,
  id: string,
  direction: LineageDirection,
  limit: number,
  filesOf: LineageOptions["filesOf"],
): Promise<{ listed: Source[]; more: number }> {
  const head = store.getRunHead(id);
  const large = head ? datasetsOfRun(head, direction).filter(({ files }) => files > LARGE) : [];
  const members = new Set<string>();
  for (const { version } of large) await addMembers(members, filesOf(version));
  const leading: RunFile[] = [];
  const others: RunFile[] = [];
  let asked = 0;
  for (const file of filesOfRun(store, id, direction)) {
    if (members.has(file.path)) continue;
    const leads = asked++ < ASKED && hasLinkedRuns(store, file, direction, id);
    (leads ? leading : others).push(file);
  }
  const parts: Source[] = [
    ...large.map(datasetNode),
    ...byPath(leading).map(fileNode),
    ...byPath(others).map(fileNode),
  ];
  return { listed: parts.slice(0, limit), more: Math.max(0, parts.length - limit) };
}

/** A list of files that is damaged or gone hides none of them; what is wrong is said at the dataset. */
async function addMembers(members: Set<string>, files: AsyncIterable<DatasetFile>): Promise<void> {
  try {
    for await (const { path } of files) members.add(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function byPath(files: RunFile[]): RunFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileNode({ path, sha256, size }: RunFile): LineageFile {
  return { kind: "file", path, sha256, size, runs: [], more: 0 };
}

function datasetNode({ name, version, files, size }: Omit<RunDataset, "role">): LineageDataset {
  return { kind: "dataset", name, version, files, size, runs: [], more: 0 };
}
