/** Kernels of the Jupyter extension, by its public API (the types of @vscode/jupyter-extension 1.1, as far as they are used). */
import * as vscode from "vscode";
import { UserError } from "../../../domain/errors";

interface Output {
  items: { mime: string; data: Uint8Array }[];
}

interface Kernel {
  language: string;
  executeCode(code: string, token: vscode.CancellationToken): AsyncIterable<Output>;
}

interface JupyterApi {
  kernels: { getKernel(notebook: vscode.Uri): Thenable<Kernel | undefined> };
}

const JUPYTER = "ms-toolsai.jupyter";
const ERROR_MIME = "application/vnd.code.notebook.error";

/** Executes code that shows nothing in the notebook's living kernel. Throws UserError when it cannot be. */
export async function executeInKernel(notebook: vscode.Uri, code: string): Promise<void> {
  const extension = vscode.extensions.getExtension<JupyterApi>(JUPYTER);
  if (!extension) {
    throw new UserError(
      vscode.l10n.t(
        "This is for kernels of the Jupyter extension, which is not installed. Choose a kernel of Modeltrail's in place of it.",
      ),
    );
  }
  const { kernels } = await extension.activate();
  // It asks whether we may.
  const kernel = await kernels.getKernel(notebook);
  if (!kernel)
    throw new UserError(vscode.l10n.t("The notebook has no running kernel. Execute a cell, then try again."));
  if (kernel.language !== "python") {
    throw new UserError(vscode.l10n.t("The kernel runs {0}: only Python can be given the tracer.", kernel.language));
  }
  const source = new vscode.CancellationTokenSource();
  try {
    for await (const { items } of kernel.executeCode(code, source.token)) {
      const fault = items.find(({ mime }) => mime === ERROR_MIME);
      if (fault) throw new UserError(refusal(new TextDecoder().decode(fault.data)));
    }
  } finally {
    source.dispose();
  }
}

function refusal(error: string): string {
  const reason = /"message"\s*:\s*"([^"]*)"/.exec(error)?.[1] ?? error;
  return vscode.l10n.t("The kernel could not take the tracer; it may run on another machine. It says: {0}", reason);
}
