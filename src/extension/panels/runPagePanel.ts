/** The page of one run: everything of it at a glance, brought up to date while it runs. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { type RunAction, RunPageState, runPageHost, runPagePage } from "../../protocol/runPage";
import { Command, Panel } from "../contributions";
import { recordedFileUri } from "../documents/uris";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { createPagePanels, type PagePanels, pageTitle } from "./pagePanels";
import { showPage } from "./webviewPage";

export interface RunPageDeps {
  dist: vscode.Uri;
  projects: Projects;
  log: Log;
}

const LOG_BYTES = 400_000;

const ACTIONS: Record<RunAction, string> = {
  charts: Command.openCharts,
  log: Command.openLog,
  script: Command.openScript,
  whatChanged: Command.compareWithPrevious,
  compareWithWorkspace: Command.compareRunWithWorkspace,
  editTags: Command.editTags,
  editNote: Command.editNote,
  rename: Command.rename,
  stop: Command.stop,
  runAgain: Command.runAgain,
  lineage: Command.showLineage,
};

export function createRunPages(deps: RunPageDeps): PagePanels<RunPageState> {
  return createPagePanels({
    type: Panel.runPage,
    dist: deps.dist,
    state: RunPageState,
    key: ({ root, id }) => `${root}\n${id}`,
    title: ({ title }) => title,
    fill: (panel, state) => fillPage(panel, state, deps),
  });
}

function fillPage(panel: vscode.WebviewPanel, { root, id }: RunPageState, { dist, projects, log }: RunPageDeps): void {
  const channel = showPage({
    panel,
    dist,
    name: "run-page",
    host: runPageHost,
    page: runPagePage,
    log,
    media: true,
    handlers: {
      async load() {
        await projects.ensure(root);
        const content = await projects.call("runPage", { root, id });
        if (!content) throw new UserError(vscode.l10n.t("This run is no longer there."));
        panel.title = pageTitle(content.name);
        return content;
      },
      curves: (request, signal) => projects.call("curves", { root, request }, signal),
      log: () => projects.call("readLog", { root, id, limit: LOG_BYTES }),
      searchLog: (asked, signal) => projects.call("searchLog", { root, id, ...asked }, signal),
      logPlace: (position, signal) => projects.call("logPlace", { root, id, position }, signal),
      preview: (artifact) => projects.call("preview", { root, artifact }),
      async open({ kind, path, sha256 }) {
        const [run] = await projects.call("getSummaries", { root, ids: [id] });
        if (!run) throw new UserError(vscode.l10n.t("This run is no longer there."));
        await vscode.commands.executeCommand("vscode.open", recordedFileUri(root, run, { kind, path, sha256 }));
      },
      async openRun(other) {
        await vscode.commands.executeCommand(Command.openRunPage, { root, id: other.id });
      },
      async act({ action }) {
        const source = { root, runs: { ids: [id] } };
        await vscode.commands.executeCommand(ACTIONS[action], action === "charts" ? source : { root, id });
      },
    },
  });

  const news = vscode.Disposable.from(
    projects.onDidChangeRuns(({ root: changed, runs, removed, all }) => {
      if (changed === root && (all || runs.includes(id) || removed.includes(id))) channel.notify("changed", {});
    }),
    projects.onDidChangeProjects(() => channel.notify("changed", {})),
  );
  panel.onDidDispose(() => news.dispose());
}
