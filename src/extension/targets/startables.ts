/** What can be run on a target: a script, a notebook, or an entry point that was found. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { type EntryPoint, isFilePoint } from "../../targets/entryPoints/contract";
import { addressOf, type EntryPointsOf } from "../run/entryPointsOf";
import type { Launcher, ScriptRun } from "../run/launcher";
import type { RunRequest } from "../run/recorderCommand";
import { scriptOrNotebookFrom } from "../run/scripts";

export interface Startable {
  label: string;
  /** Of the script, or of the file that names it. */
  file: vscode.Uri;
  /** Tells it from all others of the workspace. */
  key: string;
  /** The target that its definition names. */
  target?: string | undefined;
  request(target: string): Promise<RunRequest>;
}

const KIND_ICONS: Record<EntryPoint["kind"], string> = {
  entry: "rocket",
  stage: "list-ordered",
  project: "package",
  script: "file-code",
  notebook: "notebook",
};

export interface StartableDeps {
  launcher: Launcher;
  entryPoints: EntryPointsOf;
}

/** What the form or a menu handed over or that is in front, else one that is picked from all that can be started. */
export async function startableFrom(given: unknown, deps: StartableDeps): Promise<Startable> {
  if (isScriptRun(given)) return ofScript(given, deps.launcher);
  const isHandedOver = given instanceof vscode.Uri || isNotebookToolbar(given);
  const editor = vscode.window.activeTextEditor?.document;
  const isPython = editor?.languageId === "python" && editor.uri.scheme === "file";
  const isNotebook = vscode.window.activeNotebookEditor !== undefined;
  if (!isHandedOver && !isPython && !isNotebook) return pickStartable(deps);
  return ofScript({ script: await scriptOrNotebookFrom(given), args: [] }, deps.launcher);
}

function ofScript(run: ScriptRun, launcher: Launcher): Startable {
  const { script } = run;
  return {
    label: path.basename(script.fsPath),
    file: script,
    key: script.fsPath,
    request: (target) => launcher.request({ ...run, target }),
  };
}

/** What was filled in on the form. */
function isScriptRun(given: unknown): given is ScriptRun {
  return typeof given === "object" && given !== null && "script" in given && "args" in given;
}

const isNotebookToolbar = (given: unknown) => typeof given === "object" && given !== null && "notebookEditor" in given;

async function pickStartable({ launcher, entryPoints }: StartableDeps): Promise<Startable> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  const found = await Promise.all(
    folders.map(async (folder) => {
      const { points } = await entryPoints(folder.uri.fsPath);
      return points.map((point) => itemOf(point, folder, folders.length > 1, launcher));
    }),
  );
  const items = found.flat();
  if (items.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        "Nothing to start was found: no script with a main block, notebook, entry of modeltrail.yaml or stage of dvc.yaml.",
      ),
    );
  }
  const title = vscode.l10n.t("What Is to Be Run?");
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

function itemOf(
  point: EntryPoint,
  folder: vscode.WorkspaceFolder,
  several: boolean,
  launcher: Launcher,
): Startable & vscode.QuickPickItem {
  const { kind, name, file, command, target } = point;
  const isFile = isFilePoint(point);
  const base = folder.uri.fsPath;
  return {
    label: name,
    description: [isFile ? "" : `${kind} · ${file}`, several ? folder.name : ""].filter(Boolean).join(" · "),
    ...(isFile ? {} : { detail: command.join(" ") }),
    iconPath: new vscode.ThemeIcon(KIND_ICONS[kind]),
    file: vscode.Uri.joinPath(folder.uri, file),
    key: isFile ? path.join(base, file) : `${base}\n${kind}\n${addressOf(point)}`,
    target,
    request: (chosen) => launcher.entryRequest({ folder: base, point, target: chosen }),
  };
}
