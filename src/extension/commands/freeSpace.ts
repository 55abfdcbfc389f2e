/** What uses how much space, and giving it back: first what nobody is likely to miss, never without having been asked. */
import path from "node:path";
import * as vscode from "vscode";
import { formatSize } from "../../domain/format";
import type { FreeingPlan } from "../worker/chores/api";
import type { CommandDeps } from "./deps";
import { openProjectFile } from "./projectFile";
import { pickProject } from "./shareRuns";

interface Choice extends vscode.QuickPickItem {
  plan?: FreeingPlan;
  action?: "budget" | "rules" | "usage";
}

const MOST_NAMES = 8;

export async function freeSpace(deps: CommandDeps): Promise<void> {
  const { chores, projects, reports } = deps;
  const root = await pickProject(projects, vscode.l10n.t("Free Space Of"));
  const measuring = vscode.l10n.t("Looking at what uses space…");
  const { usage, plans } = await chores.run(measuring, "planFreeing", { root, budget: null });
  const chosen = await vscode.window.showQuickPick(choices(plans), {
    title: vscode.l10n.t("Free Space: {0} Used in {1}", formatSize(usage.total), path.basename(root)),
    placeHolder: vscode.l10n.t("Nothing goes before you have been asked. Pinned runs always stay"),
    matchOnDescription: true,
  });
  switch (chosen?.action) {
    case undefined:
      return chosen?.plan && confirm(deps, root, chosen.plan);
    case "usage":
      return (await reports()).open({ kind: "space", root }, vscode.l10n.t("Space used in {0}", path.basename(root)));
    case "rules":
      return openProjectFile(root, "space", RULES);
    case "budget":
      return keepToBudget(deps, root, usage.total);
  }
}

export async function showSpace({ reports, projects }: CommandDeps): Promise<void> {
  const root = await pickProject(projects, vscode.l10n.t("What Uses Space In"));
  await (await reports()).open({ kind: "space", root }, vscode.l10n.t("Space used in {0}", path.basename(root)));
}

function choices(plans: FreeingPlan[]): Choice[] {
  const words: Record<FreeingPlan["what"], [label: string, icon: string]> = {
    rules: [vscode.l10n.t("What the project's rules let go"), "law"],
    deleted: [vscode.l10n.t("All deleted runs"), "trash"],
    scratch: [vscode.l10n.t("All deleted and scratch runs"), "archive"],
    budget: [vscode.l10n.t("What is over the budget"), "dashboard"],
  };
  const offered = plans.filter(({ bytes, runs }) => bytes > 0 || runs.length > 0);
  const offers = offered.map((plan): Choice => {
    const [label, icon] = words[plan.what];
    const count = plan.runs.length === 0 ? vscode.l10n.t("leftovers only") : countRuns(plan.runs.length);
    return { label, iconPath: new vscode.ThemeIcon(icon), description: `${count}, ${formatSize(plan.bytes)}`, plan };
  });
  const nothing = { label: vscode.l10n.t("There is nothing to free by rule"), iconPath: new vscode.ThemeIcon("check") };
  const action = (action: Choice["action"], label: string, icon: string): Choice => {
    return { label, iconPath: new vscode.ThemeIcon(icon), action };
  };
  return [
    ...(offers.length > 0 ? offers : [nothing]),
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    action("budget", vscode.l10n.t("Keep to a Budget…"), "dashboard"),
    action("usage", vscode.l10n.t("Show What Uses Space"), "pie-chart"),
    action("rules", vscode.l10n.t("Change the Project's Rules"), "gear"),
  ];
}

const countRuns = (count: number) =>
  count === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", count.toLocaleString());

async function keepToBudget(deps: CommandDeps, root: string, used: number): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Keep to a Budget"),
    prompt: vscode.l10n.t("Gigabytes that the records may take; {0} are used now", formatSize(used)),
    value: String(Math.max(1, Math.floor(used / 2e9))),
    validateInput: (value) => (Number(value) > 0 ? undefined : vscode.l10n.t("Write a number, such as 20 or 0.5.")),
  });
  if (text === undefined) return;
  const measuring = vscode.l10n.t("Looking at what uses space…");
  const { plans } = await deps.chores.run(measuring, "planFreeing", { root, budget: Number(text) * 1e9 });
  await confirm(deps, root, plans.find(({ what }) => what === "budget")!);
}

/** Nothing is freed before this has been answered. */
async function confirm(deps: CommandDeps, root: string, plan: FreeingPlan): Promise<void> {
  const { chores, projects } = deps;
  const { runs, bytes, excess } = plan;
  if (runs.length === 0 && bytes === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("There is nothing that could go."));
    return;
  }
  const live = runs.filter(({ kind }) => kind !== "deleted");
  const free = vscode.l10n.t("Free {0}", formatSize(bytes));
  const deleteOnly = vscode.l10n.t("Only Delete (Can Be Undone)");
  const names = runs.slice(0, MOST_NAMES).map(({ name, reason }) => `${name}: ${reason}`);
  const left = runs.length - names.length;
  const detail = [
    ...names,
    ...(left > 0 ? [vscode.l10n.t("… and {0} more", left.toLocaleString())] : []),
    "",
    vscode.l10n.t(
      "This cannot be undone. Pinned runs stay; so do runs with a note, tags or child runs, unless they were deleted.",
    ),
    ...(excess > 0 ? [vscode.l10n.t("The records then still take {0} more than the budget.", formatSize(excess))] : []),
  ].join("\n");
  const question = [
    vscode.l10n.t("Free {0}?", formatSize(bytes)),
    runs.length === 0
      ? vscode.l10n.t("No run needs it.")
      : runs.length === 1
        ? vscode.l10n.t("1 run goes for good, with all that was kept of it.")
        : vscode.l10n.t("{0} runs go for good, with all that was kept of them.", runs.length.toLocaleString()),
  ].join(" ");
  const buttons = live.length > 0 ? [free, deleteOnly] : [free];
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...buttons);
  if (answer === deleteOnly) return projects.call("deleteRuns", { root, ids: live.map(({ id }) => id) });
  if (answer !== free) return;
  const report = await chores.run(vscode.l10n.t("Freeing space…"), "freeSpace", { root, plan });
  const told = vscode.l10n.t("Freed {0}: {1}.", formatSize(report.bytes), countRuns(report.runs.length));
  if (report.notes.length === 0) void vscode.window.showInformationMessage(told);
  else void vscode.window.showWarningMessage([told, ...report.notes].join(" "));
}

const RULES = `# How much is kept, and for how long. Pinned runs always stay.
space:
  budget: 20 GB
  keepDeletedDays: 30
  keepScratchDays: 14
`;
