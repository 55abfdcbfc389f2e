/** Take runs elsewhere: with all that belongs to them in one archive, or their code by git. */
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { escapeMarkdown } from "../markdown";
import { runInTerminal } from "../run/commandTask";
import type { Projects } from "../stores/projects";
import type { CommandDeps } from "./deps";
import { byRoot, pickRuns } from "./pickRuns";

const ENDING = "modeltrail";

export async function exportRuns({ projects, chores, reports }: CommandDeps, given: readonly unknown[]): Promise<void> {
  const runs = await pickRuns(given, projects, {
    title: vscode.l10n.t("Export Runs"),
    except: ({ run }) => run.status === "running",
  });
  const [{ root, run: first }] = runs as [(typeof runs)[number]];
  if (runs.some((run) => run.root !== root)) {
    throw new UserError(
      vscode.l10n.t("These runs belong to different projects: export those of one project at a time."),
    );
  }
  const withoutData = await pickContents(runs.length);
  const name = runs.length === 1 ? first.name : vscode.l10n.t("{0} runs", runs.length);
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Export {0}", name),
    defaultUri: vscode.Uri.file(
      path.join(path.dirname(root), `${name.replace(/[\\/:*?"<>|\s]+/g, "-")}.${ENDING}.zip`),
    ),
    filters: { [vscode.l10n.t("Archive of runs")]: ["zip"] },
  });
  if (!target) return;
  const ids = runs.map(({ run }) => run.id);
  const title = vscode.l10n.t("Exporting {0}…", name);
  const report = await chores.run(title, "exportRuns", { root, ids, file: target.fsPath, withoutData });
  const text = vscode.l10n.t("{0} exported to {1}, {2}.", name, report.file, formatSize(report.size));
  if (report.missing.length === 0) {
    const reveal = vscode.l10n.t("Reveal");
    const chosen = await vscode.window.showInformationMessage(text, reveal);
    if (chosen === reveal) await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(report.file));
    return;
  }
  const details = vscode.l10n.t("Show What Is Missing");
  if ((await vscode.window.showWarningMessage(text, details)) !== details) return;
  const lines = report.missing.map((sentence) => `- ${escapeMarkdown(sentence)}`);
  const markdown = `# ${escapeMarkdown(name)}, exported\n\nWhat could not be put into the archive:\n\n${lines.join("\n")}\n`;
  await (await reports()).openEvent(root, vscode.l10n.t("Exported {0}", name), markdown);
}

/** Whether data is left out. */
async function pickContents(count: number): Promise<boolean> {
  const all = {
    label: vscode.l10n.t("Everything"),
    detail: vscode.l10n.t("Code, params, metrics, log, data and artifacts, as far as they were kept"),
    withoutData: false,
  };
  const light = {
    label: vscode.l10n.t("Without Data and Artifacts"),
    detail: vscode.l10n.t("Their hashes only: what was used can be verified, but not restored"),
    withoutData: true,
  };
  const title = count === 1 ? vscode.l10n.t("Export the Run") : vscode.l10n.t("Export {0} Runs", count);
  const picked = await vscode.window.showQuickPick([all, light], { title });
  if (!picked) throw new vscode.CancellationError();
  return picked.withoutData;
}

export async function importRuns({ projects, chores, tree }: CommandDeps): Promise<void> {
  const root = await pickProject(projects, vscode.l10n.t("Import Runs Into"));
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Import Runs"),
    openLabel: vscode.l10n.t("Import"),
    defaultUri: vscode.Uri.file(root ?? homedir()),
    filters: { [vscode.l10n.t("Archive of runs")]: ["zip"] },
  });
  const file = picked?.[0]?.fsPath;
  if (!file) return;
  const { runs } = await chores.run(vscode.l10n.t("Importing runs…"), "importRuns", { root, file });
  const of = (outcome: (typeof runs)[number]["outcome"]) => runs.filter((run) => run.outcome === outcome);
  const parts = [
    [of("imported"), vscode.l10n.t("imported")],
    [of("present"), vscode.l10n.t("here already")],
    [of("differs"), vscode.l10n.t("here with other details, left as they are")],
    [of("deleted"), vscode.l10n.t("deleted here, left so")],
  ] as const;
  const told = parts.filter(([found]) => found.length > 0).map(([found, words]) => `${names(found)}: ${words}`);
  const [only] = of("imported");
  void vscode.window.showInformationMessage(`${told.join("; ")}.`);
  if (only) await tree.show({ root, id: only.id });
}

/**
 * In a terminal, where git asks for what it needs: a password, or whether a host is to be trusted. VS Code's own way to sign in
 * is at hand there too.
 */
export async function pushCode(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const runs = await pickRuns(given, deps.projects, { title: vscode.l10n.t("Push the Code of Runs") });
  for (const { root, ids } of byRoot(runs)) {
    const remote = await pickRemote(root, vscode.l10n.t("Push the Code of Runs To"));
    await runInTerminal(deps, {
      title: vscode.l10n.t("Push code of runs"),
      words: ["push", remote, ...ids],
      cwd: root,
    });
  }
}

export async function fetchCode(deps: CommandDeps): Promise<void> {
  const root = await pickProject(deps.projects, vscode.l10n.t("Fetch the Code of Runs Into"));
  const remote = await pickRemote(root, vscode.l10n.t("Fetch the Code of Runs From"));
  await runInTerminal(deps, { title: vscode.l10n.t("Fetch code of runs"), words: ["fetch", remote], cwd: root });
}

/** The only remote there is, or the one that is picked. */
async function pickRemote(root: string, title: string): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["remote"], { cwd: root }).catch(() => ({ stdout: "" }));
  const [first, ...others] = stdout.split("\n").filter(Boolean);
  if (!first) {
    throw new UserError(
      vscode.l10n.t("{0} has no git remote. Export the runs to a file instead, or add a remote.", root),
    );
  }
  if (others.length === 0) return first;
  const picked = await vscode.window.showQuickPick([first, ...others], { title });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

const names = (runs: readonly { name: string }[]) =>
  runs.length <= 3 ? runs.map(({ name }) => name).join(", ") : vscode.l10n.t("{0} runs", runs.length);

/** The only project there is, or the one that is picked. */
export async function pickProject(projects: Projects, title: string): Promise<string> {
  await projects.ready();
  const [first, ...others] = projects.all;
  if (!first) throw new UserError(vscode.l10n.t("Open the folder of a project first."));
  if (others.length === 0) return first.root;
  const items = projects.all.map(({ name, root }) => ({ label: name, description: root, root }));
  const picked = await vscode.window.showQuickPick(items, { title });
  if (!picked) throw new vscode.CancellationError();
  return picked.root;
}
