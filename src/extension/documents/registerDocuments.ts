/** Documents of ours: live logs, the files that runs recorded, and reports. */
import * as vscode from "vscode";
import { Scheme } from "../contributions";
import type { Chores } from "../stores/chores";
import type { Projects } from "../stores/projects";
import type { CardFiles } from "./cardFiles";
import { followEnds } from "./followEnd";
import type { LiveLogs } from "./liveLogs";
import { editableFileSystem, readOnlyFileSystem } from "./readOnlyFileSystem";
import type { RecordedFiles } from "./recordedFiles";
import type { Reports } from "./reports";

export interface Documents extends vscode.Disposable {
  files(): Promise<RecordedFiles>;
  reports(): Promise<Reports>;
}

export function registerDocuments(projects: Projects, chores: Chores): Documents {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const renewed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const filled = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const never = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  let files: Promise<RecordedFiles> | undefined;
  let logs: Promise<LiveLogs> | undefined;
  let reports: Promise<Reports> | undefined;

  async function loadFiles(): Promise<RecordedFiles> {
    const { RecordedFiles } = await import("./recordedFiles");
    return new RecordedFiles(projects);
  }

  async function loadLogs(): Promise<LiveLogs> {
    const { LiveLogs } = await import("./liveLogs");
    return new LiveLogs(projects, (uri) => changed.fire([{ type: vscode.FileChangeType.Changed, uri }]));
  }

  async function loadReports(): Promise<Reports> {
    const { Reports } = await import("./reports");
    return new Reports(projects, chores, (uri) => renewed.fire([{ type: vscode.FileChangeType.Changed, uri }]));
  }

  let cards: Promise<CardFiles> | undefined;
  async function loadCards(): Promise<CardFiles> {
    const { CardFiles } = await import("./cardFiles");
    return new CardFiles(projects, (uri) => filled.fire([{ type: vscode.FileChangeType.Changed, uri }]));
  }

  const getReports = () => (reports ??= loadReports());
  const getFiles = () => (files ??= loadFiles());
  const getLogs = () => (logs ??= loadLogs());
  const getCards = () => (cards ??= loadCards());
  const options = { isReadonly: true, isCaseSensitive: true };
  const registered = vscode.Disposable.from(
    changed,
    renewed,
    never,
    filled,
    followEnds(),
    vscode.workspace.registerFileSystemProvider(Scheme.log, readOnlyFileSystem(getLogs, changed.event), options),
    vscode.workspace.registerFileSystemProvider(Scheme.report, readOnlyFileSystem(getReports, renewed.event), options),
    vscode.workspace.registerFileSystemProvider(Scheme.card, editableFileSystem(getCards, filled.event), {
      isCaseSensitive: true,
    }),
    // What a run recorded never changes.
    vscode.workspace.registerFileSystemProvider(Scheme.run, readOnlyFileSystem(getFiles, never.event), options),
  );
  return {
    files: getFiles,
    reports: getReports,
    dispose() {
      registered.dispose();
      void logs?.then((loaded) => loaded.dispose());
    },
  };
}
