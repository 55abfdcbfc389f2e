/** The runs of one group, loaded a page at a time. */
import type { RunSummary } from "../../domain/run";
import type { RunPage, RunQuery } from "../../store/contract";
import type { Node, RunNode } from "./nodes";

export interface RunListOptions {
  root: string;
  query: RunQuery;
  pageSize: number;
  /** What the runs are shown below. */
  parent: Node | undefined;
  fetch(query: RunQuery): Promise<RunPage>;
  /** Name of the run that this one repeats; undefined when it repeats none. */
  repeatedBy(run: RunSummary): string | undefined;
  /** Told which runs the list shows from now on, and which no longer. */
  onNodes(added: RunNode[], removed: RunNode[]): void;
}

export class RunList {
  runs: RunNode[] = [];
  /** Number of runs that belong here, loaded or not. */
  total = 0;
  private next: string | null = null;
  private loading: Promise<void> | undefined;
  /** A run keeps its node, by which VS Code knows it. */
  private nodes = new Map<string, RunNode>();

  constructor(readonly options: RunListOptions) {}

  get hasMore(): boolean {
    return this.next !== null;
  }

  /** How many runs belong here, without loading them. */
  async count(): Promise<number> {
    if (!this.loading) this.total = (await this.options.fetch({ ...this.options.query, limit: 1 })).total;
    return this.total;
  }

  /** The first page, once. */
  load(): Promise<void> {
    this.loading ??= this.read(this.options.pageSize);
    return this.loading;
  }

  async loadMore(): Promise<void> {
    await this.load();
    if (this.next === null) return;
    const { query, pageSize, fetch } = this.options;
    this.take(await fetch({ ...query, limit: pageSize, cursor: this.next }), this.runs);
  }

  /** Reads again as many runs as are shown. True when they are others, or stand in another order. */
  async reload(): Promise<boolean> {
    if (!this.loading) return false;
    await this.loading.catch(() => {});
    const before = this.signature();
    this.loading = this.read(Math.max(this.options.pageSize, this.runs.length));
    await this.loading;
    return before !== this.signature();
  }

  private signature(): string {
    return [this.total, ...this.runs.map(({ run }) => run.id)].join();
  }

  private async read(limit: number): Promise<void> {
    try {
      this.take(await this.options.fetch({ ...this.options.query, limit }), []);
    } catch (error) {
      this.loading = undefined; // so that it is tried again
      throw error;
    }
  }

  private take(page: RunPage, before: RunNode[]): void {
    const nodes = new Map(before.map((node) => [node.run.id, node]));
    for (const run of page.runs) nodes.set(run.id, this.nodeOf(run));
    const added = [...nodes.values()].filter((node) => !this.nodes.has(node.run.id));
    const removed = [...this.nodes.values()].filter((node) => !nodes.has(node.run.id));
    this.nodes = nodes;
    this.runs = [...nodes.values()];
    this.total = page.total;
    this.next = page.next;
    this.options.onNodes(added, removed);
  }

  private nodeOf(run: RunSummary): RunNode {
    const { root, parent, repeatedBy } = this.options;
    const known = this.nodes.get(run.id);
    if (known) {
      if (known.run.revision !== run.revision) known.details = undefined;
      known.run = run;
      known.repeated = repeatedBy(run);
      return known;
    }
    const id = `${parent?.id ?? root}|${run.id}`;
    const lists = { details: undefined, childRuns: undefined, repeats: undefined };
    return { kind: "run", id, root, parent, run, repeated: repeatedBy(run), ...lists };
  }
}
