/** Runs side by side: pictures, texts and tables at the same step, and what differs between the runs. */
import * as vscode from "vscode";
import { describeComparison } from "../../compare/sections";
import { summarizeDifferences } from "../../compare/summary";
import type { RunComparison } from "../../domain/comparison";
import { type Differences, SideBySideState, sideBySideHost, sideBySidePage } from "../../protocol/sideBySide";
import { Command, Panel } from "../contributions";
import { reportUri } from "../documents/uris";
import type { Log } from "../log";
import type { Chores } from "../stores/chores";
import type { Projects } from "../stores/projects";
import { createPagePanels, type PagePanels } from "./pagePanels";
import { showPage } from "./webviewPage";

export interface SideBySideDeps {
  dist: vscode.Uri;
  projects: Projects;
  chores: Chores;
  log: Log;
}

/** Rows of a part before the rest is only counted. */
const LISTED = 50;

export function createSideBySidePanels(deps: SideBySideDeps): PagePanels<SideBySideState> {
  return createPagePanels({
    type: Panel.sideBySide,
    dist: deps.dist,
    state: SideBySideState,
    key: ({ root, ids }) => JSON.stringify([root, ids]),
    title: ({ ids }) => vscode.l10n.t("{0} Runs Side by Side", ids.length),
    fill: (panel, state) => fill(panel, state, deps),
  });
}

function fill(panel: vscode.WebviewPanel, { root, ids }: SideBySideState, deps: SideBySideDeps): void {
  const { dist, projects, chores, log } = deps;
  const closed = new AbortController();
  const channel = showPage({
    panel,
    dist,
    name: "side-by-side",
    host: sideBySideHost,
    page: sideBySidePage,
    log,
    media: true,
    handlers: {
      async load() {
        await projects.ensure(root);
        return await projects.call("sideBySide", { root, ids });
      },
      async differences(_, signal) {
        const either = AbortSignal.any([signal, closed.signal]);
        return inWords(await chores.quietly("compareRuns", { root, ids, workspace: false, all: false }, either));
      },
      preview: (artifact, signal) => projects.call("preview", { root, artifact }, signal),
      async compareCode() {
        const address = { kind: "runs", root, ids, workspace: false } as const;
        await vscode.commands.executeCommand(Command.compareCode, reportUri(address, panel.title));
      },
      async openRun({ id }) {
        await vscode.commands.executeCommand(Command.showRun, { root, id });
      },
    },
  });
  const news = projects.onDidChangeRuns((change) => {
    const concerned = change.all || [...change.runs, ...change.removed].some((id) => ids.includes(id));
    if (change.root === root && concerned) channel.notify("changed", {});
  });
  panel.onDidDispose(() => {
    news.dispose();
    closed.abort();
  });
}

function inWords(comparison: RunComparison): Differences {
  const when = (time: number) => new Date(time).toLocaleString();
  const { sections, same, uncertain } = describeComparison(comparison, { listed: LISTED, when });
  return {
    summary: summarizeDifferences(comparison),
    parts: sections.map(({ title, headline, header, rows, notes }) => {
      const isPerRun = header.length === comparison.sides.length + 1;
      return { title, headline, isPerRun, rows, notes };
    }),
    same,
    uncertain,
  };
}
