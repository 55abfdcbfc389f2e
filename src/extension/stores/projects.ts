/** The projects of this window: one for each distinct root that the workspace folders belong to, and others as asked for. */
import path from "node:path";
import * as vscode from "vscode";
import type { Log } from "../log";
import type { StoreChange } from "../worker/api";
import type { WorkerClient } from "./workerClient";

export interface Project {
  /** Folder that the paths of its runs are relative to. */
  readonly root: string;
  /** Folder of its store; need not exist. */
  readonly folder: string;
  /** To tell it from the others in the tree. */
  readonly name: string;
}

/** A run, wherever it is. */
export interface RunReference {
  root: string;
  id: string;
}

export interface Projects extends vscode.Disposable {
  readonly all: readonly Project[];
  readonly call: WorkerClient["call"];
  /** The list of projects is another, or all of what they hold may be. */
  readonly onDidChangeProjects: vscode.Event<void>;
  readonly onDidChangeRuns: vscode.Event<StoreChange>;
  /** Resolves when the workspace folders' projects are open. */
  ready(): Promise<void>;
  /** The project that a folder belongs to, watched from then on. */
  ensure(folder: string): Promise<Project>;
}

export function createProjects(client: WorkerClient, log: Log): Projects {
  const projects = new Map<string, Project>();
  const changed = new vscode.EventEmitter<void>();
  const runsChanged = new vscode.EventEmitter<StoreChange>();
  let opening: Promise<void> | undefined;

  async function open(folder: string, name: string): Promise<Project> {
    const opened = await client.call("open", { folder, mayWrite: vscode.workspace.isTrusted });
    const known = projects.get(opened.root);
    if (known) return known;
    const project: Project = { ...opened, name: opened.root === folder ? name : path.basename(opened.root) };
    projects.set(opened.root, project);
    return project;
  }

  async function openWorkspace(): Promise<void> {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file") continue;
      await open(folder.uri.fsPath, folder.name).catch((error) => log.error(`look for runs in ${folder.name}`, error));
    }
    changed.fire();
  }

  async function reopen(): Promise<void> {
    const roots = [...projects.keys()];
    projects.clear();
    for (const root of roots) await client.call("close", { root });
    await openWorkspace();
  }

  function restart(): void {
    opening = reopen().catch((error) => log.error("open the workspace's runs", error));
  }

  const subscriptions = [
    vscode.workspace.onDidChangeWorkspaceFolders(restart),
    // Restricted Mode opened the stores for reading only.
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    client.onDidChange((change) => runsChanged.fire(change)),
    client.onDidEnd(() => {
      projects.clear();
      opening = undefined;
      changed.fire();
    }),
    client.onNotice(({ root, message }) => log.channel.warn(`${root}: ${message}`)),
  ];

  const ready = () => (opening ??= openWorkspace());

  return {
    get all() {
      return [...projects.values()];
    },
    call: client.call,
    onDidChangeProjects: changed.event,
    onDidChangeRuns: runsChanged.event,
    ready,
    async ensure(folder) {
      await ready();
      const known = projects.get(folder);
      if (known) return known;
      const before = projects.size;
      const project = await open(folder, path.basename(folder));
      if (projects.size > before) changed.fire();
      return project;
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
      changed.dispose();
      runsChanged.dispose();
    },
  };
}
