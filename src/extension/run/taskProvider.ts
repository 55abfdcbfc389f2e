/** Tasks of type "modeltrail": in tasks.json, and for whatever can be started in the workspace. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import { type EntryPoint, isFilePoint } from "../../targets/entryPoints/contract";
import { TASK_TYPE } from "../contributions";
import type { Log } from "../log";
import { addressOf, type EntryPointsOf } from "./entryPointsOf";
import { findInterpreter } from "./interpreter";
import { isElsewhere, type Launcher } from "./launcher";
import { commandExecution, type RunTaskDefinition } from "./recorderTask";

export interface TaskProviderDeps {
  distFolder: string;
  launcher: Launcher;
  entryPoints: EntryPointsOf;
  log: Log;
}

/** More entries help nobody in a list. */
const MOST_TASKS = 100;

export function registerTaskProvider({ distFolder, launcher, entryPoints, log }: TaskProviderDeps): vscode.Disposable {
  /** `python`: found already. */
  async function taskOf(
    definition: RunTaskDefinition,
    folder: vscode.WorkspaceFolder,
    python?: string,
  ): Promise<vscode.Task> {
    const { args = [], experiment, name, note, tags, target } = definition;
    const point = await pointOf(definition, folder);
    const run = { args, python: definition.python ?? python, experiment, name, note, tags, target };
    const request = await launcher.entryRequest({ folder: folder.uri.fsPath, point, ...run });
    const task = launcher.task(request, definition, folder, titleOf(point));
    if (point.kind !== "notebook") task.group = vscode.TaskGroup.Build;
    return task;
  }

  function deployTask(definition: RunTaskDefinition, model: string, folder: vscode.WorkspaceFolder): vscode.Task {
    const words = ["deploy", `--to=${definition.to ?? LOCAL}`, "--", model];
    const execution = commandExecution(distFolder, words, folder.uri.fsPath);
    return new vscode.Task(definition, folder, vscode.l10n.t("Deploy {0}", model), "Modeltrail", execution, []);
  }

  async function pointOf({ script, entry, stage }: RunTaskDefinition, folder: vscode.WorkspaceFolder) {
    if (typeof script === "string") return filePoint(script);
    const named = entry ?? stage;
    const { points } = await entryPoints(folder.uri.fsPath);
    const found = points.find(
      (point) =>
        !isFilePoint(point) && (point.kind === "stage") === (stage !== undefined) && addressOf(point) === named,
    );
    if (found) return found;
    const where = stage === undefined ? "modeltrail.yaml" : "dvc.yaml";
    throw new UserError(vscode.l10n.t("There is no {0} in {1} of {2}.", String(named), where, folder.name));
  }

  async function tasksIn(folder: vscode.WorkspaceFolder): Promise<vscode.Task[]> {
    const { points, faults } = await entryPoints(folder.uri.fsPath);
    for (const { file, message } of faults) log.channel.warn(`${file} in ${folder.name}: ${message}`);
    const open = activeScript(folder);
    const isListed = points.some(({ file }) => file === open);
    const all = open !== undefined && !isListed ? [filePoint(open), ...points] : points;
    const pythons = new Map<string, Promise<string>>();
    const pythonOf = async ({ file, target }: EntryPoint) => {
      if (isElsewhere(target)) return undefined;
      const uri = vscode.Uri.joinPath(folder.uri, file);
      const key = path.posix.dirname(file);
      const known = pythons.get(key) ?? findInterpreter(uri, log).then(({ executable }) => executable);
      pythons.set(key, known);
      return known;
    };
    const made = all
      .slice(0, MOST_TASKS)
      .map(async (point) => taskOf(definitionOf(point), folder, await pythonOf(point)));
    const settled = await Promise.allSettled(made);
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    async provideTasks() {
      if (!vscode.workspace.isTrusted) return [];
      const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
      const found = await Promise.allSettled(folders.map(tasksIn));
      return found.flatMap((one) => {
        if (one.status === "fulfilled") return one.value;
        log.error("look for what can be started", one.reason);
        return [];
      });
    },
    async resolveTask(task) {
      const folder = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
      const definition = task.definition as RunTaskDefinition;
      const { script, entry, stage, model } = definition;
      const named = [script, entry, stage, model].filter((one) => typeof one === "string");
      if (!vscode.workspace.isTrusted || !folder || named.length !== 1) return undefined;
      try {
        const resolved = model === undefined ? await taskOf(definition, folder) : deployTask(definition, model, folder);
        // VS Code takes a resolved task only with the definition it asked for, and shows it under the user's name.
        resolved.name = task.name;
        return resolved;
      } catch (error) {
        log.show("prepare the task", error);
        return undefined;
      }
    },
  });
}

/** The Python file in the active editor, with or without a main block, relative to the folder. */
function activeScript(folder: vscode.WorkspaceFolder): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "python" || vscode.workspace.getWorkspaceFolder(document.uri) !== folder)
    return undefined;
  return path.relative(folder.uri.fsPath, document.uri.fsPath).replaceAll(path.sep, "/");
}

function filePoint(file: string): EntryPoint {
  return { kind: /\.ipynb$/i.test(file) ? "notebook" : "script", name: file, file, cwd: "", command: [] };
}

const titleOf = (point: EntryPoint) => (isFilePoint(point) ? path.posix.basename(point.file) : point.name);

function definitionOf(point: EntryPoint): RunTaskDefinition {
  const { kind, file } = point;
  if (kind === "notebook") return { type: TASK_TYPE, task: "notebook", script: file };
  if (kind === "script") return { type: TASK_TYPE, task: "train", script: file };
  if (kind === "stage") return { type: TASK_TYPE, task: "stage", stage: addressOf(point) };
  return { type: TASK_TYPE, task: "train", entry: addressOf(point) };
}
