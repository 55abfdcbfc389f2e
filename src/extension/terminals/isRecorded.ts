import * as vscode from "vscode";
import { setting } from "../configuration";

/** Whether what is started in the terminals of a workspace folder is recorded. */
export function isRecorded(folder: vscode.WorkspaceFolder): boolean {
  return vscode.workspace.isTrusted && setting("modeltrail.terminals.record", folder);
}

export function recordsAnyTerminal(): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(isRecorded);
}
