/** Elements that several views have, and the icons of all. */
import * as vscode from "vscode";
import type { Command } from "./contributions";

/** A theme icon and, where it has one, its color. */
export type Icon = readonly [name: string, color?: string | undefined];

export const themeIcon = ([name, color]: Icon): vscode.ThemeIcon =>
  new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));

/** Where several projects have something to show. */
export function projectItem({ kind, name, root }: { kind: string; name: string; root: string }): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.iconPath = themeIcon(["root-folder"]);
  item.tooltip = root;
  item.contextValue = kind;
  return item;
}

/** The end of a list that goes on; `command` gets the node. */
export function moreItem<Node extends { kind: string }>(
  node: Node,
  command: Command,
  label = vscode.l10n.t("Load More"),
): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.iconPath = themeIcon(["ellipsis"]);
  item.command = { command, title: label, arguments: [node] };
  item.contextValue = node.kind;
  return item;
}

/** What went wrong. */
export function faultItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.iconPath = themeIcon(["warning"]);
  item.contextValue = "note";
  return item;
}
