/** How the elements of the Models view look. */
import * as vscode from "vscode";
import type { GateVerdict } from "../../domain/gate";
import { faultItem, type Icon, moreItem, projectItem, themeIcon } from "../commonItems";
import { Command } from "../contributions";
import { runItem } from "../data/dataItems";
import { readable } from "../readableItem";
import { tooltipOf } from "../tree/treeItems";
import {
  modelDescription,
  placeInWords,
  type VersionLook,
  versionContext,
  versionDescription,
  versionLabel,
  versionLook,
  versionTooltip,
} from "./describeModel";
import type { GateNode, ModelFactNode, ModelNode, ModelVersionNode, Node, ServedNode } from "./nodes";

const { None, Collapsed } = vscode.TreeItemCollapsibleState;

const LOOKS: Record<VersionLook, Icon> = {
  archived: ["archive", "disabledForeground"],
  served: ["rocket", "charts.green"],
  champion: ["star-full", "charts.yellow"],
  failing: ["error", "testing.iconFailed"],
  passing: ["pass", "testing.iconPassed"],
  plain: ["tag"],
};
const VERDICTS: Record<GateVerdict, Icon> = {
  passed: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  error: ["warning", "charts.orange"],
  skipped: ["debug-step-over", "disabledForeground"],
};

export function modelTreeItem(node: Node, now: number): vscode.TreeItem {
  const item = itemOf(node, now);
  item.id = node.id;
  return readable(item);
}

/** Undefined: the label says it all. */
export function modelItemTooltip(node: Node, now: number): string | vscode.MarkdownString | undefined {
  switch (node.kind) {
    case "model":
      return node.model.description || undefined;
    case "modelVersion":
      return new vscode.MarkdownString(versionTooltip(node.version, now));
    case "modelFact":
      return node.tooltip;
    case "gate":
      return `${node.result.gate} (${node.result.kind}): ${node.result.summary}`;
    case "run":
      return tooltipOf(node, now);
    default:
      return undefined;
  }
}

function itemOf(node: Node, now: number): vscode.TreeItem {
  switch (node.kind) {
    case "modelsProject":
      return projectItem(node);
    case "model":
      return modelItem(node, now);
    case "modelVersion":
      return versionItem(node, now);
    case "modelFact":
      return factItem(node);
    case "gate":
      return gateItem(node);
    case "served":
      return servedItem(node);
    case "moreModels":
      return moreItem(node, Command.loadMoreModels);
    case "modelNote":
      return faultItem(node.text);
    case "run":
      return runItem(node, now);
  }
}

function modelItem({ model }: ModelNode, now: number): vscode.TreeItem {
  const item = new vscode.TreeItem(model.name, model.newest === null ? None : Collapsed);
  item.description = modelDescription(model, now);
  item.iconPath = new vscode.ThemeIcon("package");
  item.contextValue = "model";
  return item;
}

function versionItem({ version }: ModelVersionNode, now: number): vscode.TreeItem {
  const item = new vscode.TreeItem(versionLabel(version), Collapsed);
  item.description = versionDescription(version, now);
  item.iconPath = themeIcon(LOOKS[versionLook(version)]);
  item.contextValue = versionContext(version);
  item.accessibilityInformation = { label: `${version.model}, ${versionLabel(version)}, ${item.description}` };
  return item;
}

function factItem({ icon: name, label, description }: ModelFactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label, None);
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(name);
  item.contextValue = "modelFact";
  return item;
}

function gateItem({ result }: GateNode): vscode.TreeItem {
  const item = new vscode.TreeItem(result.gate, None);
  item.description = result.verdict === "passed" ? result.summary : `${result.verdict} · ${result.summary}`;
  item.iconPath = themeIcon(VERDICTS[result.verdict]);
  item.contextValue = "gate";
  item.accessibilityInformation = { label: `Gate ${result.gate}, ${result.verdict}, ${result.summary}` };
  return item;
}

function servedItem(node: ServedNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.place.deployment, None);
  item.description = placeInWords(node.place);
  item.iconPath = themeIcon(["rocket", "charts.green"]);
  item.contextValue = "served";
  item.tooltip = vscode.l10n.t("Show the deployment");
  return item;
}
