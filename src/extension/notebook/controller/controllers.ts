/** Offers a kernel of ours for each Python that has one, for notebooks of Jupyter's format. */
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import type { CommandDeps } from "../../commands/deps";
import { setTracked } from "../trackedNotebooks";
import { findKernelPythons, type KernelPython } from "./kernelPythons";
import { createNotebookKernel, type NotebookKernel } from "./notebookKernel";

const NOTEBOOK_TYPE = "jupyter-notebook";
const JUPYTER_EXTENSION = "ms-toolsai.jupyter";

export type ControllerDeps = Pick<CommandDeps, "projects" | "log" | "context">;

export interface Controllers extends vscode.Disposable {
  /** What has a kernel of ours by now; undefined for other notebooks. */
  kernel(notebook: vscode.NotebookDocument): NotebookKernel | undefined;
}

export function createControllers({ projects, log, context }: ControllerDeps): Controllers {
  const distFolder = vscode.Uri.joinPath(context.extensionUri, "dist").fsPath;
  const controllers = new Map<string, vscode.NotebookController>();
  const kernels = new Map<vscode.NotebookDocument, NotebookKernel>();
  const subscriptions: vscode.Disposable[] = [];
  let isLooking = false;

  async function look(notebook: vscode.NotebookDocument): Promise<void> {
    if (notebook.notebookType !== NOTEBOOK_TYPE || !vscode.workspace.isTrusted || isLooking) return;
    isLooking = true;
    try {
      for (const python of await findKernelPythons(notebook.uri, log)) offer(python, notebook);
    } catch (error) {
      log.error("find kernels", error);
    } finally {
      isLooking = false;
    }
  }

  function offer(python: KernelPython, notebook: vscode.NotebookDocument): void {
    const known = controllers.get(python.executable);
    const controller = known ?? create(python);
    describe(controller, python);
    controllers.set(python.executable, controller);
    // The kernels of another extension come first where there is one.
    if (python.isSelected && !vscode.extensions.getExtension(JUPYTER_EXTENSION)) {
      controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
    }
  }

  function create(python: KernelPython): vscode.NotebookController {
    const { executable } = python;
    const id = `python-${createHash("sha256").update(executable).digest("hex").slice(0, 12)}`;
    const controller = vscode.notebooks.createNotebookController(id, NOTEBOOK_TYPE, executable);
    controller.supportedLanguages = ["python"];
    controller.supportsExecutionOrder = true;
    controller.executeHandler = (cells, notebook) => kernelOf(notebook, controller, executable).execute(cells);
    controller.interruptHandler = (notebook) => kernels.get(notebook)?.interrupt();
    controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
      setTracked(notebook, selected ? { newRun: () => kernels.get(notebook)?.newRun() } : null);
      if (!selected) end(notebook);
    });
    return controller;
  }

  function kernelOf(
    notebook: vscode.NotebookDocument,
    controller: vscode.NotebookController,
    python: string,
  ): NotebookKernel {
    const known = kernels.get(notebook);
    if (known) return known;
    const kernel = createNotebookKernel({ notebook, controller, python, distFolder, projects, log });
    kernels.set(notebook, kernel);
    return kernel;
  }

  function end(notebook: vscode.NotebookDocument): void {
    kernels.get(notebook)?.dispose();
    kernels.delete(notebook);
  }

  for (const notebook of vscode.workspace.notebookDocuments) void look(notebook);
  subscriptions.push(
    vscode.workspace.onDidOpenNotebookDocument((notebook) => void look(notebook)),
    vscode.workspace.onDidGrantWorkspaceTrust(() =>
      vscode.workspace.notebookDocuments.forEach((one) => void look(one)),
    ),
    vscode.workspace.onDidCloseNotebookDocument(end),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => kernels.get(notebook)?.layoutChanged()),
  );

  return {
    kernel: (notebook) => kernels.get(notebook),
    dispose() {
      for (const kernel of kernels.values()) kernel.dispose();
      for (const one of [...subscriptions, ...controllers.values()]) one.dispose();
    },
  };
}

function describe(
  controller: vscode.NotebookController,
  { executable, version, environment, hasKernel }: KernelPython,
) {
  controller.label = `Modeltrail: Python ${version} (${environment})`;
  controller.detail = hasKernel ? executable : vscode.l10n.t("ipykernel is not installed");
  controller.description = vscode.l10n.t("Records files, metrics and results");
}
