/** How the Data view's elements look. */
import * as vscode from "vscode";
import { formatAgo, formatSize } from "../../domain/format";
import type { DatasetKind } from "../../store/contract";
import { Command } from "../contributions";
import { readable } from "../readableItem";
import { shortVersion } from "../tree/sections";
import { countRuns, treeItem as runTreeItem } from "../tree/treeItems";
import { DEFAULT_VIEW } from "../tree/viewState";
import type {
  ChangeNode,
  DatasetNode,
  FileChange,
  MoreVersionsNode,
  Node,
  NoteNode,
  PartNode,
  VersionNode,
} from "./nodes";

const { None, Collapsed } = vscode.TreeItemCollapsibleState;

export function dataItem(node: Node, now: number): vscode.TreeItem {
  const item = itemOf(node, now);
  item.id = node.id;
  return readable(item);
}

function itemOf(node: Node, now: number): vscode.TreeItem {
  switch (node.kind) {
    case "dataset":
      return datasetItem(node, now);
    case "version":
      return versionItem(node, now);
    case "part":
      return partItem(node);
    case "change":
      return changeItem(node);
    case "note":
      return noteItem(node);
    case "moreVersions":
      return moreItem(node);
    case "run":
      return runItem(node, now);
    default:
      return runTreeItem(node, { state: DEFAULT_VIEW, isChosen: () => false, now });
  }
}

const KIND_WORDS: Record<DatasetKind, string> = {
  declared: vscode.l10n.t("named in modeltrail.yaml"),
  dvc: vscode.l10n.t("tracked by DVC"),
  read: vscode.l10n.t("files that runs read"),
};

/** Undefined: the label says it all. */
export function dataTooltip(node: Node): string | undefined {
  switch (node.kind) {
    case "dataset": {
      const { name, kind, current, files, size } = node.dataset;
      return [
        `${name}: ${KIND_WORDS[kind]}`,
        vscode.l10n.t("used last: version {0}, {1}, {2}", shortVersion(current), countFiles(files), formatSize(size)),
      ].join("\n");
    }
    case "version": {
      const { version, firstSeen, lastSeen } = node.version;
      const time = (at: number) => new Date(at).toLocaleString();
      return [
        vscode.l10n.t("Version {0}", version),
        vscode.l10n.t("used from {0} to {1}", time(firstSeen), time(lastSeen)),
      ].join("\n");
    }
    case "change":
      return describeChange(node.change);
    case "run":
      return undefined;
    case "file":
      return [node.entry.file.path, node.entry.description, `SHA-256 ${node.entry.file.sha256}`].join("\n");
    default:
      return undefined;
  }
}

export const countFiles = (count: number) =>
  count === 1 ? vscode.l10n.t("1 file") : vscode.l10n.t("{0} files", count.toLocaleString());

function datasetItem({ dataset }: DatasetNode, now: number): vscode.TreeItem {
  const { name, versions, runs, lastUsed } = dataset;
  const item = new vscode.TreeItem(name, Collapsed);
  const count = versions === 1 ? vscode.l10n.t("1 version") : vscode.l10n.t("{0} versions", versions.toLocaleString());
  item.description = [count, countRuns(runs), formatAgo(lastUsed, now)].join(" · ");
  item.iconPath = new vscode.ThemeIcon("database");
  item.contextValue = `dataset.${dataset.kind}`;
  return item;
}

function versionItem({ version, previous, parent }: VersionNode, now: number): vscode.TreeItem {
  const item = new vscode.TreeItem(shortVersion(version.version), Collapsed);
  const used = [countFiles(version.files), formatSize(version.size), countRuns(version.runs)];
  item.description = [...used, formatAgo(version.lastSeen, now)].join(" · ");
  const isCurrent = version.version === parent.dataset.current;
  item.iconPath = new vscode.ThemeIcon("git-commit", isCurrent ? new vscode.ThemeColor("charts.green") : undefined);
  item.contextValue = previous === null ? "version" : "version.later";
  item.accessibilityInformation = {
    label: vscode.l10n.t("Version {0}, {1}", shortVersion(version.version), item.description),
  };
  return item;
}

const PART_ICONS: Record<PartNode["part"], string> = { changes: "diff-multiple", files: "files", runs: "run-all" };

function partItem({ part, parent }: PartNode): vscode.TreeItem {
  const { version, previous } = parent;
  const [label, description] = {
    changes: [vscode.l10n.t("Changes"), vscode.l10n.t("since {0}", shortVersion(previous ?? ""))],
    files: [vscode.l10n.t("Files"), version.files.toLocaleString()],
    runs: [vscode.l10n.t("Runs"), version.runs.toLocaleString()],
  }[part] as [string, string];
  const item = new vscode.TreeItem(label, Collapsed);
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(PART_ICONS[part]);
  item.contextValue = `part.${part}`;
  return item;
}

const CHANGE_LOOKS: Record<FileChange["kind"], [icon: string, color: string]> = {
  added: ["diff-added", "gitDecoration.addedResourceForeground"],
  removed: ["diff-removed", "gitDecoration.deletedResourceForeground"],
  changed: ["diff-modified", "gitDecoration.modifiedResourceForeground"],
  moved: ["diff-renamed", "gitDecoration.renamedResourceForeground"],
};

function changeItem(node: ChangeNode): vscode.TreeItem {
  const { change } = node;
  const item = new vscode.TreeItem(change.path, None);
  const [icon, color] = CHANGE_LOOKS[change.kind];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.description = describeSizes(change);
  item.contextValue = `change.${change.kind}`;
  item.command = { command: Command.compareDataFile, title: vscode.l10n.t("What Changed"), arguments: [node] };
  item.accessibilityInformation = { label: describeChange(change) };
  return item;
}

function describeSizes({ kind, before, after }: FileChange): string {
  if (kind === "moved") return vscode.l10n.t("from {0}", before!.path);
  if (kind !== "changed") return formatSize((before ?? after)!.size);
  const [old, current] = [formatSize(before!.size), formatSize(after!.size)];
  return old === current ? current : `${old} → ${current}`;
}

const describeChange = (change: FileChange) => `${change.path}: ${change.kind}, ${describeSizes(change)}`;

function noteItem({ text }: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem(text, None);
  item.contextValue = "note";
  return item;
}

function moreItem(node: MoreVersionsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Load more versions"), None);
  item.description = vscode.l10n.t("{0} left", node.left.toLocaleString());
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: Command.loadMoreVersions, title: vscode.l10n.t("Load More Versions"), arguments: [node] };
  return item;
}

/** A run that is referred to: it has its place, with all that is below it, in the Experiments view. */
export function runItem(node: Extract<Node, { kind: "run" }>, now: number): vscode.TreeItem {
  const item = runTreeItem(node, { state: DEFAULT_VIEW, isChosen: () => false, now });
  item.collapsibleState = None;
  item.checkboxState = undefined;
  item.command = { command: Command.showRun, title: vscode.l10n.t("Show Run"), arguments: [node] };
  return item;
}
