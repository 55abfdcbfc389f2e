/** First steps, and where to look when something is wrong. */
import * as vscode from "vscode";
import { Command, EXTENSION_ID, Walkthrough } from "../contributions";
import type { CommandDeps } from "./deps";

export function registerGetStarted({ context, log, register }: CommandDeps): vscode.Disposable {
  /** A script to try with: from the extension's own folder, where examples of it are shipped. */
  async function createQuickstart(): Promise<void> {
    const source = vscode.Uri.joinPath(context.extensionUri, "media", "walkthrough", "quickstart.py");
    const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(source));
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (!folder) {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "python", content }));
      return;
    }
    const file = await freeName(folder, "quickstart", ".py");
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(content));
    await vscode.window.showTextDocument(file);
  }

  return vscode.Disposable.from(
    register(Command.createQuickstart, "create the script", createQuickstart),
    register(Command.openWalkthrough, "open the walkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${EXTENSION_ID}#${Walkthrough.start}`, false),
    ),
    register(Command.showOutput, "show the log", () => log.channel.show()),
  );
}

/** The first of `name.py`, `name-2.py`, … that does not exist. */
async function freeName(folder: vscode.Uri, name: string, extension: string): Promise<vscode.Uri> {
  for (let count = 1; ; count++) {
    const file = vscode.Uri.joinPath(folder, `${name}${count === 1 ? "" : `-${count}`}${extension}`);
    const exists = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (!exists) return file;
  }
}
