/** Values behind lines of code and config, drawn by VS Code. While somebody types they move with the lines. */
import * as vscode from "vscode";
import type { Log } from "../log";
import { type EditorFiles, isConfig, isPython } from "./editorFiles";
import { lineNotes } from "./lineNotes";

/** Notes are made anew once nobody has typed for so long. */
const TYPING_MS = 250;

export function registerDecorations(files: EditorFiles, log: Log): vscode.Disposable {
  const look = (after: vscode.ThemableDecorationAttachmentRenderOptions) =>
    vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
      after: { margin: "0 0 0 2.5em", ...after },
    });
  const fresh = look({ color: new vscode.ThemeColor("editorCodeLens.foreground") });
  const stale = look({ color: new vscode.ThemeColor("disabledForeground"), fontStyle: "italic" });
  const waiting = new Map<vscode.TextDocument, NodeJS.Timeout>();

  async function draw(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const notes = await lineNotes(files, document);
    if (!notes) return;
    const results = files.results(document);
    const isStale = notes.last.length > 0 && !!results && files.isStale(document, results);
    const [current, old] = isStale ? [notes.best, notes.last] : [[...notes.last, ...notes.best], []];
    editor.setDecorations(fresh, options(document, current));
    editor.setDecorations(stale, options(document, old));
  }

  function drawAll(matches: (document: vscode.TextDocument) => boolean = () => true): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if ((isPython(document) || isConfig(document)) && matches(document)) {
        draw(editor).catch((error) => log.error("show values beside the code", error));
      }
    }
  }

  function drawSoon(document: vscode.TextDocument): void {
    clearTimeout(waiting.get(document));
    const timer = setTimeout(() => {
      waiting.delete(document);
      drawAll((other) => other === document);
    }, TYPING_MS);
    waiting.set(document, timer);
  }

  drawAll();
  return vscode.Disposable.from(
    fresh,
    stale,
    { dispose: () => waiting.forEach(clearTimeout) },
    files.onDidChange(({ file }) => drawAll((document) => files.fileOf(document) === file)),
    vscode.window.onDidChangeVisibleTextEditors(() => drawAll()),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && (isPython(document) || isConfig(document))) drawSoon(document);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("modeltrail.editor") && drawAll()),
  );
}

function options(document: vscode.TextDocument, notes: readonly { line: number; text: string }[]) {
  const byLine = new Map<number, string>();
  for (const { line, text } of notes) byLine.set(line, [byLine.get(line), text].filter(Boolean).join(" · "));
  return [...byLine].flatMap(([line, text]): vscode.DecorationOptions[] => {
    if (line >= document.lineCount) return [];
    const { end } = document.lineAt(line).range;
    return [{ range: new vscode.Range(end, end), renderOptions: { after: { contentText: text } } }];
  });
}
