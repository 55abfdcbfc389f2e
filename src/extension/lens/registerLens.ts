/** Results beside the code: CodeLenses, values behind lines, and hovers. Loaded after activation. */
import * as vscode from "vscode";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import type { LastTargets } from "../targets/lastTargets";
import { codeLenses, registerCodeLenses } from "./codeLenses";
import { registerDecorations } from "./decorations";
import { createEditorFiles } from "./editorFiles";
import { registerHovers } from "./hoverProvider";
import { lineNotes } from "./lineNotes";

/** What tests inside VS Code look at. */
export interface Lens extends vscode.Disposable {
  codeLenses(document: vscode.TextDocument): vscode.CodeLens[];
  lineNotes(document: vscode.TextDocument): ReturnType<typeof lineNotes>;
}

export function registerLens({ projects, last, log }: { projects: Projects; last: LastTargets; log: Log }): Lens {
  const files = createEditorFiles(projects, log);
  const registered = vscode.Disposable.from(
    files,
    registerCodeLenses(files, last),
    registerDecorations(files, log),
    registerHovers(files, projects),
  );
  return {
    codeLenses: (document) => codeLenses(files, last, document),
    lineNotes: (document) => lineNotes(files, document),
    dispose: () => registered.dispose(),
  };
}
