/** Opens modeltrail.yaml at one of its parts, with an example where the part is not there yet. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { PROJECT_FILE_NAME } from "../../domain/projectFileName";

/** `part`: a key of the file; `example`: lines that begin with it, perhaps behind a comment. */
export async function openProjectFile(root: string, part: string, example: string): Promise<void> {
  const uri = vscode.Uri.file(path.join(root, PROJECT_FILE_NAME));
  const edit = new vscode.WorkspaceEdit();
  if ((await readText(uri.fsPath)) === null) edit.createFile(uri, { contents: new TextEncoder().encode(example) });
  else {
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText();
    if (!new RegExp(`^${part}\\s*:`, "m").test(text)) {
      const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
      edit.insert(uri, document.positionAt(text.length), gap + example);
    }
  }
  await vscode.workspace.applyEdit(edit);
  const editor = await vscode.window.showTextDocument(uri);
  const at = editor.document.getText().search(new RegExp(`^${part}\\s*:`, "m"));
  const start = editor.document.positionAt(Math.max(0, at));
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Null: there is no such file. */
async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
