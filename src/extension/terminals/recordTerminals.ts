/** Gives the window's terminals and tasks the variables that make Python announce its runs, or takes them away. */
import * as vscode from "vscode";
import type { Adopters } from "../adoption/adopters";
import { adoptEnvironment, withTracer } from "../adoption/environment";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { isRecorded } from "./isRecorded";

export interface RecordTerminalsOptions {
  context: vscode.ExtensionContext;
  projects: Projects;
  adopters: Adopters;
  log: Log;
}

/** Follows the setting and the folders of the workspace. */
export function recordTerminals({ context, projects, adopters, log }: RecordTerminalsOptions): vscode.Disposable {
  const all = context.environmentVariableCollection;
  let updating: Promise<void> = Promise.resolve();

  async function update(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
    // What is written survives a reload of the window, so that terminals that are restored have it too.
    all.persistent = folders.some(isRecorded);
    for (const folder of folders) {
      const variables = all.getScoped({ workspaceFolder: folder });
      if (!isRecorded(folder)) {
        variables.clear();
        continue;
      }
      await give(variables, folder);
    }
  }

  async function give(variables: vscode.EnvironmentVariableCollection, folder: vscode.WorkspaceFolder): Promise<void> {
    const project = await projects.ensure(folder.uri.fsPath);
    const adopt = await adopters.watch(project);
    const { tracer, variables: values } = adoptEnvironment(context.extensionPath, project.root, adopt);
    variables.description = new vscode.MarkdownString(
      vscode.l10n.t(
        "Records the Python scripts of this project that are started here (`modeltrail.terminals.record`).",
      ),
    );
    for (const [name, value] of Object.entries(values)) variables.replace(name, value);
    variables.replace("PYTHONPATH", withTracer(tracer, pythonPathOfTerminals(folder)));
  }

  function follow(): void {
    updating = updating.then(update).catch((error) => log.error("record what runs in terminals", error));
  }

  follow();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(follow),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("modeltrail.terminals.record")) follow();
    }),
  );
}

/** The PYTHONPATH with which terminals start, as far as VS Code decides it. */
function pythonPathOfTerminals(folder: vscode.WorkspaceFolder): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "osx" : "linux";
  const env = vscode.workspace
    .getConfiguration("terminal.integrated.env", folder)
    .get<Record<string, string | null>>(platform);
  const set = env?.PYTHONPATH;
  return set === undefined
    ? process.env.PYTHONPATH
    : (set?.replaceAll(/\$\{env:(\w+)\}/g, (_, name) => process.env[name] ?? "") ?? undefined);
}
