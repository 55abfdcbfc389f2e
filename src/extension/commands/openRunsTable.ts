/** The Runs table of chosen runs, of an experiment or another group, or of all runs of a project. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { RunsTableState } from "../../protocol/tableView";
import { Command } from "../contributions";
import type { PagePanels } from "../panels/pagePanels";
import { isNode } from "../tree/nodes";
import type { CommandDeps } from "./deps";
import { runsFromMenu } from "./pickRuns";

/** Of a group that is no experiment, its newest runs. */
const MOST_RUNS = 10_000;

export function registerOpenRunsTable(
  { projects, tree, register }: Pick<CommandDeps, "projects" | "tree" | "register">,
  panels: () => Promise<PagePanels<RunsTableState>>,
): vscode.Disposable {
  async function stateOf(given: readonly unknown[]): Promise<RunsTableState> {
    const [clicked] = given;
    if (isNode(clicked) && clicked.kind === "group") {
      const { root, group, list } = clicked;
      if (tree.state.group === "experiment" && group.value !== null) {
        return { root, scope: { experiment: group.value }, title: group.value };
      }
      const page = await projects.call("listRuns", { root, query: { ...list.options.query, limit: MOST_RUNS } });
      const title = group.value ?? vscode.l10n.t("Runs");
      return { root, scope: { ids: page.runs.map(({ id }) => id) }, title };
    }
    const fromMenu = runsFromMenu(given).map(({ root, run }) => ({ root, id: run.id }));
    const chosen = fromMenu.length > 1 ? fromMenu : tree.chosen.all;
    if (chosen.length > 1) return ofRuns(chosen);
    const [only] = fromMenu;
    return ofProject(isNode(clicked) && clicked.kind === "project" ? clicked.root : (only?.root ?? (await pickRoot())));
  }

  async function pickRoot(): Promise<string> {
    await projects.ready();
    const items = projects.all.map(({ root, name }) => ({ label: name, description: root, root }));
    if (items.length === 0) throw new UserError(vscode.l10n.t("Open a folder to see its runs."));
    const title = vscode.l10n.t("Open Runs Table of a Project");
    const picked = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title });
    if (!picked) throw new vscode.CancellationError();
    return picked.root;
  }

  const ofProject = (root: string): RunsTableState => ({ root, scope: {}, title: vscode.l10n.t("Runs") });

  return register(Command.openRunsTable, "open the Runs table", async (...given) => {
    const state = await stateOf(given);
    (await panels()).open(state);
  });
}

function ofRuns(runs: readonly { root: string; id: string }[]): RunsTableState {
  const { root } = runs[0]!;
  if (runs.some((run) => run.root !== root)) {
    throw new UserError(vscode.l10n.t("These runs belong to different projects, so they cannot share a table."));
  }
  const title = vscode.l10n.t("{0} Chosen Runs", runs.length);
  return { root, scope: { ids: runs.map(({ id }) => id) }, title };
}
