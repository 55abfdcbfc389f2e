/** The Data view: the data model in VS Code's terms. */
import * as vscode from "vscode";
import { View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { failureIn } from "../tree/failure";
import { paced } from "../tree/paced";
import { tooltipOf } from "../tree/treeItems";
import { dataItem, dataTooltip } from "./dataItems";
import { DataModel, type ReadData } from "./dataModel";
import type { MoreVersionsNode, Node } from "./nodes";

/** Runs change several times a second; what data they used, rarely. */
const SETTLE_MS = 1_000;

export class DataTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly model: DataModel;
  private readonly subscriptions: vscode.Disposable[];
  private readonly pace = paced(
    SETTLE_MS,
    () => this.look(),
    (error) => this.log.error("look for new data", error),
  );
  private shown = "";

  constructor(
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.model = new DataModel({ read: projects.call as ReadData, projects: () => projects.all });
    this.view = vscode.window.createTreeView(View.data, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.subscriptions = [
      this.view,
      this.refreshed,
      projects.onDidChangeProjects(() => this.refresh()),
      projects.onDidChangeRuns(() => this.lookSoon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.lookSoon()),
    ];
  }

  refresh(): void {
    this.refreshed.fire(undefined);
  }

  loadMore(node: MoreVersionsNode): void {
    this.model.loadMore(node);
    this.refreshed.fire(node.parent);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    try {
      if (node) return await this.model.children(node);
      await this.projects.ready();
      this.shown = await this.fingerprint();
      this.view.message = undefined;
      return await this.model.roots();
    } catch (error) {
      this.log.error("read the datasets", error);
      const note = (parent: Node) => (text: string) =>
        ({ kind: "note", id: `${parent.id}|failure`, root: parent.root, parent, text }) as const;
      return failureIn<Node>(this.view, error, node && note(node));
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return dataItem(node, Date.now());
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = node.kind === "run" ? tooltipOf(node, Date.now()) : dataTooltip(node);
    return item;
  }

  getParent(node: Node): Node | undefined {
    return node.parent as Node | undefined;
  }

  dispose(): void {
    this.pace.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private lookSoon(): void {
    if (this.view.visible) this.pace.soon();
  }

  private async look(): Promise<void> {
    if ((await this.fingerprint()) !== this.shown) this.refresh();
  }

  private async fingerprint(): Promise<string> {
    const all = await Promise.all(this.projects.all.map(({ root }) => this.projects.call("listDatasets", { root })));
    return JSON.stringify(all);
  }
}
