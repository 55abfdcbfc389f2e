/** Charts: curves of the metrics of some runs, or of an experiment's, brought up to date while they run. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { type ChartSource, chartsHost, chartsPage } from "../../protocol/charts";
import { ChartsState, firstView } from "../../protocol/chartsState";
import { Command, Panel } from "../contributions";
import type { Log } from "../log";
import { withCancel } from "../progress";
import type { Projects } from "../stores/projects";
import { csvName, writeCurvesCsv } from "./curvesCsv";
import { createPagePanels, pageTitle } from "./pagePanels";
import type { RunsTables } from "./runsTablePanel";
import { showPage } from "./webviewPage";

export interface ChartsDeps {
  dist: vscode.Uri;
  projects: Projects;
  log: Log;
  filterTable(...table: Parameters<RunsTables["filter"]>): Promise<void>;
}

export interface ChartsPanels extends vscode.WebviewPanelSerializer {
  open(source: ChartSource): void;
}

export function createChartsPanels(deps: ChartsDeps): ChartsPanels {
  const panels = createPagePanels({
    type: Panel.charts,
    dist: deps.dist,
    state: ChartsState,
    // Several panels of the same runs make sense: each can show other metrics.
    key: () => undefined,
    title: ({ title }) => vscode.l10n.t("Charts of {0}", title),
    fill: (panel, { source }) => fillCharts(panel, source, deps),
  });
  return {
    open: (source) => void panels.open({ source, title: titleOf(source), view: firstView }),
    deserializeWebviewPanel: (panel, state) => panels.deserializeWebviewPanel(panel, state),
  };
}

/** Until the page has been read. */
const titleOf = ({ runs }: ChartSource) =>
  "experiment" in runs ? runs.experiment : vscode.l10n.t("{0} runs", runs.ids.length);

function fillCharts(panel: vscode.WebviewPanel, source: ChartSource, deps: ChartsDeps): void {
  const { dist, projects, log, filterTable } = deps;
  const { root } = source;
  let shownTitle = titleOf(source);
  let shown = new Set<string>();

  const channel = showPage({
    panel,
    dist,
    name: "charts",
    host: chartsHost,
    page: chartsPage,
    log,
    handlers: {
      async load() {
        await projects.ensure(root);
        const content = await projects.call("chartsContent", { root, source });
        shown = new Set(content.runs.map(({ id }) => id));
        shownTitle = content.title;
        panel.title = pageTitle(vscode.l10n.t("Charts of {0}", content.title));
        return content;
      },
      curves: (request, signal) => projects.call("curves", { root, request }, signal),
      metricCells: (request, signal) => projects.call("metricCells", { root, request }, signal),
      boxes: (request, signal) => projects.call("boxes", { root, request }, signal),
      importance: (request, signal) => projects.call("importance", { root, request }, signal),
      async saveFile({ name, kind, bytes }) {
        const target = await askWhere(`${csvName(name)}.${kind}`);
        if (target) await vscode.workspace.fs.writeFile(target, bytes);
        return target !== undefined;
      },
      async saveCsv({ key, runs }) {
        const target = await askWhere(`${csvName(key)}.csv`);
        if (!target) return false;
        if (target.scheme !== "file") throw new UserError(vscode.l10n.t("Choose a folder on this machine."));
        const names = await projects.call("getSummaries", { root, ids: runs });
        await withCancel(vscode.l10n.t("Exporting {0}…", key), (signal) =>
          writeCurvesCsv(target.fsPath, key, names, (id, from, limit) =>
            projects.call("metricColumns", { root, id, key, from, limit }, signal),
          ),
        );
        return true;
      },
      async filterTable({ filter }) {
        const scope = "experiment" in source.runs ? source.runs : { ids: source.runs.ids };
        await filterTable({ root, scope, title: shownTitle }, filter);
      },
      async openRun({ id }) {
        await vscode.commands.executeCommand(Command.openRunPage, { root, id });
      },
    },
  });

  async function askWhere(name: string): Promise<vscode.Uri | undefined> {
    return await vscode.window.showSaveDialog({
      title: vscode.l10n.t("Export"),
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), name),
    });
  }

  const news = vscode.Disposable.from(
    projects.onDidChangeRuns((change) => {
      if (change.root !== root || !concerns(source, shown, change.runs, change.removed, change.all)) return;
      channel.notify("changed", { runs: change.all ? null : [...change.runs, ...change.removed] });
    }),
    projects.onDidChangeProjects(() => channel.notify("changed", { runs: null })),
  );
  panel.onDidDispose(() => news.dispose());
}

function concerns(
  { runs }: ChartSource,
  shown: ReadonlySet<string>,
  changed: readonly string[],
  removed: readonly string[],
  all: boolean,
): boolean {
  // Any run may be a new one of the experiment.
  if (all || "experiment" in runs) return true;
  return [...changed, ...removed].some((id) => shown.has(id) || runs.ids.includes(id));
}
