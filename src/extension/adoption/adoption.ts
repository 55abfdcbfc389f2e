/** All that it takes to record runs that are started elsewhere, in one piece that is loaded when it is first needed. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import { type PythonDebugConfiguration, withRecording } from "../debug/configurations";
import { createDebugSessions, type DebugSessions } from "../debug/sessions";
import { recordTerminals } from "../terminals/recordTerminals";
import { createShells } from "../terminals/shells";
import { createTasks } from "../terminals/tasks";
import { type Adopters, createAdopters } from "./adopters";

export interface Adoption extends vscode.Disposable {
  adopters: Adopters;
  sessions: DebugSessions;
  withRecording(
    configuration: PythonDebugConfiguration,
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<PythonDebugConfiguration>;
}

export function createAdoption({ context, projects, log }: CommandDeps): Adoption {
  const { extensionPath } = context;
  const distFolder = vscode.Uri.joinPath(context.extensionUri, "dist").fsPath;
  const shells = createShells(log);
  const tasks = createTasks((error) => log.error("tell how a task ended", error));
  const sessions = createDebugSessions(shells, log);
  // A debugger runs its program in a terminal, and a task has one.
  const adopters = createAdopters({ distFolder, witnesses: [sessions, tasks, shells], log });
  const terminals = recordTerminals({ context, projects, adopters, log });
  return {
    adopters,
    sessions,
    withRecording: (configuration, folder) =>
      withRecording(configuration, folder, { extensionPath, projects, adopters }),
    dispose: () => vscode.Disposable.from(shells, tasks, sessions, adopters, terminals).dispose(),
  };
}
