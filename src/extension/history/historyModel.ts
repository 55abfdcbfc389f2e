/** The History view as data: the runs that used one file, the newest first, a page at a time. */
import type { RunSummary } from "../../domain/run";
import type { FileRun } from "../../store/fileRuns/contract";
import type { RunNode } from "../tree/nodes";
import type { StoreApi } from "../worker/api";

/** A run of the history is a run of the Experiments tree, so that its commands work here too. */
export interface HistoryNode extends RunNode {
  use: FileRun;
  /** The file: absolute. */
  file: string;
}

/** Stands at the end of a list that goes on. */
export interface MoreHistoryNode {
  kind: "moreHistory";
  id: string;
  root: string;
  /** Runs that are not listed yet. */
  left: number;
}

export type Node = HistoryNode | MoreHistoryNode;

export type ReadHistory = (
  method: "fileHistory",
  argument: Parameters<StoreApi["fileHistory"]>[0],
) => Promise<ReturnType<StoreApi["fileHistory"]>>;

const PAGE = 50;

export class HistoryModel {
  private pages = 1;

  constructor(
    private readonly read: ReadHistory,
    readonly root: string,
    /** Absolute. */
    readonly file: string,
  ) {}

  loadMore(): void {
    this.pages++;
  }

  async nodes(): Promise<Node[]> {
    const { root, file } = this;
    const nodes: Node[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < this.pages; page++) {
      const { uses, runs, next, total } = await this.read("fileHistory", { root, file, page: { limit: PAGE, cursor } });
      nodes.push(...uses.map((use, index) => historyNode(root, file, use, runs[index]!)));
      if (next === null) return nodes;
      cursor = next;
      if (page === this.pages - 1) {
        nodes.push({ kind: "moreHistory", id: `more ${root}\n${file}`, root, left: total - nodes.length });
      }
    }
    return nodes;
  }
}

function historyNode(root: string, file: string, use: FileRun, run: RunSummary): HistoryNode {
  const none = { parent: undefined, details: undefined, childRuns: undefined, repeats: undefined, repeated: undefined };
  return { kind: "run", id: `history ${root}\n${run.id}`, root, run, use, file, ...none };
}

const VERBS = {
  script: "ran it",
  source: "imported it",
  config: "configured by it",
  read: "read it",
  write: "wrote it",
  artifact: "wrote it",
} as const;

/** How the run used the file, in words. */
export function describeUse({ roles }: FileRun): string {
  return [...new Set(roles.map((role) => VERBS[role]))].join(", ");
}
