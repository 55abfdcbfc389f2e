/** Tasks of type "modeltrail": in tasks.json, and for the scripts that are open. */
import path from "node:path";
import * as vscode from "vscode";
import { TASK_TYPE } from "../contributions";
import type { Launcher } from "./launcher";
import type { RunTaskDefinition } from "./recorderTask";

export function registerTaskProvider(launcher: Launcher): vscode.Disposable {
  async function taskOf(definition: RunTaskDefinition, folder: vscode.WorkspaceFolder): Promise<vscode.Task> {
    const { script, args = [], python, experiment, name, note, tags } = definition;
    const uri = vscode.Uri.file(path.resolve(folder.uri.fsPath, script));
    const request = await launcher.request({ script: uri, args, python, experiment, name, note, tags });
    return launcher.task(request, definition, folder);
  }

  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    async provideTasks() {
      const document = vscode.window.activeTextEditor?.document;
      const folder = document && vscode.workspace.getWorkspaceFolder(document.uri);
      if (!vscode.workspace.isTrusted || !folder || document.languageId !== "python") return [];
      const script = path.relative(folder.uri.fsPath, document.uri.fsPath).replaceAll(path.sep, "/");
      return [await taskOf({ type: TASK_TYPE, script }, folder)];
    },
    async resolveTask(task) {
      const folder = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
      const definition = task.definition as RunTaskDefinition;
      if (!folder || typeof definition.script !== "string") return undefined;
      const resolved = await taskOf(definition, folder);
      // VS Code takes a resolved task only with the definition it asked for, and shows it under the user's name.
      resolved.name = task.name;
      return resolved;
    },
  });
}
