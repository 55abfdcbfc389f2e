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

  /** Of runs that changed, what they ran: that never changes, and most are not of notebooks. */
  const scripts = new Map<string, string | null>();
  /** What has changed since the store was asked last. */
  const waiting = new Map<string, { runs: Set<string>; all: boolean }>();

  async function read(uri: vscode.Uri): Promise<void> {
    const { root } = await projects.ensure(path.dirname(uri.fsPath));
    const script = scriptOf(root, uri);
    const cells = await projects.call("lastCells", { root, script });
    if (cells.cells.length > 0 || known.has(uri.toString())) known.set(uri.toString(), { ...cells, root });
  }

  async function scriptsOf(root: string, runs: ReadonlySet<string>): Promise<Set<string | null | undefined>> {
    const unknown = [...runs].filter((id) => !scripts.has(id));
    if (unknown.length > 0) {
      const summaries = await projects.call("getSummaries", { root, ids: unknown });
      for (const { id, script } of summaries) scripts.set(id, script);
    }
    return new Set([...runs].map((id) => scripts.get(id)));
  }

  async function refresh(root: string, { runs, all }: { runs: ReadonlySet<string>; all: boolean }): Promise<void> {
    const ofRuns = await scriptsOf(root, runs);
    const open = vscode.workspace.notebookDocuments.filter(({ uri }) => asked.has(uri.toString()));
    const concerned = open.filter(({ uri }) => {
      const where = known.get(uri.toString())?.root ?? root;
      return where === root && (all || ofRuns.has(scriptOf(root, uri)));
    });
    if (concerned.length === 0) return;
    await Promise.all(concerned.map(({ uri }) => read(uri)));
    changed.fire();
  }

  function refreshWaiting(): void {
    timer = undefined;
    const changes = [...waiting];
    waiting.clear();
    for (const [root, change] of changes) {
      refresh(root, change).catch((error) => log.error("read what ran in notebooks", error));
    }
  }

  const subscriptions = [
    projects.onDidChangeRuns(({ root, runs, removed, all }) => {
      if (asked.size === 0) return;
      const before = waiting.get(root);
      waiting.set(root, {
        runs: new Set([...(before?.runs ?? []), ...runs]),
        all: all || removed.length > 0 || (before?.all ?? false),
      });
      timer ??= setTimeout(refreshWaiting, SETTLE_MS);
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

/** As runs name the notebook. */
const scriptOf = (root: string, uri: vscode.Uri) => path.relative(root, uri.fsPath).split(path.sep).join("/");
