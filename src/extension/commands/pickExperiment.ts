/** An experiment by its name: one that is there, or a new one by typing its name. */
import * as vscode from "vscode";
import type { Projects } from "../stores/projects";
import type { RunAt } from "./pickRuns";

interface ExperimentItem extends vscode.QuickPickItem {
  name: string;
}

/** Undefined when nothing is chosen. */
export async function pickExperiment(projects: Projects, runs: readonly RunAt[]): Promise<string | undefined> {
  const roots = [...new Set(runs.map(({ root }) => root))];
  const query = {};
  const groups = await Promise.all(roots.map((root) => projects.call("listGroups", { root, by: "experiment", query })));
  const names = [...new Set(groups.flat().flatMap(({ value }) => value ?? []))];
  const present = new Set(runs.map(({ run }) => run.experiment));
  const known = names.map((name): ExperimentItem => {
    const only = present.size === 1 && present.has(name);
    return { name, label: name, description: only ? vscode.l10n.t("where it is now") : undefined };
  });

  const picker = vscode.window.createQuickPick<ExperimentItem>();
  picker.title = vscode.l10n.t("Move to Experiment");
  picker.placeholder = vscode.l10n.t("Choose an experiment, or type the name of a new one");
  picker.items = known;
  picker.onDidChangeValue((value) => {
    const name = value.trim();
    const isNew = name !== "" && !names.includes(name);
    const label = vscode.l10n.t("New experiment “{0}”", name);
    picker.items = isNew ? [...known, { name, label, iconPath: new vscode.ThemeIcon("add"), alwaysShow: true }] : known;
  });
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      // Who types quickly is done before the entry for a new name is there.
      resolve(picker.selectedItems[0]?.name ?? (picker.value.trim() || undefined));
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
