/** VS Code's notebooks as the observer sees them. */
import path from "node:path";
import * as vscode from "vscode";
import type { CellOutputKind } from "../../../domain/cells";
import type { Notebook } from "../../../domain/notebook";
import { cellId, cellTags } from "../cellIds";
import type { ObservedCell, ObservedOutput } from "./observed";

const KINDS: Record<string, CellOutputKind> = {
  "application/vnd.code.notebook.stdout": "stdout",
  "application/vnd.code.notebook.stderr": "stderr",
  "application/vnd.code.notebook.error": "error",
};

export function observedCell(cell: vscode.NotebookCell): ObservedCell {
  const { index, document } = cell;
  return {
    id: cellId(cell),
    index,
    language: document.languageId,
    source: document.getText(),
    tags: cellTags(cell),
    outputs: cell.outputs.map(observedOutput),
  };
}

function observedOutput({ items, metadata }: vscode.NotebookCellOutput): ObservedOutput {
  const own = items.map(({ mime }) => KINDS[mime]).find((kind) => kind !== undefined);
  const kind = own ?? (metadata?.outputType === "execute_result" ? "result" : "display");
  return { kind, items: items.map(({ mime, data }) => ({ mime, data })) };
}

export function readNotebook(document: vscode.NotebookDocument): Notebook {
  const cells = document.getCells().map((cell) => ({
    id: cellId(cell),
    kind: cell.kind === vscode.NotebookCellKind.Code ? ("code" as const) : ("markup" as const),
    language: cell.document.languageId,
    source: cell.document.getText(),
    tags: cellTags(cell),
  }));
  return { cells, metadata: fileMetadata(document) };
}

/** The metadata that the file has, not what VS Code keeps beside it. */
function fileMetadata({ metadata }: vscode.NotebookDocument): Record<string, unknown> {
  const { metadata: inner, custom } = metadata as { metadata?: unknown; custom?: { metadata?: unknown } };
  const found = inner ?? custom?.metadata;
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}

/** Which kernel the notebook names, as far as its file says. */
export function kernelName(document: vscode.NotebookDocument): string | null {
  const { kernelspec } = fileMetadata(document) as { kernelspec?: { name?: unknown } };
  return typeof kernelspec?.name === "string" ? kernelspec.name : null;
}

/** Cells of code that say something, in their order: what Run All executes. */
export function codeCells(document: vscode.NotebookDocument): string[] {
  return document
    .getCells()
    .filter((cell) => cell.kind === vscode.NotebookCellKind.Code && cell.document.getText().trim() !== "")
    .map(cellId);
}

/** Consoles that are notebooks only to VS Code: there is nothing to run again. */
const CONSOLES = ["interactive", "repl"];

/** Where the notebook is; one that is in no file yet is in the first folder of the workspace. Null: nowhere. */
export function placeOf({ uri, notebookType }: vscode.NotebookDocument): { notebook: string; cwd: string } | null {
  if (CONSOLES.includes(notebookType)) return null;
  if (uri.scheme === "file") return { notebook: uri.fsPath, cwd: path.dirname(uri.fsPath) };
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.scheme === "file")?.uri.fsPath;
  if (uri.scheme !== "untitled" || folder === undefined) return null;
  return { notebook: path.posix.basename(uri.path), cwd: folder };
}
