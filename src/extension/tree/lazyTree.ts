/** A view of what a model holds that is loaded when it is first asked for: most windows never show it. */
import * as vscode from "vscode";
import { setContext } from "../configuration";
import type { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import type { StoreChange } from "../worker/api";
import { failureIn } from "./failure";
import { paced } from "./paced";

interface TreeNode {
  id: string;
  root: string;
  parent: unknown;
}

export interface TreeParts<Node, Model> {
  model: Model;
  item(node: Node, now: number): vscode.TreeItem;
  /** Undefined: as the item has it. */
  tooltip(node: Node, now: number): vscode.TreeItem["tooltip"];
  /** What stands below an element that could not be read. */
  note(parent: Node, text: string): Node;
}

export interface LazyTreeOptions<Node, Model> {
  view: (typeof View)[keyof typeof View];
  /** Says whether the view holds anything. */
  context: Context;
  /** As sentences of the log go on: "models". */
  what: string;
  /** It is shown anew so often at the most. */
  pace: number;
  /** Whether the view may be another after this change. */
  concerns(change: StoreChange): boolean;
  load(): Promise<TreeParts<Node, Model>>;
}

export interface TreeModel<Node> {
  roots(): Promise<Node[]>;
  children(node: Node): Promise<Node[]>;
}

export class LazyTree<Node extends TreeNode, Model extends TreeModel<Node>>
  implements vscode.TreeDataProvider<Node>, vscode.Disposable
{
  protected readonly refreshed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly pace: ReturnType<typeof paced>;
  private readonly subscriptions: vscode.Disposable[];
  private loading: Promise<TreeParts<Node, Model>> | undefined;
  /** Loaded before the first element is made. */
  private parts!: TreeParts<Node, Model>;

  constructor(
    protected readonly projects: Projects,
    protected readonly log: Log,
    private readonly options: LazyTreeOptions<Node, Model>,
  ) {
    const { view, what, pace, concerns } = options;
    this.view = vscode.window.createTreeView(view, { treeDataProvider: this, showCollapseAll: true });
    this.pace = paced(
      pace,
      () => this.look(),
      (error) => log.error(`look for ${what}`, error),
    );
    this.subscriptions = [
      this.view,
      this.refreshed,
      this.pace,
      projects.onDidChangeProjects(() => this.lookSoon()),
      projects.onDidChangeRuns((change) => concerns(change) && this.lookSoon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.lookSoon()),
    ];
  }

  async getChildren(node?: Node): Promise<Node[]> {
    try {
      const model = await this.model();
      if (node) return await model.children(node);
      await this.projects.ready();
      const roots = await model.roots();
      this.view.message = undefined;
      setContext(this.options.context, roots.length > 0);
      return roots;
    } catch (error) {
      this.log.error(`read the ${this.options.what}`, error);
      return failureIn(this.view, error, node && ((text) => this.parts.note(node, text)));
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return this.parts.item(node, Date.now());
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = this.parts.tooltip(node, Date.now()) ?? item.tooltip;
    return item;
  }

  getParent(node: Node): Node | undefined {
    return node.parent as Node | undefined;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  protected async model(): Promise<Model> {
    this.loading ??= this.options.load();
    this.parts = await this.loading;
    return this.parts.model;
  }

  protected lookSoon(): void {
    this.pace.soon();
  }

  /** Out of sight only whether there is anything is of interest. */
  private async look(): Promise<void> {
    if (this.view.visible) this.refreshed.fire(undefined);
    else {
      await this.projects.ready();
      setContext(this.options.context, (await (await this.model()).roots()).length > 0);
    }
  }
}
