/** What ran last in the notebooks that are open: read off the host's thread, once for each change of their runs. */
import path from "node:path";
import * as vscode from "vscode";
import type { LastCells } from "../../../store/cells/contract";
import type { Log } from "../../log";
import type { Projects } from "../../stores/projects";

/** While cells run one after the other, the store is asked no more often than this. */
const SETTLE_MS = 300;

export interface LastCellsCache extends vscode.Disposable {
  /** Undefined until it is known: then `onDidChange` fires. */
  get(document: vscode.NotebookDocument): KnownCells | undefined;
  readonly onDidChange: vscode.Event<void>;
}

export interface KnownCells extends LastCells {
  root: string;
}

export function createLastCellsCache(projects: Projects, log: Log): LastCellsCache {
  const known = new Map<string, KnownCells>();
  const asked = new Set<string>();
  const changed = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | undefined;

  async function read(uri: vscode.Uri): Promise<void> {
    const { root } = await projects.ensure(path.dirname(uri.fsPath));
    const script = path.relative(root, uri.fsPath).split(path.sep).join("/");
    const cells = await projects.call("lastCells", { root, script });
    if (cells.cells.length > 0 || known.has(uri.toString())) known.set(uri.toString(), { ...cells, root });
  }

  async function refresh(root: string): Promise<void> {
    const open = vscode.workspace.notebookDocuments.filter(({ uri }) => asked.has(uri.toString()));
    const concerned = open.filter(({ uri }) => (known.get(uri.toString())?.root ?? root) === root);
    await Promise.all(concerned.map(({ uri }) => read(uri)));
    changed.fire();
  }

  const subscriptions = [
    projects.onDidChangeRuns(({ root }) => {
      if (asked.size === 0 || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        refresh(root).catch((error) => log.error("read what ran in notebooks", error));
      }, SETTLE_MS);
    }),
    vscode.workspace.onDidCloseNotebookDocument(({ uri }) => {
      asked.delete(uri.toString());
      known.delete(uri.toString());
    }),
  ];

  return {
    onDidChange: changed.event,
    get({ uri }) {
      const key = uri.toString();
      if (uri.scheme === "file" && !asked.has(key)) {
        asked.add(key);
        read(uri).then(
          () => changed.fire(),
          (error) => log.error("read what ran in the notebook", error),
        );
      }
      return known.get(key);
    },
    dispose() {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      changed.dispose();
    },
  };
}
