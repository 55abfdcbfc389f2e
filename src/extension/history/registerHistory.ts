/** History of this file: the view, and what is done in it. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import { registerHistoryCommands } from "./historyCommands";
import { HistoryView } from "./historyView";

export function registerHistory(deps: Pick<CommandDeps, "projects" | "log" | "register">): vscode.Disposable {
  const history = new HistoryView(deps.projects, deps.log);
  return vscode.Disposable.from(history, registerHistoryCommands(deps, history));
}
