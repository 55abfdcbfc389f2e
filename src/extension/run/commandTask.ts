/** Our own command line as a task in a terminal: for what talks to the user, or is to be watched. */
import * as vscode from "vscode";
import { commandExecution, uniqueDefinition } from "./recorderTask";

export interface CommandTask {
  /** Name of the terminal. */
  title: string;
  /** What stands behind `modeltrail`. */
  words: string[];
  cwd: string;
}

/** Resolves with the exit code when the command has ended; undefined when it was ended by something else. */
export async function runInTerminal(
  { context }: { context: vscode.ExtensionContext },
  { title, words, cwd }: CommandTask,
): Promise<number | undefined> {
  const distFolder = vscode.Uri.joinPath(context.extensionUri, "dist").fsPath;
  const execution = commandExecution(distFolder, words, cwd);
  const scope = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(cwd)) ?? vscode.TaskScope.Workspace;
  const definition = uniqueDefinition(words[0]!);
  const task = new vscode.Task(definition, scope, title, "Modeltrail", execution, []);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    focus: false,
    // The command's own output, and nothing else: one that is shown again would stand where an earlier one was scrolled to.
    clear: true,
    echo: false,
    showReuseMessage: false,
  };
  // Listened for first: a quick command has ended before VS Code says that it started.
  const ended = new Promise<number | undefined>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess(({ execution: { task: other }, exitCode }) => {
      if (other.definition.launch !== definition.launch) return;
      listening.dispose();
      resolve(exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}
