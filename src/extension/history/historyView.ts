/** The History view: the runs that used the file in the active editor, whichever that is. */
import path from "node:path";
import * as vscode from "vscode";
import { formatAgo } from "../../domain/format";
import { Command, View } from "../contributions";
import { runItem } from "../data/dataItems";
import type { Log } from "../log";
import { readable } from "../readableItem";
import { projectOf } from "../stores/projectOf";
import type { Projects } from "../stores/projects";
import { describeKeyMetric } from "../tree/keyMetric";
import { paced } from "../tree/paced";
import { tooltipOf } from "../tree/treeItems";
import { DEFAULT_VIEW } from "../tree/viewState";
import { describeUse, HistoryModel, type HistoryNode, type Node, type ReadHistory } from "./historyModel";

/** Runs change several times a second. */
const SETTLE_MS = 1_000;

export class HistoryView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly subscriptions: vscode.Disposable[];
  private model: HistoryModel | undefined;
  private file: vscode.Uri | undefined;
  private readonly pace = paced(
    SETTLE_MS,
    () => this.refresh(),
    (error) => this.log.error("look for new runs of the file", error),
  );

  constructor(
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.view = vscode.window.createTreeView(View.history, { treeDataProvider: this });
    this.subscriptions = [
      this.view,
      this.refreshed,
      vscode.window.tabGroups.onDidChangeTabs(() => this.follow()),
      vscode.window.tabGroups.onDidChangeTabGroups(() => this.follow()),
      projects.onDidChangeProjects(() => this.open(this.file)),
      projects.onDidChangeRuns(({ root }) => root === this.model?.root && this.refreshSoon()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.refresh()),
    ];
    this.follow();
  }

  async show(file?: vscode.Uri): Promise<void> {
    if (file) this.open(file);
    await vscode.commands.executeCommand(`${View.history}.focus`);
  }

  loadMore(): void {
    this.model?.loadMore();
    this.refresh();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return [];
    const { model } = this;
    if (!model) return [];
    try {
      const nodes = await model.nodes();
      const name = path.basename(model.file);
      this.view.message = nodes.length > 0 ? undefined : vscode.l10n.t("No recorded run used {0}.", name);
      return nodes;
    } catch (error) {
      this.log.error("read the history of the file", error);
      this.view.message = error instanceof Error ? error.message : String(error);
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = node.kind === "run" ? historyItem(node, Date.now()) : moreItem(node.left);
    item.id = node.id;
    return readable(item);
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === "run") item.tooltip = tooltipOf(node, Date.now());
    return item;
  }

  dispose(): void {
    this.pace.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Editors of runs' own documents, and other views, leave the history where it is. */
  private follow(): void {
    const uri = uriOf(vscode.window.tabGroups.activeTabGroup.activeTab?.input);
    if (uri?.scheme === "file" && uri.toString() !== this.file?.toString()) this.open(uri);
  }

  private open(file: vscode.Uri | undefined): void {
    this.file = file;
    const project = file && projectOf(this.projects.all, file.fsPath);
    this.model = project && new HistoryModel(this.projects.call as ReadHistory, project.root, file.fsPath);
    this.view.description = file && path.basename(file.fsPath);
    this.view.message = this.model
      ? undefined
      : vscode.l10n.t("Open a file of the project to see the runs that used it.");
    this.refresh();
  }

  private refresh(): void {
    this.refreshed.fire(undefined);
  }

  private refreshSoon(): void {
    if (this.view.visible) this.pace.soon();
  }
}

/** The file of a tab; of a comparison the newer side. */
function uriOf(input: unknown): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  const isFile =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputNotebook ||
    input instanceof vscode.TabInputCustom;
  return isFile ? input.uri : undefined;
}

function historyItem(node: HistoryNode, now: number): vscode.TreeItem {
  const item = runItem(node, now);
  const facts = [
    describeKeyMetric(node.run, DEFAULT_VIEW.sort),
    describeUse(node.use),
    formatAgo(node.run.startTime, now),
  ];
  item.description = facts.filter(Boolean).join(" · ");
  item.command = {
    command: Command.compareThenAndNow,
    title: vscode.l10n.t("Compare File Then and Now"),
    arguments: [node],
  };
  return item;
}

function moreItem(left: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Load more runs"));
  item.description = vscode.l10n.t("{0} left", left.toLocaleString());
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: Command.loadMoreHistory, title: vscode.l10n.t("Load More Runs") };
  return item;
}
