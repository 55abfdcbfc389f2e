/** Notebooks: recorded while they run, and marked where what is shown is not what ran. Most is loaded with the first notebook. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { CommandDeps } from "../commands/deps";
import { setting } from "../configuration";
import { Command } from "../contributions";
import { requireTrust } from "../run/launcher";
import type { PassiveNotebooks } from "./passive/passiveNotebooks";
import { trackedKernel } from "./trackedNotebooks";

export interface Notebooks extends vscode.Disposable {
  /** All that VS Code told so far has been taken in. */
  settled(): Promise<unknown>;
}

export function registerNotebooks({ context, projects, log, register }: CommandDeps): Notebooks {
  const distFolder = vscode.Uri.joinPath(context.extensionUri, "dist").fsPath;
  let passive: Promise<PassiveNotebooks> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function load(): Promise<PassiveNotebooks> {
    const { createPassiveNotebooks } = await import("./passive/passiveNotebooks");
    return createPassiveNotebooks({ distFolder, projects, log });
  }

  /** In the order in which VS Code told. */
  function pass(what: (notebooks: PassiveNotebooks) => void): void {
    passive ??= load();
    last = passive.then(what).catch((error) => log.error("record the notebook", error));
  }

  let items: Promise<vscode.Disposable> | undefined;
  async function loadItems(): Promise<vscode.Disposable> {
    const [{ registerCellItems }, { createLastCellsCache }] = await Promise.all([
      import("./cells/cellItems"),
      import("./cells/lastCellsCache"),
    ]);
    const cache = createLastCellsCache(projects, log);
    return vscode.Disposable.from(cache, registerCellItems(cache));
  }

  /** As soon as there is a notebook to show something in. */
  function showItems(): void {
    items ??= loadItems();
    items.catch((error) => log.error("show what is known of cells", error));
  }
  if (vscode.workspace.notebookDocuments.length > 0) showItems();

  function changed(event: vscode.NotebookDocumentChangeEvent): void {
    const isExecution = event.cellChanges.some(({ executionSummary, outputs }) => executionSummary || outputs);
    if (passive !== undefined || isExecution) pass((notebooks) => notebooks.changed(event));
  }

  async function attachKernel(): Promise<void> {
    requireTrust();
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (!notebook) throw new UserError(vscode.l10n.t("Open a notebook, then try again."));
    if (trackedKernel(notebook))
      throw new UserError(vscode.l10n.t("This kernel is Modeltrail's own: it has the tracer."));
    if (!setting("modeltrail.notebooks.record", notebook.uri)) {
      throw new UserError(vscode.l10n.t("The setting modeltrail.notebooks.record is off: switch it on first."));
    }
    passive ??= load();
    await (await passive).attach(notebook);
    vscode.window.setStatusBarMessage(vscode.l10n.t("A new run: the kernel tells of its files from now on."), 5_000);
  }

  async function startNewRun(): Promise<void> {
    requireTrust();
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (!notebook) throw new UserError(vscode.l10n.t("Open a notebook, then try again."));
    const kernel = trackedKernel(notebook);
    if (kernel) await kernel.newRun();
    else {
      passive ??= load();
      await (await passive).newRun(notebook);
    }
    vscode.window.setStatusBarMessage(vscode.l10n.t("The next cell that is executed begins a new run."), 5_000);
  }

  const subscriptions = vscode.Disposable.from(
    vscode.workspace.onDidOpenNotebookDocument(showItems),
    vscode.workspace.onDidChangeNotebookDocument(changed),
    vscode.workspace.onDidSaveNotebookDocument((document) => {
      if (passive !== undefined) pass((notebooks) => notebooks.saved(document));
    }),
    vscode.workspace.onDidCloseNotebookDocument((document) => {
      if (passive !== undefined) pass((notebooks) => notebooks.closed(document));
    }),
    register(Command.openCell, "open the cell", async (given) => {
      const { openRecordedCell, referenceFrom } = await import("./cells/recordedCells");
      await openRecordedCell(projects, referenceFrom(given));
    }),
    register(Command.compareCell, "compare the cell", async (given) => {
      const { compareRecordedCell, referenceFrom } = await import("./cells/recordedCells");
      await compareRecordedCell(projects, referenceFrom(given));
    }),
    register(Command.useTrackedKernel, "offer kernels", () => vscode.commands.executeCommand("notebook.selectKernel")),
    register(Command.attachKernel, "use Modeltrail in the kernel", attachKernel),
    register(Command.startNewNotebookRun, "begin a new run of the notebook", startNewRun),
  );
  return {
    settled: () => last,
    dispose() {
      subscriptions.dispose();
      void passive?.then((notebooks) => notebooks.dispose());
      void items?.then((loaded) => loaded.dispose());
    },
  };
}
