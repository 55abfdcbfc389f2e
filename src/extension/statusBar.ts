/** The status bar says how many runs are going on; a click lists them. */
import * as vscode from "vscode";
import { setContext } from "./configuration";
import { Command, Context } from "./contributions";
import type { Log } from "./log";
import type { Projects } from "./stores/projects";

export function registerStatusBar(projects: Projects, log: Log): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("modeltrail.running", vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t("Modeltrail: Running Runs");
  item.command = Command.showRunning;
  let counting = false;
  let again = false;

  async function count(): Promise<void> {
    const groups = await Promise.all(
      projects.all.map(({ root }) => projects.call("listGroups", { root, by: "status", query: {} })),
    );
    const running = groups.flat().reduce((sum, group) => sum + group.running, 0);
    const hasRuns = groups.some((found) => found.length > 0);
    setContext(Context.hasRuns, hasRuns);
    setContext(Context.noRuns, !hasRuns);
    setContext(Context.running, running);
    if (running === 0) return item.hide();
    const text = running === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", running);
    item.text = `$(loading~spin) ${text}`;
    item.tooltip = vscode.l10n.t("Modeltrail is recording {0}. Click to open a log or to stop.", text);
    item.accessibilityInformation = { label: vscode.l10n.t("Modeltrail is recording {0}", text) };
    item.show();
  }

  /** Changes come several times a second while runs go on; one count at a time is enough. */
  async function update(): Promise<void> {
    again = counting;
    if (counting) return;
    counting = true;
    await count().catch((error) => log.error("count the running runs", error));
    counting = false;
    if (again) await update();
  }

  return vscode.Disposable.from(
    item,
    projects.onDidChangeRuns(() => void update()),
    projects.onDidChangeProjects(() => void update()),
  );
}
