/** An editor that shows the end of a live log goes on showing it, as a terminal does; one that is scrolled up stays. */
import * as vscode from "vscode";
import { Scheme } from "../contributions";

const NEAR_LINES = 2;

export function followEnds(): vscode.Disposable {
  /** Scrolled up, in editors and, for editors that show them again, of documents: all others follow, as what grows fast may never be seen at its end. */
  const left = new WeakSet<vscode.TextEditor | vscode.TextDocument>();
  /** The first and the last line that showed before. */
  const shown = new WeakMap<vscode.TextEditor, { top: number; last: number }>();
  const isLog = (document: vscode.TextDocument) => document.uri.scheme === Scheme.log;

  function note(editor: vscode.TextEditor): void {
    const top = editor.visibleRanges[0]?.start.line ?? 0;
    const last = editor.visibleRanges.at(-1)?.end.line ?? 0;
    const both = [editor, editor.document];
    if (last >= editor.document.lineCount - 1 - NEAR_LINES) for (const one of both) left.delete(one);
    // What shows may be told late, when the log is longer already, and an editor may grow: only who goes up leaves the end.
    else {
      const before = shown.get(editor);
      if (before && top < before.top && last < before.last) for (const one of both) left.add(one);
    }
    shown.set(editor, { top, last });
  }

  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      if (isLog(textEditor.document)) note(textEditor);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (!isLog(document)) return;
      for (const editor of vscode.window.visibleTextEditors) {
        if (editor.document !== document || left.has(shown.has(editor) ? editor : document)) continue;
        const end = document.lineAt(document.lineCount - 1).range.end;
        editor.revealRange(new vscode.Range(end, end));
      }
    }),
  );
}
