/** What commands are made of. */
import type * as vscode from "vscode";
import type { DataTree } from "../data/dataTree";
import type { RecordedFiles } from "../documents/recordedFiles";
import type { Reports } from "../documents/reports";
import type { LineageView } from "../lineage/lineageView";
import type { Log } from "../log";
import type { RunForms } from "../panels/runFormPanel";
import type { Launcher } from "../run/launcher";
import type { Chores } from "../stores/chores";
import type { Projects } from "../stores/projects";
import type { ExperimentsTree } from "../tree/experimentsTree";
import type { RegisterCommand } from "./registerCommand";

export interface CommandDeps {
  context: vscode.ExtensionContext;
  projects: Projects;
  tree: ExperimentsTree;
  data: DataTree;
  lineage: LineageView;
  launcher: Launcher;
  /** Loaded when first used. */
  forms(): Promise<RunForms>;
  files(): Promise<RecordedFiles>;
  reports(): Promise<Reports>;
  /** Long work, off this thread and off the one that reads. */
  chores: Chores;
  log: Log;
  register: RegisterCommand;
}
