/** The Experiments tree as data: which nodes there are, and which of them a change of the store concerns. */
import type { RunSummary } from "../../domain/run";
import { SCRATCH_MS } from "../../domain/scratch";
import type { RunGroup, RunQuery } from "../../store/contract";
import type { Project } from "../stores/projects";
import type { ReadFrom } from "../stores/readFrom";
import type { RunDetails, StoreApi, StoreChange } from "../worker/api";
import { entryNodes, sectionNodes } from "./entryNodes";
import type { GroupNode, MoreNode, Node, ProjectNode, RunNode, ScratchNode, SectionNode } from "./nodes";
import { RunList } from "./runList";
import {
  baseQuery,
  type Collapsing,
  groupQuery,
  isCollapsing,
  scratchQuery,
  settledQuery,
  type ViewState,
} from "./viewState";

/** The part of the worker that the tree reads from. */
export type TreeReads = Pick<StoreApi, "listRuns" | "listGroups" | "getRun" | "getSummaries">;
export type Read = ReadFrom<TreeReads>;

export interface TreeModelOptions {
  read: Read;
  projects(): readonly Project[];
  state(): ViewState;
  pageSize(): number;
  /** Undefined: scratch runs stand among the others. */
  collapsing(): Collapsing | undefined;
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
  /** Names of runs that others repeat. By root and id. */
  private names = new Map<string, string>();
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
        return this.groupChildren(node);
      case "scratch":
        return this.runsOf(node.list);
      case "run":
        return sectionNodes(node, await this.details(node));
      case "section":
        return this.sectionChildren(node);
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
    for (const { id, name } of summaries) if (this.names.has(keyOf(root, id))) this.names.set(keyOf(root, id), name);
    await this.learnNames(root, summaries);
    const refreshed = new Set<Node>();
    let moved = removed.some((id) => this.nodesOf(root, id).length > 0) || summaries.length < runs.length;
    for (const run of summaries) {
      const nodes = this.nodesOf(root, run.id);
      const elsewhere = nodes.length === 0 || nodes.some((node) => this.belongsElsewhere(node.run, run));
      moved ||= elsewhere;
      for (const node of nodes) {
        node.run = run;
        node.repeated = this.nameOf(root, run.repeatOf);
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
      (this.isCollapsing() && mayBeScratch(before) !== mayBeScratch(after)) ||
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
    for (const group of before) if (!after.includes(group)) this.forgetGroup(group);
    const changed: Node[] = [];
    for (const node of after) {
      const others = await this.reloadGroup(node);
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
    const base = { kind: "group", id, root, parent, group, isNewest: false } as const;
    const node: GroupNode = { ...base, list: undefined!, scratch: undefined };
    const collapsing = isCollapsing(state) ? this.options.collapsing() : undefined;
    const query = collapsing ? settledQuery(state, group.value, collapsing) : groupQuery(state, group.value);
    node.list = this.newList(root, query, state.group === "none" ? parent : node);
    if (collapsing) node.scratch = this.newScratch(node, scratchQuery(state, group.value, collapsing));
    return node;
  }

  private newScratch(parent: GroupNode, query: RunQuery): ScratchNode {
    const { root } = parent;
    const node: ScratchNode = { kind: "scratch", id: `${parent.id}|scratch`, root, parent, list: undefined! };
    node.list = this.newList(root, query, node);
    return node;
  }

  /** True when other runs stand in the group, or in another order. */
  private async reloadGroup({ list, scratch }: GroupNode): Promise<boolean> {
    const before = scratch?.list.total;
    const others = await list.reload();
    const otherScratch = await scratch?.list.reload();
    return others || otherScratch || before !== (await scratch?.list.count());
  }

  private forgetGroup({ list, scratch }: GroupNode): void {
    this.forget(list.runs);
    if (scratch) this.forget(scratch.list.runs);
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

  private async groupChildren({ list, scratch }: GroupNode): Promise<Node[]> {
    const [runs, count] = await Promise.all([this.runsOf(list), scratch?.list.count()]);
    return scratch && count ? [...runs, scratch] : runs;
  }

  private async sectionChildren(node: SectionNode): Promise<Node[]> {
    if (node.section.kind === "children") return this.runsOf(this.childList(node));
    if (node.section.kind !== "repeats") return entryNodes(node);
    const runs = await this.runsOf(this.repeatList(node));
    return [...entryNodes(node), ...runs.filter((other) => other.kind !== "run" || other.run.id !== node.run.run.id)];
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
      fetch: async (page) => {
        const found = await this.options.read("listRuns", { root, query: page });
        await this.learnNames(root, found.runs);
        return found;
      },
      repeatedBy: ({ repeatOf }) => this.nameOf(root, repeatOf),
      onNodes: (added, removed) => {
        for (const node of added) this.remember(node);
        this.forget(removed);
      },
    });
  }

  /** Runs say by its id which run they repeat, and people know it by its name. */
  private async learnNames(root: string, runs: readonly RunSummary[]): Promise<void> {
    const repeated = new Set(runs.flatMap(({ repeatOf }) => repeatOf ?? []));
    const ids = [...repeated].filter((id) => !this.names.has(keyOf(root, id)));
    if (ids.length === 0) return;
    for (const { id, name } of await this.options.read("getSummaries", { root, ids })) {
      this.names.set(keyOf(root, id), name);
    }
  }

  private nameOf(root: string, id: string | null): string | undefined {
    return id === null ? undefined : (this.names.get(keyOf(root, id)) ?? id.slice(0, 8));
  }

  private remember(node: RunNode): void {
    const key = keyOf(node.root, node.run.id);
    const nodes = this.runNodes.get(key) ?? new Set();
    this.runNodes.set(key, nodes.add(node));
  }

  private forget(nodes: RunNode[]): void {
    for (const node of nodes) this.runNodes.get(keyOf(node.root, node.run.id))?.delete(node);
  }

  private isCollapsing(): boolean {
    return isCollapsing(this.options.state()) && this.options.collapsing() !== undefined;
  }

  /** The runs with the same inputs, wherever they stand, the first of them too. */
  private repeatList(section: SectionNode): RunList {
    const { run } = section;
    const query: RunQuery = { inputs: run.run.inputs ?? "" };
    run.repeats ??= this.newList(section.root, query, section);
    return run.repeats;
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

/** As domain/scratch.ts says, but for child runs: whether a change takes a run out of the scratch runs, or into them. */
function mayBeScratch({ status, startTime, endTime, pinned, note, tags, repeatOf }: RunSummary): boolean {
  if (endTime === null || pinned || note !== "" || Object.keys(tags).length > 0) return false;
  return repeatOf !== null || (status !== "finished" && endTime - startTime < SCRATCH_MS);
}

/** A node is shown anew together with the one above it. */
function withoutCovered(nodes: Node[], above: Node[]): Node[] {
  const covering = new Set(above);
  const isCovered = (node: Node) => {
    for (let at = node.parent; at; at = at.parent) if (covering.has(at)) return true;
    return false;
  };
  return [...above, ...nodes.filter((node) => !isCovered(node))];
}
