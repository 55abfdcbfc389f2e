/** By what name a cell is known: its own id, else one of ours for as long as the window lives. */
import { createHash } from "node:crypto";
import type * as vscode from "vscode";

const made = new WeakMap<vscode.NotebookCell, string>();
/** Ids that were made for cells of a notebook. */
const used = new WeakMap<vscode.NotebookDocument, Set<string>>();

export function cellId(cell: vscode.NotebookCell): string {
  const { id } = cell.metadata as { id?: unknown };
  if (typeof id === "string" && id !== "") return id;
  const known = made.get(cell);
  if (known !== undefined) return known;
  const fresh = makeId(cell);
  made.set(cell, fresh);
  return fresh;
}

/** After its text, so that it is the same when the notebook is opened again as it was. */
function makeId(cell: vscode.NotebookCell): string {
  const others = used.get(cell.notebook) ?? new Set();
  used.set(cell.notebook, others);
  const stem = `made-${createHash("sha256").update(cell.document.getText()).digest("hex").slice(0, 12)}`;
  let id = stem;
  for (let number = 2; others.has(id); number++) id = `${stem}-${number}`;
  others.add(id);
  return id;
}

/** Tags as Jupyter keeps them, wherever this version of VS Code has them. */
export function cellTags({ metadata }: Pick<vscode.NotebookCell, "metadata">): string[] {
  const {
    metadata: inner,
    custom,
    tags,
  } = metadata as {
    metadata?: { tags?: unknown };
    custom?: { metadata?: { tags?: unknown } };
    tags?: unknown;
  };
  const found = inner?.tags ?? custom?.metadata?.tags ?? tags;
  return Array.isArray(found) ? found.filter((tag) => typeof tag === "string") : [];
}
