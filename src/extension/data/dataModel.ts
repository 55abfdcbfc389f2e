/** The Data view as data: datasets, their versions, and for each what changed, which files it has and which runs used it. */
import type { DatasetComparison, DatasetFile } from "../../domain/datasetComparison";
import { formatSize } from "../../domain/format";
import type { RunSummary } from "../../domain/run";
import type { DatasetSummary, DatasetVersionSummary } from "../../store/contract";
import type { Project } from "../stores/projects";
import type { ReadFrom } from "../stores/readFrom";
import type { FileNode, ProjectNode, RunNode } from "../tree/nodes";
import type { StoreApi } from "../worker/api";
import {
  type ChangeNode,
  type DatasetNode,
  type FileChange,
  type MoreVersionsNode,
  type Node,
  type PartNode,
  projectNode,
  type VersionNode,
} from "./nodes";

/** The part of the worker that the view reads from. */
export type DataReads = Pick<
  StoreApi,
  "listDatasets" | "listDatasetVersions" | "runsOfDataset" | "datasetFiles" | "compareVersions"
>;
export type ReadData = ReadFrom<DataReads>;

export interface DataModelOptions {
  read: ReadData;
  projects(): readonly Project[];
}

const VERSIONS = 50;
/** More rows than this help nobody in a tree. */
const MOST_ROWS = 500;

export class DataModel {
  private known = new Map<string, DatasetNode>();

  constructor(private readonly options: DataModelOptions) {}

  async roots(): Promise<Node[]> {
    const projects = await Promise.all(
      this.options.projects().map(async (project) => ({ project, datasets: await this.datasetsOf(project.root) })),
    );
    const withData = projects.filter(({ datasets }) => datasets.length > 0);
    if (withData.length > 1) return withData.map(({ project }) => projectNode(project));
    return withData.flatMap(({ project, datasets }) => this.datasetNodes(project.root, undefined, datasets));
  }

  async children(node: Node): Promise<Node[]> {
    switch (node.kind) {
      case "project":
        return this.datasetNodes(node.root, node, await this.datasetsOf(node.root));
      case "dataset":
        return this.versionNodes(node);
      case "version":
        return partNodes(node);
      case "part":
        return this.partChildren(node);
      default:
        return [];
    }
  }

  loadMore({ parent }: MoreVersionsNode): void {
    parent.limit += VERSIONS;
  }

  private datasetsOf(root: string): Promise<DatasetSummary[]> {
    return this.options.read("listDatasets", { root });
  }

  /** Nodes are kept, with how many versions they show. */
  private datasetNodes(root: string, parent: ProjectNode | undefined, datasets: DatasetSummary[]): DatasetNode[] {
    return datasets.map((dataset) => {
      const id = `${root}|${dataset.name}`;
      const node: DatasetNode = this.known.get(id) ?? { kind: "dataset", id, root, parent, dataset, limit: VERSIONS };
      node.dataset = dataset;
      node.parent = parent;
      this.known.set(id, node);
      return node;
    });
  }

  private async versionNodes(node: DatasetNode): Promise<Node[]> {
    const { root, dataset, limit } = node;
    // One more than is shown: the last one's changes are told against it.
    const page = await this.options.read("listDatasetVersions", {
      root,
      name: dataset.name,
      page: { limit: limit + 1 },
    });
    const previous = previousVersions(page.versions);
    // As they came up: a reproduction uses an old version once more, which does not make it a new one.
    const shown = page.versions
      .slice(0, limit)
      .toSorted((a, b) => b.firstSeen - a.firstSeen)
      .map((version): VersionNode => {
        const id = `${node.id}|${version.version}`;
        return { kind: "version", id, root, parent: node, version, previous: previous.get(version.version) ?? null };
      });
    const left = page.total - shown.length;
    if (left === 0) return shown;
    return [...shown, { kind: "moreVersions", id: `${node.id}|more`, root, parent: node, left }];
  }

  private async partChildren(node: PartNode): Promise<Node[]> {
    switch (node.part) {
      case "changes":
        return this.changes(node);
      case "files":
        return this.files(node);
      case "runs":
        return this.runs(node);
    }
  }

  private async changes(node: PartNode): Promise<Node[]> {
    const { root, parent } = node;
    const [before, after] = [parent.previous!, parent.version.version];
    const comparison = await this.options.read("compareVersions", { root, before, after, limit: MOST_ROWS });
    const changes = changesOf(comparison);
    const nodes = changes.slice(0, MOST_ROWS).map((change): ChangeNode => {
      return { kind: "change", id: `${node.id}|${change.kind}:${change.path}`, root, parent: node, change };
    });
    const { added, removed, changed, moved } = comparison.counts;
    return withNote(node, nodes, added + removed + changed + moved);
  }

  private async files(node: PartNode): Promise<Node[]> {
    const { root, parent } = node;
    const { version, files: total } = parent.version;
    const [files, run] = await Promise.all([
      this.options.read("datasetFiles", { root, version, limit: MOST_ROWS }),
      this.anyRun(parent),
    ]);
    if (!run) return [];
    const nodes = files.map((file) => fileNode(node, run, file));
    return withNote(node, nodes, total);
  }

  private async runs(node: PartNode): Promise<Node[]> {
    const { root, parent } = node;
    const argument = { root, name: parent.parent.dataset.name, version: parent.version.version };
    const page = await this.options.read("runsOfDataset", { ...argument, page: { limit: MOST_ROWS } });
    const nodes = page.runs.map((run) => runNode(node, run));
    return withNote(node, nodes, page.total);
  }

  /** A file is opened as some run had it. */
  private async anyRun({ root, parent, version }: VersionNode): Promise<RunSummary | undefined> {
    const argument = { root, name: parent.dataset.name, version: version.version, page: { limit: 1 } };
    return (await this.options.read("runsOfDataset", argument)).runs[0];
  }
}

/** By version, the one that was first seen just before it. */
function previousVersions(versions: readonly DatasetVersionSummary[]): Map<string, string> {
  const bySeen = versions.toSorted((a, b) => a.firstSeen - b.firstSeen);
  return new Map(bySeen.slice(1).map(({ version }, index) => [version, bySeen[index]!.version]));
}

function partNodes(parent: VersionNode): PartNode[] {
  const parts = parent.previous === null ? (["files", "runs"] as const) : (["changes", "files", "runs"] as const);
  return parts.map((part) => ({ kind: "part", id: `${parent.id}|${part}`, root: parent.root, parent, part }));
}

/** By path, whatever happened to the files. */
export function changesOf({ added, removed, changed, moved }: DatasetComparison): FileChange[] {
  const changes: FileChange[] = [
    ...added.map((after): FileChange => ({ kind: "added", path: after.path, before: null, after })),
    ...removed.map((before): FileChange => ({ kind: "removed", path: before.path, before, after: null })),
    ...changed.map(({ path, before, after }): FileChange => {
      return { kind: "changed", path, before: { path, ...before }, after: { path, ...after } };
    }),
    ...moved.map(({ from, to, sha256, size }): FileChange => {
      return { kind: "moved", path: to, before: { path: from, sha256, size }, after: { path: to, sha256, size } };
    }),
  ];
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function withNote(parent: PartNode, nodes: Node[], total: number): Node[] {
  const { id, root, part } = parent;
  const note = (text: string): Node => ({ kind: "note", id: `${id}|note`, root, parent, text });
  if (total === 0 && part === "changes") return [note("The same files")];
  return total > nodes.length ? [...nodes, note(`… and ${(total - nodes.length).toLocaleString()} more`)] : nodes;
}

function fileNode(parent: PartNode, run: RunSummary, { path, sha256, size }: DatasetFile): FileNode {
  const id = `${parent.id}|${path}`;
  const file = { kind: "data" as const, path, sha256, size };
  const entry = { kind: "file" as const, key: path, file, description: formatSize(size) };
  return { kind: "file", id, root: parent.root, parent: undefined, run: runNode(parent, run), entry };
}

function runNode(parent: PartNode, run: RunSummary): RunNode {
  const lists = { details: undefined, childRuns: undefined, repeats: undefined, repeated: undefined };
  return { kind: "run", id: `${parent.id}|${run.id}`, root: parent.root, parent: undefined, run, ...lists };
}
