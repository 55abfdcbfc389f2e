/** Open what a run recorded. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { Command } from "../contributions";
import { logUri, recordedFileUri } from "../documents/uris";
import { withCancel } from "../progress";
import { isNode } from "../tree/nodes";
import type { CommandDeps } from "./deps";
import { pickRun, type RunAt } from "./pickRuns";

/** Shows the end of the log, as what is wanted of it is mostly there: the newest line, or the error that ended the run. */
export async function openLog({ root, run }: RunAt, preserveFocus = false): Promise<void> {
  const editor = await vscode.window.showTextDocument(logUri(root, run), { preview: true, preserveFocus });
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.revealRange(new vscode.Range(end, end));
}

export function registerOpenRuns({ projects, files, tree, register }: CommandDeps): vscode.Disposable {
  const pick = (given: readonly unknown[], title: string) => pickRun(given, projects, { title });

  async function openRawLog(given: readonly unknown[]): Promise<void> {
    const { root, run } = await pick(given, vscode.l10n.t("Open Raw Log File"));
    const file = await projects.call("logPath", { root, id: run.id });
    await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(file));
  }

  async function openScript(given: readonly unknown[]): Promise<void> {
    const { root, run } = await pick(given, vscode.l10n.t("Open Script"));
    if (run.script === null) throw new UserError(vscode.l10n.t("{0} ran a command that is no script.", run.name));
    await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(path.resolve(root, run.script)));
  }

  async function openRunFolder(given: readonly unknown[]): Promise<void> {
    const { root, run } = await pick(given, vscode.l10n.t("Open Run's Folder"));
    const folder = await projects.call("runFolder", { root, id: run.id });
    await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(folder));
  }

  async function saveFile(node: unknown): Promise<void> {
    const uri = recordedUri(node);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = path.posix.basename(uri.path);
    const defaultUri = folder ? vscode.Uri.joinPath(folder, name) : undefined;
    const target = await vscode.window.showSaveDialog({ defaultUri, title: vscode.l10n.t("Save a Copy") });
    if (!target) return;
    const recorded = await files();
    await withCancel(vscode.l10n.t("Saving {0}…", name), (signal) => recorded.copyTo(uri, target, signal));
  }

  /** From an editor or the explorer: the file as some run had it. */
  async function openVersion(given: unknown): Promise<void> {
    const file = fileFrom(given);
    const title = vscode.l10n.t("Open {0} as It Was in…", path.basename(file.fsPath));
    const picked = await pickRun([], projects, { title });
    await vscode.commands.executeCommand("vscode.open", await versionOf(projects, picked, file));
  }

  return vscode.Disposable.from(
    register(Command.openLog, "open the log", async (...given) => {
      // From the tree as its other rows: the focus stays where it is.
      await openLog(await pick(given, vscode.l10n.t("Open Log")), isNode(given[0]));
    }),
    // From the views that refer to runs: in the Experiments view it has all that is below it.
    register(Command.showRun, "show the run", async (...given) => {
      const at = await pick(given, vscode.l10n.t("Show Run"));
      if (!(await tree.show({ root: at.root, id: at.run.id }))) await openLog(at);
    }),
    register(Command.openRawLog, "open the raw log", (...given) => openRawLog(given)),
    register(Command.openScript, "open the script", (...given) => openScript(given)),
    register(Command.openRunFolder, "open the run's folder", (...given) => openRunFolder(given)),
    register(Command.openFile, "open the file", (node) =>
      vscode.commands.executeCommand("vscode.open", recordedUri(node)),
    ),
    register(Command.saveFile, "save a copy", saveFile),
    register(Command.openVersion, "open the run's version", openVersion),
  );
}

/** The address of a file element of the tree. */
export function recordedUri(node: unknown): vscode.Uri {
  if (isNode(node) && node.kind === "file") return recordedFileUri(node.root, node.run.run, node.entry.file);
  throw new UserError(vscode.l10n.t("Choose a file of a run in the Experiments view."));
}

/** The file that a menu handed over, else the one in the active editor. */
export function fileFrom(given: unknown): vscode.Uri {
  const uri = given instanceof vscode.Uri ? given : activeFile();
  if (uri?.scheme === "file") return uri;
  throw new UserError(vscode.l10n.t("Open the file in an editor, then try again."));
}

function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return (
    vscode.window.activeTextEditor?.document.uri ?? (input instanceof vscode.TabInputCustom ? input.uri : undefined)
  );
}

/** Address of a working file's version in a run. Throws UserError when the run does not have it. */
export async function versionOf(
  projects: CommandDeps["projects"],
  { root, run }: RunAt,
  file: vscode.Uri,
): Promise<vscode.Uri> {
  const inCode = await projects.call("codePath", { root, id: run.id, file: file.fsPath });
  const bytes = inCode === null ? null : await projects.call("codeFile", { root, id: run.id, path: inCode });
  if (inCode === null || bytes === null) {
    throw new UserError(vscode.l10n.t("{0} has no {1} in its code.", run.name, path.basename(file.fsPath)));
  }
  return recordedFileUri(root, run, { kind: "code", path: inCode, sha256: null });
}
