/** An editor that shows the end of a live log goes on showing it, as a terminal does; one that is scrolled up stays. */
import * as vscode from "vscode";
import { Scheme } from "../contributions";

const NEAR_LINES = 2;

export function followEnds(): vscode.Disposable {
  const atEnd = new WeakSet<vscode.TextEditor>();
  /** The first line that showed last. */
  const tops = new WeakMap<vscode.TextEditor, number>();
  const isLog = (document: vscode.TextDocument) => document.uri.scheme === Scheme.log;

  function note(editor: vscode.TextEditor): void {
    const top = editor.visibleRanges[0]?.start.line ?? 0;
    const last = editor.visibleRanges.at(-1)?.end.line ?? 0;
    if (last >= editor.document.lineCount - 1 - NEAR_LINES) atEnd.add(editor);
    // What shows may be told late, when the log is longer already: only who goes up leaves the end.
    else if (top < (tops.get(editor) ?? 0)) atEnd.delete(editor);
    tops.set(editor, top);
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
