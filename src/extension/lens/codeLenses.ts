/** CodeLenses: results above code. They are made of what is at hand, so that typing never waits for them. */
import * as vscode from "vscode";
import { setting } from "../configuration";
import type { LastTargets } from "../targets/lastTargets";
import type { EditorResults } from "../worker/fileResults";
import { type EditorFiles, isCell, notebookOf, PYTHON } from "./editorFiles";
import { cellPlaces, type LensPlace, lensItems, lensPlaces } from "./lenses";
import type { PythonMarks } from "./python/marks";

export function registerCodeLenses(files: EditorFiles, last: LastTargets): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => codeLenses(files, last, document),
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

export function codeLenses(files: EditorFiles, last: LastTargets, document: vscode.TextDocument): vscode.CodeLens[] {
  if (!setting("modeltrail.editor.codeLens", document)) return [];
  const known = files.results(document);
  const root = files.root(document);
  if (!known || root === undefined) return [];
  const marks = files.marks(document);
  const places = placesIn(marks, known, document);
  const judged = places.flatMap(({ metric }) => metric ?? []);
  const results = files.results(document, judged) ?? known;
  const file = vscode.Uri.file(files.fileOf(document));
  const canRun = vscode.workspace.isTrusted && results.isScript && !isCell(document);
  const stale = files.isStale(document, results);
  return places.flatMap((place) => {
    const range = new vscode.Range(place.line, 0, place.line, 0);
    const run = canRun && place.isFile ? file : undefined;
    return lensItems(place, results, { root, run, target: last.get(file.fsPath), file, stale }).map(
      (item) => new vscode.CodeLens(range, item),
    );
  });
}

function placesIn(marks: PythonMarks, results: EditorResults, document: vscode.TextDocument): LensPlace[] {
  if (!isCell(document)) return lensPlaces(marks, results);
  const cells = notebookOf(document)?.getCells() ?? [];
  const first = cells.find(({ kind }) => kind === vscode.NotebookCellKind.Code);
  return cellPlaces(marks, results, first?.document === document);
}
