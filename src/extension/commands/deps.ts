/** What commands are made of. */
import type * as vscode from "vscode";
import type { RecordedFiles } from "../documents/recordedFiles";
import type { Log } from "../log";
import type { RunForms } from "../panels/runFormPanel";
import type { Launcher } from "../run/launcher";
import type { Projects } from "../stores/projects";
import type { ExperimentsTree } from "../tree/experimentsTree";
import type { RegisterCommand } from "./registerCommand";

export interface CommandDeps {
  context: vscode.ExtensionContext;
  projects: Projects;
  tree: ExperimentsTree;
  launcher: Launcher;
  /** Loaded when first used. */
  forms(): Promise<RunForms>;
  files(): Promise<RecordedFiles>;
  log: Log;
  register: RegisterCommand;
}
