/** The Lineage view: shown once it is asked where something came from. */
import * as vscode from "vscode";
import { formatAgo, formatSize } from "../../domain/format";
import { setContext } from "../configuration";
import { Context, View } from "../contributions";
import { runItem } from "../data/dataItems";
import type { Log } from "../log";
import { readable } from "../readableItem";
import type { Projects } from "../stores/projects";
import { shortVersion } from "../tree/sections";
import { tooltipOf, treeItem } from "../tree/treeItems";
import { DEFAULT_VIEW } from "../tree/viewState";
import {
  type LineageFileNode,
  LineageModel,
  type LineageRunNode,
  type LineageSubject,
  type Node,
  type ReadLineage,
  type SubjectNode,
} from "./lineageModel";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

export class LineageView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly model: LineageModel;
  private subject: LineageSubject | undefined;

  constructor(
    projects: Projects,
    private readonly log: Log,
  ) {
    this.model = new LineageModel(projects.call as ReadLineage);
    this.view = vscode.window.createTreeView(View.lineage, { treeDataProvider: this, showCollapseAll: true });
  }

  async show(subject: LineageSubject): Promise<void> {
    this.subject = subject;
    setContext(Context.lineage, true);
    this.refresh();
    await vscode.commands.executeCommand(`${View.lineage}.focus`);
  }

  refresh(): void {
    this.refreshed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!this.subject) return [];
    try {
      return node ? await this.model.children(node) : this.model.roots(this.subject);
    } catch (error) {
      this.log.error("read the lineage", error);
      const text = error instanceof Error ? error.message : String(error);
      return [{ kind: "note", id: `${node?.id}|failure`, root: this.subject.root, text, isEnd: false }];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = itemOf(node, Date.now());
    item.id = node.id;
    return readable(item);
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind === "run" || node.kind === "file") item.tooltip = tooltipOf(node, Date.now());
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.refreshed.dispose();
  }
}

function itemOf(node: Node, now: number): vscode.TreeItem {
  switch (node.kind) {
    case "subject":
      return subjectItem(node);
    case "direction": {
      const isUp = node.direction === "up";
      const item = new vscode.TreeItem(isUp ? vscode.l10n.t("Came from") : vscode.l10n.t("Used by"), Expanded);
      item.iconPath = new vscode.ThemeIcon(isUp ? "arrow-up" : "arrow-down");
      return item;
    }
    case "run":
      return lineageRunItem(node, now);
    case "file":
      return fileItem(node, now);
    case "lineageDataset": {
      const { name, version, files, size } = node.lineage;
      const item = new vscode.TreeItem(name, Collapsed);
      item.description = [
        shortVersion(version),
        vscode.l10n.t("{0} files", files.toLocaleString()),
        formatSize(size),
      ].join(" · ");
      item.iconPath = new vscode.ThemeIcon("database");
      return item;
    }
    case "note": {
      const item = new vscode.TreeItem(node.text, None);
      if (node.isEnd) item.iconPath = new vscode.ThemeIcon("circle-small-filled");
      return item;
    }
  }
}

function subjectItem({ subject }: SubjectNode): vscode.TreeItem {
  const item = new vscode.TreeItem(subject.title, Expanded);
  if ("run" in subject.of) item.iconPath = new vscode.ThemeIcon("beaker");
  else if ("dataset" in subject.of) item.iconPath = new vscode.ThemeIcon("database");
  else {
    item.resourceUri = vscode.Uri.file(subject.of.path); // gives the file's icon
    item.iconPath = vscode.ThemeIcon.File;
  }
  return item;
}

function lineageRunItem(node: LineageRunNode, now: number): vscode.TreeItem {
  const item = runItem(node, now);
  const { lineage, direction, run } = node;
  const verb = direction === "up" ? vscode.l10n.t("wrote it") : vscode.l10n.t("read it");
  const as = lineage.link === "path" ? vscode.l10n.t("by its name") : "";
  item.description = [verb, formatAgo(run.startTime, now), run.experiment, as].filter(Boolean).join(" · ");
  item.collapsibleState = Collapsed;
  return item;
}

function fileItem(node: LineageFileNode, now: number): vscode.TreeItem {
  const item = treeItem(node, { state: DEFAULT_VIEW, isChosen: () => false, now });
  const { size, stop, note, runs } = node.lineage;
  item.description = [size === null ? "" : formatSize(size), note].filter(Boolean).join(" · ");
  item.collapsibleState = stop !== undefined || runs.length > 0 ? Collapsed : None;
  return item;
}
