/** Charts of chosen runs, of a run, or of an experiment. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { ChartSource } from "../../protocol/charts";
import { Command } from "../contributions";
import type { ChartsPanels } from "../panels/chartsPanel";
import { isNode } from "../tree/nodes";
import type { CommandDeps } from "./deps";
import { runsFromMenu } from "./pickRuns";

/** Runs of one panel at most. */
const MOST_RUNS = 500;

interface ExperimentItem extends vscode.QuickPickItem {
  source: ChartSource;
}

export function registerOpenCharts(
  { projects, tree, register }: Pick<CommandDeps, "projects" | "tree" | "register">,
  panels: () => Promise<ChartsPanels>,
): vscode.Disposable {
  async function sourceOf(given: readonly unknown[]): Promise<ChartSource> {
    return (await fromPage(given[0])) ?? (await fromTree(given)) ?? fromChosen() ?? (await pickExperiment());
  }

  /** Another page of ours, or a keybinding of the user's, names the runs itself. */
  async function fromPage(given: unknown): Promise<ChartSource | undefined> {
    if (typeof given !== "object" || given === null || isNode(given)) return undefined;
    const { ChartSource } = await import("../../protocol/charts");
    return ChartSource.safeParse(given).data;
  }

  async function fromTree(given: readonly unknown[]): Promise<ChartSource | undefined> {
    const [clicked] = given;
    if (isNode(clicked) && clicked.kind === "group") {
      const { root, group, list } = clicked;
      if (tree.state.group === "experiment" && group.value !== null) return ofExperiment(root, group.value);
      const page = await projects.call("listRuns", { root, query: { ...list.options.query, limit: MOST_RUNS } });
      return { root, runs: { ids: page.runs.map(({ id }) => id) } };
    }
    const runs = runsFromMenu(given);
    const [only] = runs;
    if (!only) return undefined;
    // As with other commands: a row that is chosen stands for all that are.
    if (runs.length === 1 && tree.chosen.has({ root: only.root, id: only.run.id })) return undefined;
    return ofRuns(runs.map(({ root, run }) => ({ root, id: run.id })));
  }

  function fromChosen(): ChartSource | undefined {
    return tree.chosen.all.length > 0 ? ofRuns(tree.chosen.all) : undefined;
  }

  async function pickExperiment(): Promise<ChartSource> {
    await projects.ready();
    const items = await Promise.all(
      projects.all.map(async ({ root, name }) => {
        const groups = await projects.call("listGroups", { root, by: "experiment", query: {} });
        return groups.map(({ value, runs }): ExperimentItem => {
          const description = [runs === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", runs)];
          if (projects.all.length > 1) description.push(name);
          return { label: value ?? "", description: description.join(" · "), source: ofExperiment(root, value ?? "") };
        });
      }),
    );
    const title = vscode.l10n.t("Open Charts of an Experiment");
    const found = items.flat();
    if (found.length === 0) throw new UserError(vscode.l10n.t("There are no runs yet. Press Run to record one."));
    const picked = found.length === 1 ? found[0] : await vscode.window.showQuickPick(found, { title });
    if (!picked) throw new vscode.CancellationError();
    return picked.source;
  }

  return register(Command.openCharts, "open charts", async (...given) => {
    const source = await sourceOf(given);
    (await panels()).open(source);
  });
}

const ofExperiment = (root: string, experiment: string): ChartSource => ({ root, runs: { experiment } });

function ofRuns(runs: readonly { root: string; id: string }[]): ChartSource {
  const { root } = runs[0]!;
  if (runs.some((run) => run.root !== root)) {
    throw new UserError(vscode.l10n.t("These runs belong to different projects, so they cannot share charts."));
  }
  return { root, runs: { ids: runs.map(({ id }) => id) } };
}
