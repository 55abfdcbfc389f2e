/** An editor that shows the end of a live log goes on showing it, as a terminal does; one that is scrolled up stays. */
import * as vscode from "vscode";
import { Scheme } from "../contributions";

const NEAR_LINES = 2;

export function followEnds(): vscode.Disposable {
  const atEnd = new WeakSet<vscode.TextEditor>();
  const isLog = (document: vscode.TextDocument) => document.uri.scheme === Scheme.log;

  function note(editor: vscode.TextEditor): void {
    const last = editor.visibleRanges.at(-1)?.end.line ?? 0;
    if (last >= editor.document.lineCount - 1 - NEAR_LINES) atEnd.add(editor);
    else atEnd.delete(editor);
  }

  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      if (isLog(textEditor.document)) note(textEditor);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (!isLog(document)) return;
      for (const editor of vscode.window.visibleTextEditors) {
        if (editor.document !== document || !atEnd.has(editor)) continue;
        const end = document.lineAt(document.lineCount - 1).range.end;
        editor.revealRange(new vscode.Range(end, end));
      }
    }),
  );
}
