/** Cells as they ran: opened as documents, and compared with how they stand now. */
import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod/mini";
import type { CellExecution } from "../../../domain/cells";
import { UserError } from "../../../domain/errors";
import type { RunSummary } from "../../../domain/run";
import { recordedFileUri } from "../../documents/uris";
import type { Projects } from "../../stores/projects";
import { isNode } from "../../tree/nodes";
import { cellId } from "../cellIds";

/** Names an execution, in the arguments of commands. */
const CellReference = z.object({ root: z.string(), id: z.string(), ordinal: z.int() });
export type CellReference = z.infer<typeof CellReference>;

const EXTENSIONS: Record<string, string> = { python: ".py", r: ".r", julia: ".jl", javascript: ".js", sql: ".sql" };

/** From a row of the tree, or from an item below a cell. Throws UserError when it is neither. */
export function referenceFrom(given: unknown): CellReference {
  if (isNode(given) && given.kind === "field" && given.entry.cell !== undefined) {
    return { root: given.root, id: given.run.run.id, ordinal: given.entry.cell };
  }
  const parsed = CellReference.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(vscode.l10n.t("Choose a cell of a run in the Experiments view."));
}

interface Recorded {
  run: RunSummary;
  cell: CellExecution;
  /** Of the text that ran. */
  uri: vscode.Uri;
}

export async function openRecordedCell(projects: Projects, reference: CellReference): Promise<void> {
  const { uri } = await find(projects, reference);
  await vscode.commands.executeCommand("vscode.open", uri);
}

/** Opens the notebook when it is not open. Throws UserError when the cell is no longer in it. */
export async function compareRecordedCell(projects: Projects, reference: CellReference): Promise<void> {
  const { run, cell, uri } = await find(projects, reference);
  if (run.script === null) throw new UserError(vscode.l10n.t("{0} is of a notebook that was in no file.", run.name));
  const notebook = await openNotebook(path.resolve(reference.root, run.script));
  const now = notebook.getCells().find((one) => cellId(one) === cell.cellId);
  if (!now) {
    throw new UserError(
      vscode.l10n.t("The cell is no longer in {0}. Open Cell as It Ran shows what ran.", path.basename(run.script)),
    );
  }
  const title = vscode.l10n.t("Cell {0}: {1} ↔ Now", String(now.index + 1), run.name);
  await vscode.commands.executeCommand("vscode.diff", uri, now.document.uri, title);
}

async function find(projects: Projects, { root, id, ordinal }: CellReference): Promise<Recorded> {
  const [run] = await projects.call("getSummaries", { root, ids: [id] });
  const cell = await projects.call("getCell", { root, id, ordinal });
  if (!run || !cell) throw new UserError(vscode.l10n.t("This run is no longer there."));
  const name = `cell ${cell.index + 1}, execution ${ordinal}${EXTENSIONS[cell.language] ?? ".txt"}`;
  return { run, cell, uri: recordedFileUri(root, run, { kind: "artifact", path: name, sha256: cell.source }) };
}

async function openNotebook(file: string): Promise<vscode.NotebookDocument> {
  const open = vscode.workspace.notebookDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === file);
  return open ?? vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
}
