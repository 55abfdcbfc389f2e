/** The Experiments view: the tree model in VS Code's terms. */
import * as vscode from "vscode";
import { setContext, setting } from "../configuration";
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects, RunReference } from "../stores/projects";
import { ChosenRuns } from "./chosenRuns";
import { isNode, type MoreNode, type Node, type RunNode } from "./nodes";
import { RefreshPacer } from "./refreshPacer";
import { countRuns, tooltipOf, treeItem } from "./treeItems";
import { type Read, TreeModel } from "./treeModel";
import { type Collapsing, DEFAULT_VIEW, describeFilter, isFiltered, type ViewState } from "./viewState";

const STATE_KEY = "experimentsView";
/** "5 min ago" and the time a run has taken are kept right this often, for runs younger than an hour. */
const CLOCK_MS = 30_000;
const YOUNG_MS = 60 * 60 * 1000;
/** A scratch run stays among the others for so long, until the view is read again: who made it wants to see it. */
const RECENT_MS = 60 * 60 * 1000;

export interface ExperimentsTree extends vscode.Disposable {
  readonly view: vscode.TreeView<Node>;
  readonly model: TreeModel;
  readonly chosen: ChosenRuns;
  state: ViewState;
  refresh(): void;
  loadMore(node: MoreNode): Promise<void>;
  /** Selects the run in the tree, where the view is visible and the run is loaded. */
  reveal(run: RunReference): Promise<void>;
  /** Brings the view to the front with the run selected. False: the run is not among those that are loaded. */
  show(run: RunReference): Promise<boolean>;
}

/** `read` is handed over apart from the projects, so that tests can count what is read. */
export class ExperimentsTreeProvider implements vscode.TreeDataProvider<Node>, ExperimentsTree {
  private readonly refreshed = new vscode.EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  private readonly pacer = new RefreshPacer((nodes) => this.refreshed.fire(nodes));
  readonly model: TreeModel;
  readonly chosen: ChosenRuns;
  readonly view: vscode.TreeView<Node>;
  private readonly subscriptions: vscode.Disposable[];
  private failure = "";
  private collapseBefore = Date.now() - RECENT_MS;

  constructor(
    private readonly projects: Projects,
    private readonly memory: vscode.Memento,
    private readonly log: Log,
  ) {
    this.chosen = new ChosenRuns(memory);
    this.model = new TreeModel({
      read: projects.call as Read,
      projects: () => projects.all,
      state: () => this.state,
      pageSize: () => Math.min(1000, Math.max(10, setting("modeltrail.tree.pageSize"))),
      collapsing: () => this.collapsing(),
      onRefresh: (nodes) => this.pacer.refresh(nodes),
    });
    this.view = vscode.window.createTreeView(View.experiments, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
      manageCheckboxStateManually: true,
    });
    const clock = setInterval(() => this.tick(), CLOCK_MS);
    this.subscriptions = [
      this.view,
      this.pacer,
      this.refreshed,
      this.chosen,
      { dispose: () => clearInterval(clock) },
      this.view.onDidChangeCheckboxState(({ items }) => this.takeCheckboxes(items)),
      this.chosen.onDidChange((runs) => this.showChoice(runs)),
      projects.onDidChangeProjects(() => this.refresh()),
      projects.onDidChangeRuns((change) => {
        const gone = change.removed.map((id) => ({ root: change.root, id }));
        this.chosen.set(gone, false);
        this.model.apply(change).then(
          () => this.showMessage(),
          (error) => this.log.error("bring the tree up to date", error),
        );
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("modeltrail.tree")) this.refresh();
      }),
    ];
    this.showState();
  }

  get state(): ViewState {
    return { ...DEFAULT_VIEW, ...this.memory.get<Partial<ViewState>>(STATE_KEY) };
  }

  set state(state: ViewState) {
    void this.memory.update(STATE_KEY, state);
    this.refresh();
    this.showState();
  }

  refresh(): void {
    this.collapseBefore = Date.now() - RECENT_MS;
    this.model.reset();
  }

  private collapsing(): Collapsing | undefined {
    return setting("modeltrail.tree.collapseScratchRuns") ? { before: this.collapseBefore } : undefined;
  }

  async loadMore(node: MoreNode): Promise<void> {
    await this.model.loadMore(node);
  }

  async reveal({ root, id }: RunReference): Promise<void> {
    if (!this.view.visible) return;
    const node = this.model.find(root, id);
    if (node) await this.view.reveal(node, { select: true, focus: false });
  }

  async show({ root, id }: RunReference): Promise<boolean> {
    await this.projects.ready();
    const node = this.model.find(root, id);
    if (node) await this.view.reveal(node, { select: true, focus: true, expand: true });
    return node !== undefined;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    try {
      if (node) return await this.model.children(node);
      await this.projects.ready();
      const roots = await this.model.roots();
      this.failure = "";
      void this.showMessage();
      return roots;
    } catch (error) {
      this.log.error("read the runs", error);
      this.failure = error instanceof Error ? error.message : String(error);
      void this.showMessage();
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return treeItem(node, { state: this.state, isChosen: (run) => this.chosen.has(referenceOf(run)), now: Date.now() });
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = tooltipOf(node, Date.now());
    const run = runOf(node);
    if (run) this.pacer.noteReading(run);
    return item;
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private takeCheckboxes(items: readonly [Node, vscode.TreeItemCheckboxState][]): void {
    const runs = (state: vscode.TreeItemCheckboxState) =>
      items.flatMap(([node, given]) => (node.kind === "run" && given === state ? [referenceOf(node)] : []));
    this.chosen.set(runs(vscode.TreeItemCheckboxState.Checked), true);
    this.chosen.set(runs(vscode.TreeItemCheckboxState.Unchecked), false);
  }

  private showChoice(runs: RunReference[]): void {
    const nodes = runs.flatMap(({ root, id }) => this.model.find(root, id) ?? []);
    if (nodes.length > 0) this.refreshed.fire(nodes);
    this.showState();
  }

  private showState(): void {
    const { length } = this.chosen.all;
    this.view.description = length === 0 ? undefined : vscode.l10n.t("{0} chosen", length);
    setContext(Context.filtered, isFiltered(this.state.filter));
    void this.showMessage();
  }

  /** The line above the tree: what is wrong, what is filtered. */
  private async showMessage(): Promise<void> {
    const { filter } = this.state;
    if (this.failure) this.view.message = this.failure;
    else if (isFiltered(filter)) {
      const total = await this.model.total().catch(() => 0);
      // An empty view says so itself, as long as there is no message.
      this.view.message =
        total === 0 ? undefined : vscode.l10n.t("Filter: {0} — {1}", describeFilter(filter), countRuns(total));
    } else this.view.message = undefined;
  }

  private tick(): void {
    if (!this.view.visible) return;
    const now = Date.now();
    const young = this.model.loadedRuns().filter(({ run }) => run.endTime === null || now - run.startTime < YOUNG_MS);
    if (young.length > 0) this.pacer.refresh(young);
  }
}

export const referenceOf = (node: RunNode): RunReference => ({ root: node.root, id: node.run.id });

/** The run that a tree element belongs to. */
export function runOf(value: unknown): RunNode | undefined {
  if (!isNode(value)) return undefined;
  if (value.kind === "run") return value;
  return "run" in value ? value.run : undefined;
}
