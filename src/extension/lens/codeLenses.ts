/** CodeLenses: results above code. They are made of what is at hand, so that typing never waits for them. */
import * as vscode from "vscode";
import { setting } from "../configuration";
import { type EditorFiles, isCell, notebookOf, PYTHON } from "./editorFiles";
import { type LensPlace, lensItems, lensPlaces } from "./lenses";

export function registerCodeLenses(files: EditorFiles): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => codeLenses(files, document),
  };
  return vscode.Disposable.from(
    changed,
    files.onDidChange(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration(
      (event) => event.affectsConfiguration("modeltrail.editor.codeLens") && changed.fire(),
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(PYTHON, provider),
  );
}

export function codeLenses(files: EditorFiles, document: vscode.TextDocument): vscode.CodeLens[] {
  if (!setting("modeltrail.editor.codeLens", document)) return [];
  const known = files.results(document);
  const root = files.root(document);
  if (!known || root === undefined) return [];
  const marks = files.marks(document);
  const places = lensPlaces(marks, known).filter((place) => belongs(document, place));
  const judged = places.flatMap(({ metric }) => metric ?? []);
  const results = files.results(document, judged) ?? known;
  const file = vscode.Uri.file(files.fileOf(document));
  const canRun = vscode.workspace.isTrusted && !isCell(document);
  const stale = files.isStale(document, results);
  return places.flatMap((place) => {
    const range = new vscode.Range(place.line, 0, place.line, 0);
    const run = canRun && place.isFile ? file : undefined;
    return lensItems(place, results, { root, run, file, stale }).map((item) => new vscode.CodeLens(range, item));
  });
}

/** What a whole notebook came to stands above its first cell with code; in the others stand results of functions only. */
function belongs(document: vscode.TextDocument, { isFile }: LensPlace): boolean {
  if (!isFile || !isCell(document)) return true;
  const cells = notebookOf(document)?.getCells() ?? [];
  return cells.find(({ kind }) => kind === vscode.NotebookCellKind.Code)?.document === document;
}
