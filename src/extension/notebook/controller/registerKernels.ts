/** Kernels of ours for notebooks: loaded when the first notebook is opened. */
import * as vscode from "vscode";
import type { CommandDeps } from "../../commands/deps";
import { Command } from "../../contributions";
import type { Controllers } from "./controllers";

const NOTEBOOK_TYPE = "jupyter-notebook";

export function registerKernels(deps: CommandDeps): vscode.Disposable {
  const { log, register } = deps;
  let loading: Promise<Controllers> | undefined;
  const subscriptions: vscode.Disposable[] = [];

  async function load(): Promise<Controllers> {
    const { createControllers } = await import("./controllers");
    const controllers = createControllers(deps);
    subscriptions.push(controllers);
    return controllers;
  }

  function loadFor({ notebookType }: vscode.NotebookDocument): void {
    if (notebookType !== NOTEBOOK_TYPE) return;
    loading ??= load();
    loading.catch((error) => log.error("offer kernels", error));
  }

  async function restart(given: unknown): Promise<void> {
    (await loading)?.kernel(notebookFrom(given))?.restart();
  }

  vscode.workspace.notebookDocuments.forEach(loadFor);
  subscriptions.push(
    vscode.workspace.onDidOpenNotebookDocument(loadFor),
    register(Command.restartKernel, "restart the kernel", restart),
  );
  return new vscode.Disposable(() => {
    for (const one of subscriptions) one.dispose();
  });
}

/** What the toolbar of a notebook hands over, else the notebook in front. */
function notebookFrom(given: unknown): vscode.NotebookDocument {
  const { notebookUri } = (given as { notebookEditor?: { notebookUri?: vscode.Uri } })?.notebookEditor ?? {};
  const found = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === notebookUri?.toString());
  const notebook = found ?? vscode.window.activeNotebookEditor?.notebook;
  if (!notebook) throw new vscode.CancellationError();
  return notebook;
}
