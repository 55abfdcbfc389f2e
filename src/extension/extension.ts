import * as vscode from "vscode";

export function activate(): { version: string } {
  return { version: vscode.version };
}
