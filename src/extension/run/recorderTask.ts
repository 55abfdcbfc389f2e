/** A run as a VS Code task: a real terminal that lives in its own process, so that it survives a reload of the window. */
import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { setting } from "../configuration";
import { TASK_TYPE } from "../contributions";
import { type RunRequest, recorderArguments } from "./recorderCommand";

/** What tasks.json holds for a task of ours. */
export interface RunTaskDefinition extends vscode.TaskDefinition {
  /** Default: as what else is given says. */
  task?: "train" | "notebook" | "stage" | "deploy";
  /** A script, or a notebook, relative to the workspace folder. */
  script?: string;
  /** An entry of modeltrail.yaml, or one of an MLproject as "MLproject:name". */
  entry?: string;
  /** A stage of dvc.yaml; of one in a folder as "folder/dvc.yaml:name". */
  stage?: string;
  /** A model of the registry to be deployed, as the command line names it. */
  model?: string;
  /** Where to; default: this machine. */
  to?: string;
  target?: string;
  args?: string[];
  python?: string;
  experiment?: string;
  name?: string;
  note?: string;
  tags?: Record<string, string>;
}

export function recorderTask(
  request: RunRequest,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  title: string,
  distFolder: string,
): vscode.Task {
  const keepOnHangup = setting("modeltrail.run.onTerminalClose") === "keepRunning";
  const execution = commandExecution(distFolder, recorderArguments(request, keepOnHangup), request.cwd, request.env);
  const task = new vscode.Task(definition, scope, title, "Modeltrail", execution, []);
  task.presentationOptions = {
    reveal: setting("modeltrail.run.revealTerminal") ? vscode.TaskRevealKind.Always : vscode.TaskRevealKind.Silent,
    focus: false,
    panel: vscode.TaskPanelKind.Shared,
    // The run's own output, and nothing else.
    echo: false,
    showReuseMessage: false,
  };
  return task;
}

/** Our own command line, on the editor's own Node: nothing need be installed. */
export function commandExecution(
  distFolder: string,
  words: string[],
  cwd: string,
  more: Record<string, string> = {},
): vscode.ProcessExecution {
  const args = [path.join(distFolder, "cli.js"), ...words];
  const env = { ...recorderEnvironment(), ...autologEnvironment(vscode.Uri.file(cwd)), ...more };
  return new vscode.ProcessExecution(process.execPath, args, { cwd, env });
}

/** What the person wants of MLflow's autologging. "auto" leaves it to the variable, which they may have set for all programs. */
export function autologEnvironment(scope: vscode.Uri): Record<string, string> {
  const wish = setting("modeltrail.mlflow.autolog", scope);
  return wish === "auto" ? {} : { MODELTRAIL_AUTOLOG: wish };
}

/** Makes the editor's program a plain Node, says who asks, and tells the recorder so that the command does not inherit it. */
export function recorderEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { MODELTRAIL_THROUGH: "vscode" };
  if (process.versions.electron) Object.assign(environment, { ELECTRON_RUN_AS_NODE: "1", MODELTRAIL_ELECTRON: "1" });
  if (process.platform === "win32") {
    const nodePty = ["node_modules.asar.unpacked", "node_modules"]
      .map((folder) => path.join(vscode.env.appRoot, folder, "node-pty"))
      .find((folder) => existsSync(folder));
    if (nodePty) environment.MODELTRAIL_NODE_PTY = nodePty;
  }
  return environment;
}

/** A definition that no other task has: the same script may run several times at once. */
export function uniqueDefinition(script: string): RunTaskDefinition {
  return { type: TASK_TYPE, script, launch: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}` };
}
