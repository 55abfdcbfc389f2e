/** The Deployments view: the deployments model in VS Code's terms. */
import * as vscode from "vscode";
import { setContext } from "../configuration";
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { deploymentTreeItem } from "./deploymentItems";
import { DeploymentsModel, type ReadDeployments } from "./deploymentsModel";
import { deploymentTooltip } from "./describeDeployment";
import type { DeploymentNode, MoreRolloutsNode, Node } from "./nodes";

/** Steps of a change come in quick succession: so often they are shown anew at the most. */
const PACE_MS = 400;

export class DeploymentsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly model: DeploymentsModel;
  private readonly subscriptions: vscode.Disposable[];
  private settling: NodeJS.Timeout | undefined;

  constructor(
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.model = new DeploymentsModel({ read: projects.call as ReadDeployments, projects: () => projects.all });
    this.view = vscode.window.createTreeView(View.deployments, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.refreshed,
      projects.onDidChangeProjects(() => this.lookSoon()),
      projects.onDidChangeRuns(({ deployments }) => deployments && this.lookSoon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.lookSoon()),
    ];
  }

  loadMore(node: MoreRolloutsNode): void {
    this.model.loadMore(node);
    this.refreshed.fire(node.parent);
  }

  /** Brings it into view and selects it; false when it is not there. */
  async show(root: string, name: string): Promise<boolean> {
    await vscode.commands.executeCommand(`${View.deployments}.focus`);
    const node = await this.find(root, name);
    if (node) await this.view.reveal(node, { select: true, focus: true, expand: true });
    return node !== undefined;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    try {
      if (node) return await this.model.children(node);
      await this.projects.ready();
      const roots = await this.model.roots();
      this.view.message = undefined;
      setContext(Context.hasDeployments, roots.length > 0);
      return roots;
    } catch (error) {
      this.log.error("read the deployments", error);
      // What is below an element is told there; what is wrong with all of it, above.
      const text = error instanceof Error ? error.message : String(error);
      if (node) return [{ kind: "deploymentNote", id: `${node.id}|failure`, root: node.root, parent: node, text }];
      this.view.message = text;
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return deploymentTreeItem(node, Date.now());
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === "deployment") {
      item.tooltip = new vscode.MarkdownString(deploymentTooltip(node.deployment, Date.now()));
    }
    return item;
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  dispose(): void {
    clearTimeout(this.settling);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async find(root: string, name: string): Promise<DeploymentNode | undefined> {
    const roots = await this.model.roots();
    const below = await Promise.all(
      roots.map((node) => (node.kind === "deployment" ? [node] : this.model.children(node))),
    );
    return below.flat().find((node): node is DeploymentNode => {
      return node.kind === "deployment" && node.root === root && node.deployment.name === name;
    });
  }

  private lookSoon(): void {
    this.settling ??= setTimeout(() => {
      this.settling = undefined;
      this.look().catch((error) => this.log.error("look for deployments", error));
    }, PACE_MS);
  }

  /** Out of sight only whether there are any is of interest. */
  private async look(): Promise<void> {
    if (this.view.visible) this.refreshed.fire(undefined);
    else {
      await this.projects.ready();
      setContext(Context.hasDeployments, (await this.model.roots()).length > 0);
    }
  }
}
