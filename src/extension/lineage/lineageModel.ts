/** The Lineage view as data: where a file came from and what depends on it, file → run → file, as far as it is unfolded. */
import type { LineageDataset, LineageDirection, LineageFile, LineageRun } from "../../domain/lineage";
import type { RunSummary } from "../../domain/run";
import type { ReadFrom } from "../stores/readFrom";
import type { FileNode, RunNode } from "../tree/nodes";
import type { RecordedFile } from "../tree/sections";
import type { LineageRoot, StoreApi } from "../worker/api";

/** What lineage was asked of. */
export interface LineageSubject {
  root: string;
  /** The file's path, or the run's name. */
  title: string;
  of: LineageRoot | { run: string };
}

interface Base {
  id: string;
  root: string;
}

export interface SubjectNode extends Base {
  kind: "subject";
  subject: LineageSubject;
}

/** The two ways to go from what was asked. */
export interface DirectionNode extends Base {
  kind: "direction";
  direction: LineageDirection;
  subject: LineageSubject;
}

/** A run of the lineage is a run of the Experiments tree, so that its commands work here too. */
export interface LineageRunNode extends RunNode {
  direction: LineageDirection;
  /** The run as the lineage tells it. */
  lineage: LineageRun;
}

export interface LineageFileNode extends FileNode {
  direction: LineageDirection;
  lineage: LineageFile;
}

export interface LineageDatasetNode extends Base {
  kind: "lineageDataset";
  direction: LineageDirection;
  lineage: LineageDataset;
}

export interface NoteNode extends Base {
  kind: "note";
  text: string;
  /** An end of the lineage rather than something left out. */
  isEnd: boolean;
}

export type Node = SubjectNode | DirectionNode | LineageRunNode | LineageFileNode | LineageDatasetNode | NoteNode;

export type LineageReads = Pick<StoreApi, "lineage" | "runLineage" | "getSummaries">;
export type ReadLineage = ReadFrom<LineageReads>;

/** The runs of a file, and the files of those: what is unfolded next is asked for then. */
const DEPTH = 1;

export class LineageModel {
  constructor(private readonly read: ReadLineage) {}

  roots(subject: LineageSubject): Node[] {
    const { root } = subject;
    const key = JSON.stringify(subject.of);
    return [{ kind: "subject", id: `${root}|${key}`, root, subject }];
  }

  async children(node: Node): Promise<Node[]> {
    switch (node.kind) {
      case "subject":
        return (["up", "down"] as const).map((direction) => {
          return {
            kind: "direction",
            id: `${node.id}|${direction}`,
            root: node.root,
            direction,
            subject: node.subject,
          };
        });
      case "direction":
        return this.ofSubject(node);
      case "run":
        return this.filesOf(node, node.lineage.files, node.lineage.more, node.lineage, node.direction);
      case "file":
        return this.ofSource(node, { path: node.lineage.path, sha256: node.lineage.sha256 ?? undefined });
      case "lineageDataset":
        return this.ofSource(node, { dataset: node.lineage.name, version: node.lineage.version });
      case "note":
        return [];
    }
  }

  private async ofSubject(node: DirectionNode): Promise<Node[]> {
    const { root, subject, direction } = node;
    const { of } = subject;
    if ("run" in of) {
      const run = await this.read("runLineage", { root, id: of.run, direction });
      return this.filesOf(node, run.files, run.more, run, direction);
    }
    const lineage = await this.read("lineage", { root, of, direction, depth: DEPTH });
    return this.runsOf(node, lineage.root, direction);
  }

  /** What is known already is not asked again; where the answer before stopped, the next one goes on. */
  private async ofSource(node: LineageFileNode | LineageDatasetNode, of: LineageRoot): Promise<Node[]> {
    const { lineage, root, direction } = node;
    if (lineage.stop === undefined) return this.runsOf(node, lineage, direction);
    return this.runsOf(node, (await this.read("lineage", { root, of, direction, depth: DEPTH })).root, direction);
  }

  private async runsOf(
    parent: Node,
    { runs, more }: Pick<LineageFile, "runs" | "more">,
    direction: LineageDirection,
  ): Promise<Node[]> {
    const { root, id } = parent;
    if (runs.length === 0) {
      const text = direction === "up" ? "No recorded run wrote it" : "No recorded run read it";
      return [{ kind: "note", id: `${id}|end`, root, text, isEnd: true }];
    }
    const summaries = await this.read("getSummaries", { root, ids: runs.map((run) => run.id) });
    const byId = new Map(summaries.map((run) => [run.id, run]));
    const nodes = runs.flatMap((lineage): Node[] => {
      const run = byId.get(lineage.id);
      return run ? [{ ...runNode(`${id}|${run.id}`, root, run), direction, lineage }] : [];
    });
    return withMore(parent, nodes, more, "runs");
  }

  private async filesOf(
    parent: Node,
    files: LineageRun["files"],
    more: number,
    of: Pick<LineageRun, "id">,
    direction: LineageDirection,
  ): Promise<Node[]> {
    const { root, id } = parent;
    if (files.length === 0) {
      const text = direction === "up" ? "It read no data" : "It wrote nothing that was recorded";
      return [{ kind: "note", id: `${id}|end`, root, text, isEnd: true }];
    }
    const [run] = await this.read("getSummaries", { root, ids: [of.id] });
    if (!run) return [];
    const nodes = files.map((lineage): Node => {
      if (lineage.kind === "dataset") {
        return { kind: "lineageDataset", id: `${id}|dataset:${lineage.name}`, root, direction, lineage };
      }
      const { path, sha256, size } = lineage;
      const file: RecordedFile = { kind: "data", path, sha256, size };
      const entry = { kind: "file" as const, key: path, file, description: "" };
      const owner = runNode(`${id}|${path}|run`, root, run);
      return { kind: "file", id: `${id}|${path}`, root, parent: undefined, run: owner, entry, direction, lineage };
    });
    return withMore(parent, nodes, more, "files");
  }
}

function withMore({ id, root }: Node, nodes: Node[], more: number, what: string): Node[] {
  if (more === 0) return nodes;
  const text = `… and ${more.toLocaleString()} more ${what}`;
  return [...nodes, { kind: "note", id: `${id}|more`, root, text, isEnd: false }];
}

function runNode(id: string, root: string, run: RunSummary): RunNode {
  const lists = { details: undefined, childRuns: undefined, repeats: undefined, repeated: undefined };
  return { kind: "run", id, root, parent: undefined, run, ...lists };
}
