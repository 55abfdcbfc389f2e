/** The Runs table: one panel for each set of runs, back after a reload. */
import path from "node:path";
import * as vscode from "vscode";
import { isLessBetter } from "../../compare/keyMetric";
import { UserError } from "../../domain/errors";
import type { ColumnKey, TableScope } from "../../domain/table/columns";
import { runsTableHost, runsTablePage } from "../../protocol/runsTable";
import type { SavedView } from "../../protocol/tableView";
import { DEFAULT_TABLE_VIEW, RunsTableState } from "../../protocol/tableView";
import { Panel } from "../contributions";
import type { Log } from "../log";
import { requireTrust } from "../run/launcher";
import type { Projects } from "../stores/projects";
import { createPagePanels, type PagePanels } from "./pagePanels";
import { act, unavailableActions } from "./runsTableActions";
import { deleteView, readViews, VIEWS_FOLDER, writeView } from "./savedViews";
import { showPage } from "./webviewPage";

export interface RunsTableDeps {
  dist: vscode.Uri;
  projects: Projects;
  log: Log;
}

/** Whoever filters from elsewhere goes on there. */
const BESIDE = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
/** Rows that come at once with all that they have. */
const FIRST_ROWS = 100;

export interface RunsTables extends PagePanels<RunsTableState> {
  /** Shows the table with this filter: the one that is open, or else a new one beside the active editor. */
  filter(table: Pick<RunsTableState, "root" | "scope" | "title">, filter: string): void;
}

export function createRunsTables(deps: RunsTableDeps): RunsTables {
  const filters = new Map<string, (filter: string) => void>();
  const keyOf = ({ root, scope }: Pick<RunsTableState, "root" | "scope">) => JSON.stringify([root, scope]);
  const panels = createPagePanels<RunsTableState>({
    type: Panel.runsTable,
    dist: deps.dist,
    state: RunsTableState,
    key: keyOf,
    title: ({ title }) => title,
    fill(panel, state) {
      const filter = fillTable(panel, state, deps);
      filters.set(keyOf(state), filter);
      panel.onDidDispose(() => {
        if (filters.get(keyOf(state)) === filter) filters.delete(keyOf(state));
      });
    },
  });
  return {
    ...panels,
    filter(table, filter) {
      const setFilter = filters.get(keyOf(table));
      if (setFilter) setFilter(filter);
      else panels.open({ ...table, view: { ...DEFAULT_TABLE_VIEW, filter } }, BESIDE);
    },
  };
}

/** Gives a function that sets the table's filter. */
function fillTable(
  panel: vscode.WebviewPanel,
  state: RunsTableState,
  { dist, projects, log }: RunsTableDeps,
): (filter: string) => void {
  const { root, scope } = state;
  const views = () => readViews(root, (error) => log.error("read the saved views", error));

  // A page that is not there, or not yet, hears nothing: it is told when it loads.
  let hears = false;
  let waiting: string | null = null;

  const channel = showPage({
    panel,
    dist,
    name: "runs-table",
    host: runsTableHost,
    page: runsTablePage,
    log,
    handlers: {
      async load() {
        await projects.ensure(root);
        const part = await projects.call("tablePart", { root, scope, limit: FIRST_ROWS, more: [] });
        const metrics = part.columns.map(({ column }) => column);
        const filter = waiting;
        [hears, waiting] = [true, null];
        return {
          filter,
          state,
          part,
          lessIsBetter: lessIsBetter(metrics),
          views: await views(),
          without: await unavailableActions(),
        };
      },
      async index() {
        const index = await projects.call("tableIndex", { root, scope });
        return { ...index, lessIsBetter: lessIsBetter(index.columns) };
      },
      columns: async ({ columns }) => (await projects.call("tableColumns", { root, scope, columns })).columns,
      runs({ ids, more }) {
        const among: TableScope = { ...scope, ids: ids.filter((id) => scope.ids?.includes(id) ?? true) };
        return projects.call("tablePart", { root, scope: among, limit: ids.length, more });
      },
      rename({ id, name }) {
        if (name.trim() === "") throw new UserError(vscode.l10n.t("A name has at least one letter."));
        return projects.call("renameRun", { root, id, name });
      },
      setNote: ({ id, note }) => projects.call("setNote", { root, id, note }),
      setTag: ({ ids, key, value }) => projects.call("setTags", { root, ids, tags: { [key]: value } }),
      setPinned: ({ ids, pinned }) => projects.call("setPinned", { root, ids, pinned }),
      act: ({ action, ids }) => act(projects, root, action, ids),
      async copy({ text }) {
        await vscode.env.clipboard.writeText(text);
      },
      async saveView({ name, view }) {
        requireTrust();
        const chosen = name ?? (await askName(await views()));
        if (chosen === undefined) return null;
        await writeView(root, { name: chosen, view });
        return views();
      },
      async deleteView({ name }) {
        requireTrust();
        await deleteView(root, name);
        return views();
      },
    },
  });

  const viewFiles = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.file(path.join(root, VIEWS_FOLDER)), "*.json"),
  );
  const tellViews = () => void views().then((read) => channel.notify("viewsChanged", { views: read }));
  const subscriptions = [
    projects.onDidChangeRuns(({ root: changed, ...change }) => {
      if (changed === root) channel.notify("changed", change);
    }),
    // The worker died, or the window is trusted now: what was read may be old.
    projects.onDidChangeProjects(() => channel.notify("changed", { runs: [], removed: [], all: true })),
    viewFiles,
    viewFiles.onDidChange(tellViews),
    viewFiles.onDidCreate(tellViews),
    viewFiles.onDidDelete(tellViews),
    panel.onDidChangeViewState(() => {
      hears &&= panel.visible;
    }),
  ];
  panel.onDidDispose(() => {
    for (const subscription of subscriptions) subscription.dispose();
  });
  return (filter) => {
    if (hears) channel.notify("filter", { filter });
    else waiting = filter;
  };
}

function lessIsBetter(columns: readonly ColumnKey[]): string[] {
  const metrics = columns.filter(({ source }) => source === "metric").map(({ key }) => key);
  return [...new Set(metrics)].filter(isLessBetter);
}

function askName(known: readonly SavedView[]): Thenable<string | undefined> {
  return vscode.window
    .showInputBox({
      title: vscode.l10n.t("Save View"),
      prompt: vscode.l10n.t("It is written into {0}, to be committed with the project.", VIEWS_FOLDER),
      validateInput(value) {
        if (value.trim() === "") return vscode.l10n.t("A view needs a name.");
        if (value.length > 200) return vscode.l10n.t("The name is too long.");
        if (!known.some(({ name }) => name === value.trim())) return undefined;
        const message = vscode.l10n.t("Takes the place of the view of this name.");
        return { message, severity: vscode.InputBoxValidationSeverity.Warning };
      },
    })
    .then((value) => value?.trim());
}
