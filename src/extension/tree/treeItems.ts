/** How the tree's elements look. */
import * as vscode from "vscode";
import { formatAgo } from "../../domain/format";
import type { RunStatus } from "../../domain/run";
import { REPRODUCES_TAG, VERDICT_TAG } from "../../domain/verdictTags";
import { type Icon, themeIcon } from "../commonItems";
import { Command } from "../contributions";
import { recordedFileUri } from "../documents/uris";
import { readable } from "../readableItem";
import { describeKeyMetric } from "./keyMetric";
import type {
  FieldNode,
  FileNode,
  GroupNode,
  MoreNode,
  Node,
  ProjectNode,
  RunNode,
  ScratchNode,
  SectionNode,
} from "./nodes";
import { describeDuration, type SectionKind } from "./sections";
import { describeStatus, runTooltip } from "./tooltip";
import type { ViewState } from "./viewState";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

const STATUS_ICONS: Record<RunStatus, Icon> = {
  running: ["loading~spin", "charts.blue"],
  finished: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  killed: ["circle-slash", "charts.orange"],
  lost: ["question", "charts.yellow"],
};

const SECTION_ICONS: Record<SectionKind, string> = {
  params: "settings",
  metrics: "graph-line",
  cells: "notebook",
  artifacts: "package",
  code: "source-control",
  data: "database",
  config: "settings-gear",
  environment: "server-environment",
  packages: "library",
  log: "output",
  tags: "tag",
  gaps: "circle-large-outline",
  warnings: "warning",
  since: "history",
  repeats: "layers",
  children: "list-tree",
};

export interface ItemOptions {
  state: ViewState;
  isChosen(node: RunNode): boolean;
  now: number;
}

export function statusIcon(status: RunStatus): vscode.ThemeIcon {
  return themeIcon(STATUS_ICONS[status]);
}

export function treeItem(node: Node, options: ItemOptions): vscode.TreeItem {
  const item = itemOf(node, options);
  item.id = node.id;
  return readable(item);
}

function itemOf(node: Node, options: ItemOptions): vscode.TreeItem {
  switch (node.kind) {
    case "project":
      return projectItem(node);
    case "group":
      return groupItem(node, options.state);
    case "scratch":
      return scratchItem(node);
    case "run":
      return runItem(node, options);
    case "section":
      return sectionItem(node);
    case "field":
      return fieldItem(node);
    case "file":
      return fileItem(node);
    case "more":
      return moreItem(node);
  }
}

export const countRuns = (count: number) =>
  count === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", count.toLocaleString());

/** Made only when it is asked for. Undefined: the label says it all. */
export function tooltipOf(node: Node, now: number): string | vscode.MarkdownString | undefined {
  switch (node.kind) {
    case "project":
      return node.project.root;
    case "run":
      return new vscode.MarkdownString(runTooltip(node.run, now));
    case "field": {
      const { label, value, tooltip } = node.entry;
      return tooltip ?? (value ? `${label}: ${value}` : label);
    }
    case "file": {
      const { file, description } = node.entry;
      return [file.path, description, file.sha256 && `SHA-256 ${file.sha256}`].filter(Boolean).join("\n");
    }
    case "scratch":
      return vscode.l10n.t(
        "Runs that failed or were stopped within a minute, and repeats of other runs. Free Space offers them first; a note, a tag or a pin keeps a run out of here.",
      );
    case "section":
      return node.section.kind === "since"
        ? vscode.l10n.t("What changed since the previous run of this script")
        : undefined;
    default:
      return undefined;
  }
}

function projectItem({ project }: ProjectNode): vscode.TreeItem {
  const item = new vscode.TreeItem(project.name, Expanded);
  item.iconPath = new vscode.ThemeIcon("root-folder");
  item.contextValue = "project";
  return item;
}

function groupItem({ group, isNewest }: GroupNode, { group: by }: ViewState): vscode.TreeItem {
  const item = new vscode.TreeItem(groupLabel(group.value, by), isNewest ? Expanded : Collapsed);
  const runs = countRuns(group.runs);
  item.description = group.running > 0 ? vscode.l10n.t("{0}, {1} running", runs, group.running) : runs;
  item.contextValue = by === "experiment" ? "experiment" : "group";
  item.iconPath =
    by === "status"
      ? statusIcon(group.value as RunStatus)
      : new vscode.ThemeIcon(by === "experiment" ? "beaker" : by === "script" ? "file-code" : "tag");
  return item;
}

function scratchItem({ list }: ScratchNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Scratch runs ({0})", list.total.toLocaleString()), Collapsed);
  item.description = vscode.l10n.t("short failures and repeats");
  item.iconPath = new vscode.ThemeIcon("archive");
  item.contextValue = "scratch";
  return item;
}

function groupLabel(value: string | null, by: ViewState["group"]): string {
  if (value !== null) return value;
  return by === "script" ? vscode.l10n.t("(no script)") : vscode.l10n.t("(no {0})", by.slice("tag:".length));
}

function runItem(node: RunNode, { state, isChosen, now }: ItemOptions): vscode.TreeItem {
  const { run } = node;
  const item = new vscode.TreeItem(run.name, Collapsed);
  const isRunning = run.status === "running";
  const metric = describeKeyMetric(run, state.sort);
  const time = isRunning ? describeDuration(run, now) : formatAgo(run.startTime, now);
  const pinned = run.pinned ? vscode.l10n.t("pinned") : "";
  const verdict = describeVerdict(run);
  item.description = [verdict, badEnd(run), metric, sortedBy(node, state), repeats(node), time, pinned]
    .filter(Boolean)
    .join(" · ");
  item.iconPath = statusIcon(run.status);
  const marks = [verdict && ".verdict", run.pinned && ".pinned"].filter(Boolean).join("");
  item.contextValue = `${isRunning ? "run.running" : "run.ended"}${marks}`;
  const chosen = isChosen(node);
  item.checkboxState = {
    state: chosen ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
    tooltip: chosen ? vscode.l10n.t("Chosen for comparison") : vscode.l10n.t("Choose for comparison"),
  };
  item.accessibilityInformation = {
    label: [run.name, describeStatus(run), metric, repeats(node), time, pinned].filter(Boolean).join(", "),
  };
  return item;
}

/** What the reproduction that the run is came to; empty for other runs. */
export function describeVerdict({ tags }: Pick<RunNode["run"], "tags">): string {
  if (tags[REPRODUCES_TAG] === undefined) return "";
  switch (tags[VERDICT_TAG]) {
    case "same":
      return vscode.l10n.t("reproduced: the same");
    case "within-tolerance":
      return vscode.l10n.t("reproduced: within tolerance");
    case "different":
      return vscode.l10n.t("reproduced: different");
    default:
      return "";
  }
}

/** What there is to know first of a run that did not finish well; empty for others. */
function badEnd({ status, exitCode, signal }: RunNode["run"]): string {
  if (status === "failed") return vscode.l10n.t("exit code {0}", exitCode ?? "?");
  if (status === "killed") return signal ?? vscode.l10n.t("stopped");
  return status === "lost" ? vscode.l10n.t("lost") : "";
}

/** The runs with the same inputs: how many the first has, that another is one of them. */
function repeats({ run, repeated }: RunNode): string {
  if (repeated !== undefined) return vscode.l10n.t("repeat of {0}", repeated);
  if (run.repeats < 2) return "";
  return run.repeats === 2 ? vscode.l10n.t("repeated once") : vscode.l10n.t("repeated {0} times", run.repeats - 1);
}

/** What the tree is sorted by is to be seen: a param, or how long it took. */
function sortedBy({ run }: RunNode, { sort }: ViewState): string {
  if (sort.key === "duration" && run.endTime !== null) return describeDuration(run, 0);
  if (!sort.key.startsWith("param:")) return "";
  const name = sort.key.slice("param:".length);
  return Object.hasOwn(run.params, name) ? `${name}=${run.params[name]}` : "";
}

function sectionItem(node: SectionNode): vscode.TreeItem {
  const { section } = node;
  const hasChildren = section.entries.length > 0 || section.kind === "children" || section.kind === "repeats";
  const item = new vscode.TreeItem(section.label, hasChildren ? Collapsed : None);
  item.description = section.description;
  item.iconPath = new vscode.ThemeIcon(
    SECTION_ICONS[section.kind],
    section.kind === "warnings" || section.kind === "gaps"
      ? new vscode.ThemeColor("list.warningForeground")
      : undefined,
  );
  item.contextValue = `section.${section.kind}`;
  if (section.kind === "log") {
    item.command = { command: Command.openLog, title: vscode.l10n.t("Open Log"), arguments: [node] };
  }
  if (section.kind === "since") {
    item.command = { command: Command.compareWithPrevious, title: vscode.l10n.t("What Changed"), arguments: [node] };
  }
  return item;
}

function fieldItem(node: FieldNode): vscode.TreeItem {
  const { entry } = node;
  const item = new vscode.TreeItem(entry.label, None);
  item.description = entry.value;
  if (entry.icon) {
    item.iconPath = new vscode.ThemeIcon(entry.icon, entry.color ? new vscode.ThemeColor(entry.color) : undefined);
  }
  item.contextValue = entry.cell === undefined ? "field" : "cell";
  if (entry.cell !== undefined) {
    item.command = { command: Command.openCell, title: vscode.l10n.t("Open Cell as It Ran"), arguments: [node] };
  }
  return item;
}

function fileItem({ entry, run, root }: FileNode): vscode.TreeItem {
  const { file, description } = entry;
  const uri = recordedFileUri(root, run.run, file);
  const item = new vscode.TreeItem(file.path, None);
  item.resourceUri = uri; // gives the file's icon
  item.iconPath = vscode.ThemeIcon.File;
  item.description = description;
  item.contextValue = `file.${file.kind}`;
  item.command = openCommand(uri);
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const left = node.list.total - node.list.runs.length;
  const item = new vscode.TreeItem(vscode.l10n.t("Load more runs"), None);
  item.description = vscode.l10n.t("{0} left", left.toLocaleString());
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.contextValue = "more";
  item.command = { command: Command.loadMore, title: vscode.l10n.t("Load More Runs"), arguments: [node] };
  return item;
}

const openCommand = (uri: vscode.Uri): vscode.Command => ({
  command: "vscode.open",
  title: vscode.l10n.t("Open"),
  arguments: [uri],
});
