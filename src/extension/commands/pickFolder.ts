/** A folder that something new is to be written into: typed, or looked for. */
import { readdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";

export interface FolderOptions {
  title: string;
  prompt: string;
  /** Absolute. */
  suggested: string;
}

/** An absolute path of a folder that is empty or not there yet. Throws CancellationError when the user does not want to. */
export async function pickNewFolder({ title, prompt, suggested }: FolderOptions): Promise<string> {
  const box = vscode.window.createInputBox();
  const browse: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("folder-opened"),
    tooltip: vscode.l10n.t("Browse…"),
  };
  Object.assign(box, { title, prompt, value: await freeFolder(suggested), buttons: [browse], ignoreFocusOut: true });
  const end = box.value.length;
  box.valueSelection = [end - path.basename(box.value).length, end];
  try {
    return await new Promise<string>((resolve, reject) => {
      box.onDidChangeValue(() => {
        box.validationMessage = undefined;
      });
      box.onDidAccept(async () => {
        const folder = absolute(box.value);
        box.validationMessage = folder === undefined ? vscode.l10n.t("Write the whole path.") : await occupied(folder);
        if (folder !== undefined && box.validationMessage === undefined) resolve(folder);
      });
      box.onDidTriggerButton(async () => {
        const parent = await browseFolder(title, path.dirname(absolute(box.value) ?? suggested));
        if (parent) box.value = path.join(parent, path.basename(suggested));
        box.show();
      });
      box.onDidHide(() => reject(new vscode.CancellationError()));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function absolute(text: string): string | undefined {
  const expanded = text.trim().replace(/^~(?=$|[\\/])/, os.homedir());
  return path.isAbsolute(expanded) ? path.normalize(expanded) : undefined;
}

/** Why nothing is restored there; undefined when something is. */
async function occupied(folder: string): Promise<string | undefined> {
  try {
    if ((await readdir(folder)).length === 0) return undefined;
    return vscode.l10n.t("There is something in this folder already. Choose one that is empty or new.");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return vscode.l10n.t("This is no folder that can be used: {0}", (error as Error).message);
  }
}

/** The folder itself, or with the first number behind its name that makes it a free one. */
async function freeFolder(folder: string): Promise<string> {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? folder : `${folder}-${count}`;
    if ((await occupied(candidate)) === undefined) return candidate;
  }
}

async function browseFolder(title: string, at: string): Promise<string | undefined> {
  const options = { canSelectFiles: false, canSelectFolders: true, canSelectMany: false, title };
  const picked = await vscode.window.showOpenDialog({ ...options, defaultUri: vscode.Uri.file(at) });
  return picked?.[0]?.fsPath;
}
