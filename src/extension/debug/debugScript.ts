/** Starts a debug session of a script, whose run is recorded whatever the settings say. */
import path from "node:path";
import * as vscode from "vscode";
import { ActionableError, type Log } from "../log";
import { findInterpreter } from "../run/interpreter";
import { workingDirectory } from "../run/launcher";

/** Asks in a configuration for its run to be recorded. */
export const RECORD = "modeltrailRecord";
const EXTENSION = "ms-python.debugpy";

/** Throws an error that says what to do when nothing here can debug Python. */
export async function debugScript(script: vscode.Uri, log: Log): Promise<void> {
  const type = debuggerType();
  const { executable } = await findInterpreter(script, log);
  const folder = vscode.workspace.getWorkspaceFolder(script);
  await vscode.debug.startDebugging(folder, {
    type,
    request: "launch",
    name: path.basename(script.fsPath),
    program: script.fsPath,
    cwd: workingDirectory(script),
    console: "integratedTerminal",
    python: executable,
    justMyCode: true,
    [RECORD]: true,
  });
}

/** The type of debug session that some extension here offers for Python. */
function debuggerType(): string {
  const offered = vscode.extensions.all.flatMap(({ packageJSON }) => packageJSON?.contributes?.debuggers ?? []);
  const type = ["debugpy", "python"].find((one) => offered.some((offer: { type?: string }) => offer.type === one));
  if (type) return type;
  throw new ActionableError(
    vscode.l10n.t("Debugging Python needs the extension Python Debugger ({0}), which is not installed.", EXTENSION),
    {
      title: vscode.l10n.t("Find the Extension"),
      run: () => vscode.commands.executeCommand("workbench.extensions.search", `@id:${EXTENSION}`),
    },
  );
}
