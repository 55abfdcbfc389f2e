/** The Models view: the models model in VS Code's terms. */
import * as vscode from "vscode";
import { setContext } from "../configuration";
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import type { ModelsModel, ReadModels } from "./modelsModel";
import type { MoreModelsNode, Node } from "./nodes";

/** While gates run and versions are registered in a row, the view follows this often at the most. */
const PACE_MS = 700;

export class ModelsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private loading: Promise<ModelsModel> | undefined;
  /** Loaded before the first element is made. */
  private items!: typeof import("./modelItems");
  private readonly subscriptions: vscode.Disposable[];
  private settling: NodeJS.Timeout | undefined;

  constructor(
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.view = vscode.window.createTreeView(View.models, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.refreshed,
      projects.onDidChangeProjects(() => this.lookSoon()),
      projects.onDidChangeRuns(({ models }) => models && this.lookSoon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.lookSoon()),
    ];
  }

  async loadMore(node: MoreModelsNode): Promise<void> {
    (await this.model()).loadMore(node);
    this.refreshed.fire(node.parent);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    try {
      const model = await this.model();
      if (node) return await model.children(node);
      await this.projects.ready();
      const roots = await model.roots();
      this.view.message = undefined;
      setContext(Context.hasModels, roots.length > 0);
      return roots;
    } catch (error) {
      this.log.error("read the models", error);
      // What is below an element is told there; what is wrong with all of it, above.
      const text = error instanceof Error ? error.message : String(error);
      if (node) return [{ kind: "modelNote", id: `${node.id}|failure`, root: node.root, parent: node, text }];
      this.view.message = text;
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return this.items.modelTreeItem(node, Date.now());
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = this.items.modelItemTooltip(node, Date.now()) ?? item.tooltip;
    return item;
  }

  getParent(node: Node): Node | undefined {
    return node.parent as Node | undefined;
  }

  dispose(): void {
    clearTimeout(this.settling);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Most windows show no models: what shows them is not part of the start. */
  private model(): Promise<ModelsModel> {
    const { projects } = this;
    const load = async () => {
      const [{ ModelsModel }, items] = await Promise.all([import("./modelsModel"), import("./modelItems")]);
      this.items = items;
      return new ModelsModel({ read: projects.call as ReadModels, projects: () => projects.all });
    };
    this.loading ??= load();
    return this.loading;
  }

  private lookSoon(): void {
    this.settling ??= setTimeout(() => {
      this.settling = undefined;
      this.look().catch((error) => this.log.error("look for models", error));
    }, PACE_MS);
  }

  /** Out of sight only whether there are any is of interest. */
  private async look(): Promise<void> {
    if (this.view.visible) this.refreshed.fire(undefined);
    else {
      await this.projects.ready();
      setContext(Context.hasModels, (await (await this.model()).roots()).length > 0);
    }
  }
}
