/** Settings and context keys, by their typed names. */
import * as vscode from "vscode";
import type { Context, Settings } from "./contributions";

export function setting<Key extends keyof Settings>(key: Key, scope?: vscode.ConfigurationScope): Settings[Key] {
  return vscode.workspace.getConfiguration(undefined, scope).get<Settings[Key]>(key)!;
}

export function setContext(key: Context, value: boolean | number): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
