/** Which script a command is about, and the arguments that it takes. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { ScriptArguments } from "../../protocol/scriptArguments";

/**
 * The file that a menu handed over, else the one in the active editor. One that was never saved is saved first.
 * Throws UserError when there is none that Python can run.
 */
export async function scriptFrom(given: unknown): Promise<vscode.Uri> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === "untitled") return saveNew(uri);
  if (uri?.scheme !== "file" || !isPython(uri)) {
    throw new UserError(vscode.l10n.t("Open the Python script that is to be run, then try again."));
  }
  return uri;
}

/** The same, or the notebook that its toolbar handed over, that was clicked on, or that is in front. */
export async function scriptOrNotebookFrom(given: unknown): Promise<vscode.Uri> {
  const uri = given instanceof vscode.Uri ? given : notebookIn(given);
  return uri?.scheme === "file" && isNotebook(uri) ? uri : scriptFrom(given);
}

/** Notebooks are run from top to bottom. */
export const isNotebook = (uri: vscode.Uri) => /\.ipynb$/i.test(uri.path);

/** The notebook whose toolbar was used, or that is in front. */
function notebookIn(given: unknown): vscode.Uri | undefined {
  const { notebookUri } =
    (given as { notebookEditor?: { notebookUri?: vscode.Uri } } | undefined)?.notebookEditor ?? {};
  return notebookUri ?? vscode.window.activeNotebookEditor?.notebook.uri;
}

function isPython(uri: vscode.Uri): boolean {
  if (/\.pyw?$/i.test(uri.path)) return true;
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  return open?.languageId === "python";
}

async function saveNew(uri: vscode.Uri): Promise<vscode.Uri> {
  const saved = await vscode.workspace.save(uri);
  if (!saved) throw new vscode.CancellationError();
  return saved;
}

/** The arguments as the script has them now, unsaved changes included. */
export async function readScriptArguments(script: vscode.Uri): Promise<ScriptArguments> {
  if (isNotebook(script)) return readNotebookArguments(script);
  const document = await vscode.workspace.openTextDocument(script);
  const { readArguments } = await import("../arguments/readArguments");
  return readArguments(document.getText());
}

async function readNotebookArguments(notebook: vscode.Uri): Promise<ScriptArguments> {
  const document = await vscode.workspace.openNotebookDocument(notebook);
  const [{ readNotebook }, { notebookArguments }] = await Promise.all([
    import("../notebook/passive/reading"),
    import("../notebook/controller/notebookArguments"),
  ]);
  return notebookArguments(readNotebook(document));
}
