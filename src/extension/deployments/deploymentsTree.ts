/** The Deployments view: the deployments model in VS Code's terms. */
import * as vscode from "vscode";
import { setContext } from "../configuration";
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import type { DeploymentsModel, ReadDeployments } from "./deploymentsModel";
import type { DeploymentNode, MoreRolloutsNode, Node } from "./nodes";

/** Steps of a change come in quick succession: so often they are shown anew at the most. */
const PACE_MS = 400;
/** How often targets are asked while the view is in sight. */
const ASK_MS = 10_000;

export class DeploymentsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private loading: Promise<DeploymentsModel> | undefined;
  /** Loaded before the first element is made. */
  private items!: typeof import("./deploymentItems");
  private readonly subscriptions: vscode.Disposable[];
  private settling: NodeJS.Timeout | undefined;
  private asking = false;

  constructor(
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.view = vscode.window.createTreeView(View.deployments, { treeDataProvider: this, showCollapseAll: true });
    const clock = setInterval(() => this.view.visible && this.ask(), ASK_MS);
    this.subscriptions = [
      this.view,
      this.refreshed,
      { dispose: () => clearInterval(clock) },
      projects.onDidChangeProjects(() => this.lookSoon()),
      projects.onDidChangeRuns(({ deployments }) => deployments && this.lookSoon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.refresh()),
    ];
  }

  /** Shows what the store knows, and asks the targets for what they know. */
  refresh(): void {
    this.lookSoon();
    this.ask();
  }

  async loadMore(node: MoreRolloutsNode): Promise<void> {
    (await this.model()).loadMore(node);
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
      const model = await this.model();
      if (node) return await model.children(node);
      await this.projects.ready();
      const roots = await model.roots();
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
    return this.items.deploymentTreeItem(node, Date.now());
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = this.items.deploymentItemTooltip(node, Date.now()) ?? item.tooltip;
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
    const model = await this.model();
    const roots = await model.roots();
    const below = await Promise.all(roots.map((node) => (node.kind === "deployment" ? [node] : model.children(node))));
    return below.flat().find((node): node is DeploymentNode => {
      return node.kind === "deployment" && node.root === root && node.deployment.name === name;
    });
  }

  /** Most windows show no deployments: what shows them is not part of the start. */
  private model(): Promise<DeploymentsModel> {
    const { projects } = this;
    const load = async () => {
      const [{ DeploymentsModel }, items] = await Promise.all([
        import("./deploymentsModel"),
        import("./deploymentItems"),
      ]);
      this.items = items;
      return new DeploymentsModel({ read: projects.call as ReadDeployments, projects: () => projects.all });
    };
    this.loading ??= load();
    return this.loading;
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
      setContext(Context.hasDeployments, (await (await this.model()).roots()).length > 0);
    }
  }

  /** How things stand is asked of the targets themselves; what they say comes back as a change of the store. */
  private ask(): void {
    if (this.asking || !vscode.workspace.isTrusted) return;
    this.asking = true;
    this.askAll()
      .catch((error) => this.log.error("ask how deployments stand", error))
      .finally(() => {
        this.asking = false;
      });
  }

  private async askAll(): Promise<void> {
    await this.projects.ready();
    await Promise.all(this.projects.all.map(({ root }) => this.projects.call("askDeployments", { root })));
  }
}
