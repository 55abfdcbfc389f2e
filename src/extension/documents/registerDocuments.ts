/** Documents of ours: live logs, and the files that runs recorded. */
import * as vscode from "vscode";
import { Scheme } from "../contributions";
import type { Projects } from "../stores/projects";
import { followEnds } from "./followEnd";
import type { LiveLogs } from "./liveLogs";
import { readOnlyFileSystem } from "./readOnlyFileSystem";
import type { RecordedFiles } from "./recordedFiles";

export interface Documents extends vscode.Disposable {
  files(): Promise<RecordedFiles>;
}

export function registerDocuments(projects: Projects): Documents {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const never = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  let files: Promise<RecordedFiles> | undefined;
  let logs: Promise<LiveLogs> | undefined;

  async function loadFiles(): Promise<RecordedFiles> {
    const { RecordedFiles } = await import("./recordedFiles");
    return new RecordedFiles(projects);
  }

  async function loadLogs(): Promise<LiveLogs> {
    const { LiveLogs } = await import("./liveLogs");
    return new LiveLogs(projects, (uri) => changed.fire([{ type: vscode.FileChangeType.Changed, uri }]));
  }

  const getFiles = () => (files ??= loadFiles());
  const getLogs = () => (logs ??= loadLogs());
  const options = { isReadonly: true, isCaseSensitive: true };
  const registered = vscode.Disposable.from(
    changed,
    never,
    followEnds(),
    vscode.workspace.registerFileSystemProvider(Scheme.log, readOnlyFileSystem(getLogs, changed.event), options),
    // What a run recorded never changes.
    vscode.workspace.registerFileSystemProvider(Scheme.run, readOnlyFileSystem(getFiles, never.event), options),
  );
  return {
    files: getFiles,
    dispose() {
      registered.dispose();
      void logs?.then((loaded) => loaded.dispose());
    },
  };
}
