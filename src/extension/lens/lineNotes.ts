/** What stands behind the lines of a document now. */
import type * as vscode from "vscode";
import { setting } from "../configuration";
import type { EditorResults } from "../worker/fileResults";
import { type EditorFiles, isConfig, isPython } from "./editorFiles";
import { bestValueNotes, type LineNote, lastValueNotes, type NamedParam } from "./inlineValues";
import { namedMetrics } from "./lenses";
import { lineTable } from "./python/text";

export interface DocumentNotes {
  /** Last values of metrics. */
  last: LineNote[];
  /** What the best run was given. */
  best: LineNote[];
}

/** Undefined: the document has changed while it was read, and will be read again. */
export async function lineNotes(files: EditorFiles, document: vscode.TextDocument): Promise<DocumentNotes | undefined> {
  const wanted = {
    last: setting("modeltrail.editor.lastValues", document),
    best: setting("modeltrail.editor.bestValues", document),
  };
  const none: DocumentNotes = { last: [], best: [] };
  if (!(isPython(document) || isConfig(document)) || !(wanted.last || wanted.best)) return none;
  const results = files.results(document);
  if (!results) return none;
  const { version } = document;
  const params = wanted.best ? await namedParams(files, document, results) : [];
  if (document.version !== version) return undefined;
  const lines = isPython(document) ? files.marks(document).lines : lineTable(document.getText());
  const metrics = wanted.last && isPython(document) ? namedMetrics(files.marks(document), results.metrics) : [];
  return { last: lastValueNotes(metrics, results, lines), best: bestValueNotes(params, results, lines) };
}

/** The params that a document names: its settings, or the arguments that it adds. */
export async function namedParams(
  files: EditorFiles,
  document: vscode.TextDocument,
  { path }: EditorResults,
): Promise<NamedParam[]> {
  if (isPython(document)) return files.marks(document).arguments.map(({ dest, ...rest }) => ({ name: dest, ...rest }));
  const { configKeys } = await import("./config/keys");
  return configKeys(path, document.getText());
}
