/** The Experiments tree as data: which nodes there are, and which of them a change of the store concerns. */
import type { RunSummary } from "../../domain/run";
import type { RunGroup, RunQuery } from "../../store/contract";
import type { Project } from "../stores/projects";
import type { RunDetails, StoreApi, StoreChange } from "../worker/api";
import { entryNodes, sectionNodes } from "./entryNodes";
import type { GroupNode, MoreNode, Node, ProjectNode, RunNode, SectionNode } from "./nodes";
import { RunList } from "./runList";
import { baseQuery, groupQuery, type ViewState } from "./viewState";

/** The part of the worker that the tree reads from. */
export type TreeReads = Pick<StoreApi, "listRuns" | "listGroups" | "getRun" | "getSummaries">;
export type Read = <Name extends keyof TreeReads>(
  method: Name,
  argument: Parameters<TreeReads[Name]>[0],
) => Promise<ReturnType<TreeReads[Name]>>;

export interface TreeModelOptions {
  read: Read;
  projects(): readonly Project[];
  state(): ViewState;
  pageSize(): number;
  /** These nodes, with what is below them, are to be shown anew; undefined: all. */
  onRefresh(nodes: Node[] | undefined): void;
}

interface ProjectTree {
  project: Project;
  node: ProjectNode;
  groups: Promise<GroupNode[]>;
}

export class TreeModel {
  private trees = new Map<string, Promise<ProjectTree>>();
  /** All nodes of a run: it may stand in a group and below its parent. By root and id. */
  private runNodes = new Map<string, Set<RunNode>>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: TreeModelOptions) {}

  /** Forgets all, as when the user groups or filters in another way. */
  reset(): void {
    this.trees.clear();
    this.runNodes.clear();
    this.options.onRefresh(undefined);
  }

  async roots(): Promise<Node[]> {
    const withRuns = await this.treesWithRuns();
    const [only] = withRuns;
    if (withRuns.length > 1) return withRuns.map(({ node }) => node);
    return only ? this.groupsOrRuns(only) : [];
  }

  /** Number of runs in the tree, over all pages and groups. */
  async total(): Promise<number> {
    const trees = await Promise.all(this.options.projects().map((project) => this.treeOf(project)));
    const groups = (await Promise.all(trees.map((tree) => tree.groups))).flat();
    return groups.reduce((sum, { group }) => sum + group.runs, 0);
  }

  async children(node: Node): Promise<Node[]> {
    switch (node.kind) {
      case "project":
        return this.groupsOrRuns(await this.treeOf(node.project));
      case "group":
        return this.runsOf(node.list);
      case "run":
        return sectionNodes(node, await this.details(node));
      case "section":
        return node.section.kind === "children" ? this.runsOf(this.childList(node)) : entryNodes(node);
      default:
        return [];
    }
  }

  details(node: RunNode): Promise<RunDetails | null> {
    node.details ??= this.options.read("getRun", { root: node.root, id: node.run.id });
    return node.details;
  }

  async loadMore(node: MoreNode): Promise<void> {
    await node.list.loadMore();
    this.options.onRefresh(node.parent ? [node.parent] : undefined);
  }

  /** Brings the tree up to date with a change; changes are taken one after the other. */
  apply(change: StoreChange): Promise<void> {
    const next = this.queue.then(() => this.applyNow(change));
    this.queue = next.catch(() => {});
    return next;
  }

  /** The node of a run that is loaded, wherever it stands. */
  find(root: string, id: string): RunNode | undefined {
    return this.nodesOf(root, id)[0];
  }

  /** All runs that the tree has loaded. */
  loadedRuns(): RunNode[] {
    return [...this.runNodes.values()].flatMap((nodes) => [...nodes]);
  }

  private nodesOf(root: string, id: string): RunNode[] {
    return [...(this.runNodes.get(keyOf(root, id)) ?? [])];
  }

  private async applyNow({ root, runs, removed, all }: StoreChange): Promise<void> {
    const tree = this.trees.get(root);
    if (!tree) return;
    if (all) {
      this.trees.delete(root);
      return this.options.onRefresh(undefined);
    }
    const summaries = await this.options.read("getSummaries", { root, ids: runs });
    const refreshed = new Set<Node>();
    let moved = removed.some((id) => this.nodesOf(root, id).length > 0) || summaries.length < runs.length;
    for (const run of summaries) {
      const nodes = this.nodesOf(root, run.id);
      const elsewhere = nodes.length === 0 || nodes.some((node) => this.belongsElsewhere(node.run, run));
      moved ||= elsewhere;
      for (const node of nodes) {
        node.run = run;
        node.details = undefined;
        refreshed.add(node);
      }
      if (elsewhere && run.parent) await this.rearrangeChildren(root, run.parent, refreshed);
    }
    const arranged = moved ? await this.rearrange(await tree) : [];
    if (arranged === undefined) this.options.onRefresh(undefined);
    else if (refreshed.size + arranged.length > 0) this.options.onRefresh(withoutCovered([...refreshed], arranged));
  }

  private async rearrangeChildren(root: string, parent: string, refreshed: Set<Node>): Promise<void> {
    for (const node of this.nodesOf(root, parent)) {
      node.details = undefined;
      await node.childRuns?.reload();
      refreshed.add(node);
    }
  }

  /** Whether a change may bring a run into another place. A running one keeps its place while its numbers move. */
  private belongsElsewhere(before: RunSummary, after: RunSummary): boolean {
    const { group, sort, filter } = this.options.state();
    return (
      before.status !== after.status ||
      before.experiment !== after.experiment ||
      before.parent !== after.parent ||
      (before.name !== after.name && (sort.key === "name" || filter.text !== undefined)) ||
      (before.note !== after.note && filter.text !== undefined) ||
      ((group.startsWith("tag:") || filter.text !== undefined || filter.tag !== undefined) &&
        JSON.stringify(before.tags) !== JSON.stringify(after.tags))
    );
  }

  /** Reads groups and lists again. Gives the nodes whose children are others; undefined when the roots are. */
  private async rearrange(tree: ProjectTree): Promise<Node[] | undefined> {
    const before = await tree.groups;
    const counts = new Map(before.map((node) => [node, JSON.stringify(node.group)]));
    const wasShown = hasRuns(before);
    const after = await this.readGroups(tree.project, tree.node, before);
    tree.groups = Promise.resolve(after);
    for (const group of before) if (!after.includes(group)) this.forget(group.list.runs);
    const changed: Node[] = [];
    for (const node of after) {
      const others = await node.list.reload();
      if (others || counts.get(node) !== JSON.stringify(node.group)) changed.push(node);
    }
    const sameGroups = before.length === after.length && before.every((node, index) => node === after[index]);
    if (!sameGroups || wasShown !== hasRuns(after)) return undefined;
    if (this.options.state().group !== "none" || changed.length === 0) return changed;
    return (await this.treesWithRuns()).length > 1 ? [tree.node] : undefined;
  }

  private async treesWithRuns(): Promise<ProjectTree[]> {
    const trees = await Promise.all(this.options.projects().map((project) => this.treeOf(project)));
    const groups = await Promise.all(trees.map((tree) => tree.groups));
    return trees.filter((_, index) => hasRuns(groups[index]!));
  }

  private treeOf(project: Project): Promise<ProjectTree> {
    const known = this.trees.get(project.root);
    if (known) return known;
    const made = this.makeTree(project);
    this.trees.set(project.root, made);
    // A failure is told once, and tried again when the tree is asked for the next time.
    made.catch(() => this.trees.delete(project.root));
    return made;
  }

  private async makeTree(project: Project): Promise<ProjectTree> {
    const { root } = project;
    const node: ProjectNode = { kind: "project", id: `project:${root}`, root, parent: undefined, project };
    const groups = await this.readGroups(project, node, []);
    return { project, node, groups: Promise.resolve(groups) };
  }

  /** Groups that were there before keep their node and what they loaded. */
  private async readGroups(project: Project, parent: ProjectNode, before: GroupNode[]): Promise<GroupNode[]> {
    const { root } = project;
    const state = this.options.state();
    const known = new Map(before.map((node) => [node.id, node]));
    const groups =
      state.group === "none"
        ? [await this.flatGroup(root)]
        : await this.options.read("listGroups", { root, by: state.group, query: baseQuery(state) });
    return groups.map((group, index) => {
      const id = `${parent.id}|${state.group}${group.value === null ? "" : `=${group.value}`}`;
      const node = known.get(id) ?? this.newGroup(id, parent, group);
      node.group = group;
      node.isNewest = index === 0;
      return node;
    });
  }

  private newGroup(id: string, parent: ProjectNode, group: RunGroup): GroupNode {
    const { root } = parent;
    const state = this.options.state();
    const node: GroupNode = { kind: "group", id, root, parent, group, isNewest: false, list: undefined! };
    node.list = this.newList(root, groupQuery(state, group.value), state.group === "none" ? parent : node);
    return node;
  }

  private async flatGroup(root: string): Promise<RunGroup> {
    const { total } = await this.options.read("listRuns", {
      root,
      query: { ...baseQuery(this.options.state()), limit: 1 },
    });
    return { value: null, runs: total, running: 0, lastStart: 0 };
  }

  private async groupsOrRuns(tree: ProjectTree): Promise<Node[]> {
    const groups = await tree.groups;
    return this.options.state().group === "none" ? this.runsOf(groups[0]!.list) : groups;
  }

  private async runsOf(list: RunList): Promise<Node[]> {
    await list.load();
    const { parent, root } = list.options;
    if (!list.hasMore) return list.runs;
    const more: MoreNode = { kind: "more", id: `${parent?.id ?? root}|more`, root, parent, list };
    return [...list.runs, more];
  }

  private newList(root: string, query: RunQuery, parent: Node | undefined): RunList {
    return new RunList({
      root,
      query,
      pageSize: this.options.pageSize(),
      parent,
      fetch: (page) => this.options.read("listRuns", { root, query: page }),
      onNodes: (added, removed) => {
        for (const node of added) this.remember(node);
        this.forget(removed);
      },
    });
  }

  private remember(node: RunNode): void {
    const key = keyOf(node.root, node.run.id);
    const nodes = this.runNodes.get(key) ?? new Set();
    this.runNodes.set(key, nodes.add(node));
  }

  private forget(nodes: RunNode[]): void {
    for (const node of nodes) this.runNodes.get(keyOf(node.root, node.run.id))?.delete(node);
  }

  /** Child runs, whatever the filter. */
  private childList(section: SectionNode): RunList {
    const { run } = section;
    const query: RunQuery = { parent: run.run.id, sort: this.options.state().sort };
    run.childRuns ??= this.newList(section.root, query, section);
    return run.childRuns;
  }
}

const hasRuns = (groups: GroupNode[]) => groups.some(({ group }) => group.runs > 0);
const keyOf = (root: string, id: string) => `${root}\n${id}`;

/** A node is shown anew together with the one above it. */
function withoutCovered(nodes: Node[], above: Node[]): Node[] {
  const covering = new Set(above);
  const isCovered = (node: Node) => {
    for (let at = node.parent; at; at = at.parent) if (covering.has(at)) return true;
    return false;
  };
  return [...above, ...nodes.filter((node) => !isCovered(node))];
}
