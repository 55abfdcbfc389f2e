/** Below a cell that ran: how long it took and how often it ran, and whether what it shows is what it would give now. */
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import { formatAgo } from "../../../domain/format";
import { setting } from "../../configuration";
import { Command } from "../../contributions";
import { cellId } from "../cellIds";
import { type CellMark, type CellNow, historyText, type MarkedCell, markCells } from "./cellMarks";
import type { KnownCells, LastCellsCache } from "./lastCellsCache";
import type { CellReference } from "./recordedCells";

const { Right } = vscode.NotebookCellStatusBarAlignment;

/** All notebooks, whichever extension they belong to. */
const ANY_TYPE = "*";

export function registerCellItems(cache: LastCellsCache): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.NotebookCellStatusBarItemProvider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems: (cell) => itemsOf(cell, cache.get(cell.notebook)),
  };
  return vscode.Disposable.from(
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(ANY_TYPE, provider),
    cache.onDidChange(() => changed.fire()),
    // Cells below may be marked by what became of one above.
    vscode.workspace.onDidChangeNotebookDocument(({ contentChanges }) => {
      if (contentChanges.length > 0) changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("modeltrail.notebooks")) changed.fire();
    }),
    changed,
  );
}

export function itemsOf(cell: vscode.NotebookCell, known: KnownCells | undefined): vscode.NotebookCellStatusBarItem[] {
  if (!known || cell.kind !== vscode.NotebookCellKind.Code) return [];
  const { notebook } = cell;
  const marked = markCells(notebook.getCells().map(cellNow), known).get(cellId(cell));
  if (!marked) return [];
  const items: vscode.NotebookCellStatusBarItem[] = [];
  if (setting("modeltrail.notebooks.markStaleCells", notebook.uri)) {
    items.push(...marked.marks.map((mark) => markItem(mark, marked, known.root)));
  }
  if (setting("modeltrail.notebooks.showCellHistory", notebook.uri)) items.push(historyItem(cell, marked, known.root));
  return items;
}

function cellNow(cell: vscode.NotebookCell): CellNow {
  return { id: cellId(cell), index: cell.index, source: sourceHash(cell.document) };
}

/** Hashes by version of the text: every cell's is asked for each time that one changes. */
const hashes = new WeakMap<vscode.TextDocument, { version: number; hash: string }>();

function sourceHash(document: vscode.TextDocument): string {
  const known = hashes.get(document);
  if (known?.version === document.version) return known.hash;
  const hash = createHash("sha256").update(document.getText()).digest("hex");
  hashes.set(document, { version: document.version, hash });
  return hash;
}

function markItem(mark: CellMark, { last, laterAbove }: MarkedCell, root: string): vscode.NotebookCellStatusBarItem {
  const { text, tooltip } = markTexts(mark, laterAbove);
  const item = new vscode.NotebookCellStatusBarItem(text, Right);
  item.tooltip = tooltip;
  item.priority = 20;
  const reference: CellReference = { root, id: last.run, ordinal: last.ordinal };
  item.command =
    mark === "changed"
      ? { command: Command.compareCell, title: vscode.l10n.t("Compare Cell with What Ran"), arguments: [reference] }
      : { command: Command.showRun, title: vscode.l10n.t("Show Run"), arguments: [{ root, id: last.run }] };
  return item;
}

function markTexts(mark: CellMark, laterAbove: number | null): { text: string; tooltip: string } {
  switch (mark) {
    case "changed":
      return {
        text: `$(edit) ${vscode.l10n.t("Changed since it ran")}`,
        tooltip: vscode.l10n.t("What this cell shows is of another text. Click to compare it with what ran."),
      };
    case "order":
      return {
        text: `$(arrow-up) ${vscode.l10n.t("Ran before cell {0} above it", String(laterAbove))}`,
        tooltip: vscode.l10n.t("From the top down, the result may be another. Click to show the run."),
      };
    case "session":
      return {
        text: `$(debug-disconnect) ${vscode.l10n.t("From an earlier kernel session")}`,
        tooltip: vscode.l10n.t("The kernel that gave this is gone, with its variables. Click to show the run."),
      };
  }
}

function historyItem(
  { executionSummary }: vscode.NotebookCell,
  { last }: MarkedCell,
  root: string,
): vscode.NotebookCellStatusBarItem {
  const showsTime = executionSummary?.timing !== undefined;
  const item = new vscode.NotebookCellStatusBarItem(`$(history) ${historyText(last, showsTime)}`, Right);
  const when = formatAgo(last.startTime, Date.now());
  item.tooltip = vscode.l10n.t("Last in {0}, {1}. Click to show the run.", last.runName, when);
  item.priority = 10;
  item.command = {
    command: Command.showRun,
    title: vscode.l10n.t("Show Run"),
    arguments: [{ root, id: last.run }],
  };
  return item;
}
