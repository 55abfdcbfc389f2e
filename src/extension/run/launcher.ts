/** Starts recorded runs. Everything that starts something goes through here, so trust is asked for in one place. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import type { RunSummary } from "../../domain/run";
import { type EntryPoint, isFilePoint, PYTHON } from "../../targets/entryPoints/contract";
import { packSecrets } from "../../targets/secretVariables";
import { setting } from "../configuration";
import { ActionableError, type Log } from "../log";
import type { Projects } from "../stores/projects";
import type { TargetSecrets } from "../targets/secrets";
import type { ExperimentsTree } from "../tree/experimentsTree";
import { findInterpreter } from "./interpreter";
import type { RunRequest } from "./recorderCommand";
import { type RunTaskDefinition, recorderTask, uniqueDefinition } from "./recorderTask";
import { isNotebook } from "./scripts";

/** How a script is to run, as the form or tasks.json says. */
export interface ScriptRun extends Pick<RunRequest, "experiment" | "name" | "note" | "tags" | "target"> {
  script: vscode.Uri;
  args: string[];
  /** Default: the selected interpreter. */
  python?: string;
}

/** How an entry point is to run. */
export interface EntryRun extends Pick<RunRequest, "experiment" | "name" | "note" | "tags" | "target"> {
  /** The folder that its paths are relative to. */
  folder: string;
  point: EntryPoint;
  args?: string[];
  python?: string;
}

export interface Launcher {
  run(script: ScriptRun): Promise<void>;
  /** What was asked for by `request` or `entryRequest`; `file`: what it is about. */
  start(request: RunRequest, title: string, file: vscode.Uri): Promise<void>;
  /** The same command in the same folder, in the same experiment. */
  runAgain(root: string, run: RunSummary): Promise<void>;
  /** What the recorder is to be asked, without starting it. */
  request(script: ScriptRun): Promise<RunRequest>;
  entryRequest(entry: EntryRun): Promise<RunRequest>;
  task(
    request: RunRequest,
    definition: RunTaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    title: string,
  ): vscode.Task;
}

export interface LauncherOptions {
  distFolder: string;
  projects: Projects;
  /** Present as soon as there is a tree: the new run is selected in it. */
  tree: Pick<ExperimentsTree, "reveal">;
  secrets: TargetSecrets;
  log: Log;
}

/** A recorder that has not begun its run by then will not be selected in the tree any more. */
const BEGIN_WITHIN_MS = 30_000;

export function createLauncher({ distFolder, projects, tree, secrets, log }: LauncherOptions): Launcher {
  async function start(request: RunRequest, title: string, script: vscode.Uri): Promise<void> {
    requireTrust();
    await saveDirty(script);
    const { root } = await projects.ensure(request.cwd);
    const scope = vscode.workspace.getWorkspaceFolder(script) ?? vscode.TaskScope.Workspace;
    const task = recorderTask(request, uniqueDefinition(script.fsPath), scope, title, distFolder);
    log.channel.info(`Recording in ${root}: ${JSON.stringify(request.command)}`);
    selectWhenBegun(root, request);
    await vscode.tasks.executeTask(task);
  }

  /** Selects the run in the tree once its recorder has begun it. */
  function selectWhenBegun(root: string, request: RunRequest): void {
    const asked = Date.now();
    const subscription = projects.onDidChangeRuns(async (change) => {
      if (change.root !== root) return;
      if (Date.now() - asked > BEGIN_WITHIN_MS) return subscription.dispose();
      const summaries = await projects.call("getSummaries", { root, ids: change.runs });
      const begun = summaries.find((run) => run.startTime >= asked && sameWords(run.command, request.command));
      if (!begun) return;
      subscription.dispose();
      await tree.reveal({ root, id: begun.id });
    });
    setTimeout(() => subscription.dispose(), BEGIN_WITHIN_MS);
  }

  /** The interpreter that runs `file`: here the selected one, elsewhere the target's own. */
  async function pythonFor(file: vscode.Uri, python: string | undefined, target: string | undefined): Promise<string> {
    return python || (isElsewhere(target) ? PYTHON : selectedInterpreter(file, log));
  }

  /** What is asked of the recorder to run it there. */
  async function onTarget(request: RunRequest): Promise<RunRequest> {
    const { target, ...rest } = request;
    if (!isElsewhere(target)) return rest;
    const { root } = await projects.ensure(request.cwd);
    return { ...request, env: packSecrets({ [target]: await secrets.environment(root, target) }) };
  }

  async function request({ script, args, python, target, ...named }: ScriptRun): Promise<RunRequest> {
    const executable = await pythonFor(script, python, target);
    if (isNotebook(script)) {
      const own = isElsewhere(target) ? [] : ["--python", executable];
      const words = [path.basename(script.fsPath), ...own, ...args];
      return onTarget({ command: words, cwd: path.dirname(script.fsPath), target, ...named });
    }
    const cwd = workingDirectory(script);
    const relative = path.relative(cwd, script.fsPath);
    const file = relative.startsWith("..") || path.isAbsolute(relative) ? script.fsPath : slashed(relative, target);
    // A file whose name begins with a dash would be taken for an option of Python.
    const words = [executable, file.startsWith("-") ? `.${path.sep}${file}` : file, ...args];
    return onTarget({ command: words, cwd, target, ...named });
  }

  async function entryRequest({ folder, point, args = [], python, target, ...named }: EntryRun): Promise<RunRequest> {
    const { file, cwd, command } = point;
    const where = target ?? point.target;
    if (isFilePoint(point)) {
      return request({ script: vscode.Uri.file(path.resolve(folder, file)), args, python, target: where, ...named });
    }
    const [program = "", ...words] = command;
    const isPython = program === PYTHON;
    const first = isPython ? await pythonFor(vscode.Uri.file(path.resolve(folder, file)), python, where) : program;
    const experiment = named.experiment || point.experiment;
    const asked = { command: [first, ...words, ...args], cwd: path.resolve(folder, cwd), target: where };
    return onTarget({ ...asked, ...named, ...(experiment ? { experiment } : {}) });
  }

  return {
    start,
    request,
    entryRequest,
    async run(script) {
      requireTrust();
      await start(await request(script), path.basename(script.script.fsPath), script.script);
    },
    async runAgain(root, { script, command, cwd, experiment, name }) {
      const file = script === null ? cwd : path.resolve(root, script);
      const title = path.basename(script ?? command[0] ?? name);
      await start({ command, cwd, experiment }, title, vscode.Uri.file(file));
    },
    task: (request, definition, scope, title) => recorderTask(request, definition, scope, title, distFolder),
  };
}

export const isElsewhere = (target: string | undefined): target is string => target !== undefined && target !== LOCAL;

/** Targets have POSIX shells. */
const slashed = (file: string, target: string | undefined) =>
  isElsewhere(target) ? file.split(path.sep).join("/") : file;

/** With a word in the status bar, for the first time that VS Code's Python extension has to start. */
async function selectedInterpreter(script: vscode.Uri, log: Log): Promise<string> {
  const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Finding Python…") };
  return (await vscode.window.withProgress(options, () => findInterpreter(script, log))).executable;
}

const sameWords = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, index) => word === b[index]);

/** Hiding a menu entry does not keep a command from being called: every start asks. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ActionableError(
    vscode.l10n.t("This workspace is in Restricted Mode: recorded runs can be browsed, but nothing is started."),
    {
      title: vscode.l10n.t("Manage Workspace Trust"),
      run: () => vscode.commands.executeCommand("workbench.trust.manage"),
    },
  );
}

export function workingDirectory(script: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath;
  const own = path.dirname(script.fsPath);
  return folder && setting("modeltrail.run.workingDirectory", script) === "workspaceFolder" ? folder : own;
}

/** What runs is what the editors show: unsaved files of the same workspace folder are saved, as VS Code's own Run does. */
export async function saveDirty(script: vscode.Uri): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(script);
  const concerned = vscode.workspace.textDocuments.filter(({ uri, isDirty }) => {
    if (!isDirty || uri.scheme !== "file") return false;
    return uri.fsPath === script.fsPath || (folder && vscode.workspace.getWorkspaceFolder(uri) === folder);
  });
  const notebooks = vscode.workspace.notebookDocuments.filter(
    ({ uri, isDirty }) => isDirty && uri.scheme === "file" && uri.fsPath === script.fsPath,
  );
  for (const document of notebooks) await document.save();
  for (const document of concerned) {
    if (await document.save()) continue;
    throw new UserError(vscode.l10n.t("{0} could not be saved, so nothing was started.", document.fileName));
  }
}
