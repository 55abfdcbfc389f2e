/** The Deployments view: the deployments model in VS Code's terms. */
import * as vscode from "vscode";
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { LazyTree, type TreeParts } from "../tree/lazyTree";
import type { DeploymentsModel, ReadDeployments } from "./deploymentsModel";
import type { DeploymentNode, MoreRolloutsNode, Node } from "./nodes";

/** Steps of a change come in quick succession: so often they are shown anew at the most. */
const PACE_MS = 400;
/** How often targets are asked while the view is in sight. */
const ASK_MS = 10_000;

export class DeploymentsTree extends LazyTree<Node, DeploymentsModel> {
  private readonly asks: vscode.Disposable;
  private asking = false;

  constructor(projects: Projects, log: Log) {
    super(projects, log, {
      view: View.deployments,
      context: Context.hasDeployments,
      what: "deployments",
      pace: PACE_MS,
      concerns: ({ deployments }) => deployments,
      load: () => load(projects),
    });
    const clock = setInterval(() => this.view.visible && this.ask(true), ASK_MS);
    const shown = this.view.onDidChangeVisibility(({ visible }) => visible && this.ask(true));
    this.asks = vscode.Disposable.from(shown, { dispose: () => clearInterval(clock) });
  }

  /** Shows what the store knows, and asks the targets for what they know. */
  refresh(): void {
    this.lookSoon();
    this.ask(false);
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

  override dispose(): void {
    this.asks.dispose();
    super.dispose();
  }

  private async find(root: string, name: string): Promise<DeploymentNode | undefined> {
    const model = await this.model();
    const roots = await model.roots();
    const below = await Promise.all(roots.map((node) => (node.kind === "deployment" ? [node] : model.children(node))));
    return below.flat().find((node): node is DeploymentNode => {
      return node.kind === "deployment" && node.root === root && node.deployment.name === name;
    });
  }

  /** How things stand is asked of the targets themselves; what they say comes back as a change of the store. */
  private ask(isWatching: boolean): void {
    if (this.asking || !vscode.workspace.isTrusted) return;
    this.asking = true;
    this.askAll(isWatching)
      .catch((error) => this.log.error("ask how deployments stand", error))
      .finally(() => {
        this.asking = false;
      });
  }

  private async askAll(isWatching: boolean): Promise<void> {
    await this.projects.ready();
    const { all } = this.projects;
    await Promise.all(all.map(({ root }) => this.projects.call("askDeployments", { root, isWatching })));
  }
}

async function load(projects: Projects): Promise<TreeParts<Node, DeploymentsModel>> {
  const [{ DeploymentsModel }, items] = await Promise.all([import("./deploymentsModel"), import("./deploymentItems")]);
  return {
    model: new DeploymentsModel({ read: projects.call as ReadDeployments, projects: () => projects.all }),
    item: items.deploymentTreeItem,
    tooltip: items.deploymentItemTooltip,
    note: (parent, text) => ({ kind: "deploymentNote", id: `${parent.id}|failure`, root: parent.root, parent, text }),
  };
}
