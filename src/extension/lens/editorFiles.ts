/** The documents beside which results are shown: which file each stands for, its marks, and whether it is still what ran. */
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import { digestOfText } from "../../compare/textDigest";
import type { Log } from "../log";
import { cellId } from "../notebook/cellIds";
import { projectOf } from "../stores/projectOf";
import type { Projects } from "../stores/projects";
import type { EditorResults, RanText } from "../worker/fileResults";
import { type PythonMarks, readMarks } from "./python/marks";
import { createResultsCache, type ResultsCache } from "./resultsCache";

/** Documents with Python, in files and in cells of notebooks. */
export const PYTHON: vscode.DocumentSelector = [
  { language: "python", scheme: "file" },
  { language: "python", scheme: "vscode-notebook-cell" },
];
/** Nobody wrote a longer file by hand, and reading it would be felt. */
const MOST_LINES = 30_000;
const CONFIG_FILE = /\.(?:ya?ml|json|toml)$/i;

type RanCells = Extract<RanText, { cells: unknown }>["cells"];

export interface EditorFiles extends vscode.Disposable {
  readonly onDidChange: vscode.Event<{ file: string }>;
  /** Absolute path of the file, or of the notebook that a cell is in. */
  fileOf(document: vscode.TextDocument): string;
  root(document: vscode.TextDocument): string | undefined;
  /** Null or undefined: there is nothing to show. `judged`: metrics of which the best is wanted. */
  results(document: vscode.TextDocument, judged?: readonly string[]): EditorResults | null | undefined;
  marks(document: vscode.TextDocument): PythonMarks;
  isStale(document: vscode.TextDocument, results: EditorResults): boolean;
}

export const isPython = (document: vscode.TextDocument) => vscode.languages.match(PYTHON, document) > 0;
export const isConfig = ({ uri }: vscode.TextDocument) => uri.scheme === "file" && CONFIG_FILE.test(uri.path);
export const isCell = ({ uri }: vscode.TextDocument) => uri.scheme === "vscode-notebook-cell";

/** A cell's address is that of its notebook, with another scheme. */
export function notebookOf({ uri }: vscode.TextDocument): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find(
    (notebook) => notebook.uri.scheme === "file" && notebook.uri.path === uri.path,
  );
}

/** Remembers what was made of a document until it changes. */
function byVersion<T>(make: (document: vscode.TextDocument) => T): (document: vscode.TextDocument) => T {
  const known = new WeakMap<vscode.TextDocument, { version: number; made: T }>();
  return (document) => {
    const found = known.get(document);
    if (found?.version === document.version) return found.made;
    const made = make(document);
    known.set(document, { version: document.version, made });
    return made;
  };
}

export function createEditorFiles(projects: Projects, log: Log): EditorFiles {
  const changed = new vscode.EventEmitter<{ file: string }>();
  // On a remote machine the address of a cell names the connection too, so that it is no path by itself.
  const fileOf = (document: vscode.TextDocument) =>
    ((isCell(document) ? notebookOf(document)?.uri : undefined) ?? document.uri).fsPath;
  const marks = byVersion((document) => readMarks(document.getText()));
  const digest = byVersion((document) => digestOfText(document.getText()));
  // Of cells the kernel's own text counts, with the line ends that it had.
  const exactDigest = byVersion((document) => createHash("sha256").update(document.getText()).digest("hex"));
  const cache: ResultsCache = createResultsCache({
    rootOf: (file) => projectOf(projects.all, file)?.root,
    read: (argument) => projects.call("fileResults", argument),
    isShown: (file) =>
      vscode.window.visibleTextEditors.some(({ document }) => fileOf(document) === file) ||
      vscode.window.visibleNotebookEditors.some(({ notebook }) => notebook.uri.fsPath === file),
    onChange: (file) => changed.fire({ file }),
    onFault: (error) => log.error("read the results of a file", error),
  });
  const subscriptions = [
    changed,
    projects.onDidChangeRuns((change) => cache.changed(change)),
    projects.onDidChangeProjects(() => {
      cache.clear();
      for (const { document } of vscode.window.visibleTextEditors) changed.fire({ file: fileOf(document) });
    }),
  ];

  /** Each of its cells asks. */
  const askedOf = new WeakMap<vscode.NotebookDocument, { version: number; ran: RanCells; stale: boolean }>();

  /** Cells that never ran, and those that are gone, say nothing of what the others came to. */
  function isNotebookStale(notebook: vscode.NotebookDocument, ran: RanCells): boolean {
    const { version } = notebook;
    const known = askedOf.get(notebook);
    if (known?.version === version && known.ran === ran) return known.stale;
    const stale = notebook.getCells().some((cell) => {
      const id = cellId(cell);
      return Object.hasOwn(ran, id) && ![digest(cell.document), exactDigest(cell.document)].includes(ran[id]!);
    });
    askedOf.set(notebook, { version, ran, stale });
    return stale;
  }

  return {
    onDidChange: changed.event,
    fileOf,
    root: (document) => cache.root(fileOf(document)),
    results: (document, judged) => (document.lineCount > MOST_LINES ? null : cache.get(fileOf(document), judged)),
    marks,
    isStale(document, { ran }) {
      if (ran === null) return false;
      if ("text" in ran) return digest(document) !== ran.text;
      const notebook = notebookOf(document);
      return notebook !== undefined && isNotebookStale(notebook, ran.cells);
    },
    dispose() {
      cache.dispose();
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
