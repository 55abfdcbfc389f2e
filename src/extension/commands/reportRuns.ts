/** A report of runs as a file: a page to send, a document to commit, a comment to paste. */
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { ReportFormat } from "../worker/chores/api";
import type { CommandDeps } from "./deps";
import { pickRuns, type RunAt, runsGiven } from "./pickRuns";

export async function reportRuns(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const runs = await runsToReport(deps, given);
  const [{ root, run: first }] = runs as [RunAt];
  if (runs.some((run) => run.root !== root)) {
    throw new UserError(
      vscode.l10n.t("These runs belong to different projects: report those of one project at a time."),
    );
  }
  const { format, ending } = await pickFormat();
  const baseline = runs.length > 1 ? await pickBaseline(runs) : null;
  const name = runs.length === 1 ? first.name : `${first.experiment}-${runs.length}-runs`;
  const ids = runs.map(({ run }) => run.id);
  const options = { root, ids, baseline, format };
  const title = vscode.l10n.t("Writing the report…");
  if (ending === null) {
    const { text } = await deps.chores.run(title, "reportRuns", { ...options, file: null });
    await vscode.env.clipboard.writeText(text);
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The report is in the clipboard, to be pasted as a comment."),
    );
    return;
  }
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save the Report"),
    defaultUri: vscode.Uri.file(path.join(root, `${name.replace(/[\\/:*?"<>|\s]+/g, "-")}.${ending}`)),
    filters: ending === "html" ? { [vscode.l10n.t("Page")]: ["html"] } : { [vscode.l10n.t("Markdown")]: ["md"] },
  });
  if (!target) return;
  const { files } = await deps.chores.run(title, "reportRuns", { ...options, file: target.fsPath });
  await offer(vscode.Uri.file(files[0]!), format);
}

/** Those of the menu; else the checked ones; else picked from a list. */
async function runsToReport({ projects, tree }: CommandDeps, given: readonly unknown[]): Promise<RunAt[]> {
  const fromMenu = await runsGiven(given, projects);
  if (fromMenu.length > 1) return fromMenu;
  const chosen = await runsGiven([null, tree.chosen.all], projects);
  const [only] = fromMenu;
  if (chosen.length > 0 && (!only || chosen.some(({ run }) => run.id === only.run.id))) return chosen;
  return only ? fromMenu : await pickRuns([], projects, { title: vscode.l10n.t("Report Runs") });
}

async function pickFormat(): Promise<{ format: ReportFormat; ending: string | null }> {
  const items = [
    {
      label: vscode.l10n.t("Page"),
      detail: vscode.l10n.t("One HTML file with the curves in it, to be sent or kept"),
      format: "html" as const,
      ending: "html",
    },
    {
      label: vscode.l10n.t("Document"),
      detail: vscode.l10n.t("Markdown with its pictures in a folder beside it, to be committed"),
      format: "markdown" as const,
      ending: "md",
    },
    {
      label: vscode.l10n.t("Comment"),
      detail: vscode.l10n.t("Markdown for a pull request, into the clipboard"),
      format: "comment" as const,
      ending: null,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Report Runs As") });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

/** Id of the run that the others are measured by; null for none. */
async function pickBaseline(runs: readonly RunAt[]): Promise<string | null> {
  const none = { label: vscode.l10n.t("No Baseline"), id: null };
  const items = runs.map(({ run }) => ({ label: run.name, description: run.experiment, id: run.id }));
  const title = vscode.l10n.t("Measure the Runs By");
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { id: string | null }>([none, ...items], {
    title,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.id;
}

async function offer(file: vscode.Uri, format: ReportFormat): Promise<void> {
  if (format === "markdown") return void (await vscode.commands.executeCommand("markdown.showPreview", file));
  const [open, reveal] = [vscode.l10n.t("Open in Browser"), vscode.l10n.t("Reveal")];
  const text = vscode.l10n.t("The report is in {0}.", file.fsPath);
  const chosen = await vscode.window.showInformationMessage(text, open, reveal);
  if (chosen === open) await vscode.env.openExternal(file);
  else if (chosen === reveal) await vscode.commands.executeCommand("revealFileInOS", file);
}
