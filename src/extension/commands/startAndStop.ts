/** Start runs and stop them. */
import * as vscode from "vscode";
import { Command } from "../contributions";
import { requireTrust } from "../run/launcher";
import { readScriptArguments, scriptOrNotebookFrom } from "../run/scripts";
import type { CommandDeps } from "./deps";
import { openLog } from "./openRuns";
import { listItems, pickRun, pickRuns, type RunItem } from "./pickRuns";

export function registerStartAndStop(deps: CommandDeps): vscode.Disposable {
  const { projects, launcher, forms, register } = deps;
  const stopping = vscode.l10n.t("No run is running.");

  async function run(given: unknown): Promise<void> {
    requireTrust();
    const script = await scriptOrNotebookFrom(given);
    const { checkArguments, nothingFilled } = await import("../../protocol/commandLine");
    // Started without the arguments that it demands, the script could only say so: ask for them.
    const missing = checkArguments(await readScriptArguments(script), nothingFilled);
    if (Object.keys(missing).length > 0) (await forms()).open(script);
    else await launcher.run({ script, args: [] });
  }

  async function runWithArguments(given: unknown): Promise<void> {
    requireTrust();
    (await forms()).open(await scriptOrNotebookFrom(given));
  }

  async function stop(given: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t("Stop Runs");
    const runs = await pickRuns(given, projects, { title, query: { status: ["running"] }, none: stopping });
    await Promise.all(runs.map(({ root, run }) => projects.call("stop", { root, id: run.id })));
  }

  return vscode.Disposable.from(
    register(Command.run, "start the run", run),
    register(Command.runWithArguments, "open the form", runWithArguments),
    register(Command.runAgain, "start the run again", async (...given) => {
      requireTrust();
      const { root, run } = await pickRun(given, projects, { title: vscode.l10n.t("Run Again") });
      await launcher.runAgain(root, run);
    }),
    register(Command.runSweep, "begin the sweep", async (given) => {
      requireTrust();
      await (await import("./runSweep")).runSweep(deps, given);
    }),
    register(Command.stop, "stop the run", (...given) => stop(given)),
    register(Command.showRunning, "show the running runs", () => showRunning(deps)),
  );
}

/** The runs that are going on: their log is opened by choosing one, a button stops it. */
async function showRunning({ projects, log }: CommandDeps): Promise<void> {
  const stop: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("debug-stop"),
    tooltip: vscode.l10n.t("Stop"),
  };
  const items = await listItems(projects, {
    title: "",
    query: { status: ["running"] },
    none: vscode.l10n.t("No run is running."),
  });
  const picker = vscode.window.createQuickPick<RunItem>();
  picker.title = vscode.l10n.t("Running: choose one to open its log");
  picker.items = items.map((item) => ({ ...item, buttons: [stop] }));
  picker.onDidTriggerItemButton(({ item: { root, run } }) => {
    projects.call("stop", { root, id: run.id }).catch((error) => log.show("stop the run", error));
    picker.hide();
  });
  picker.onDidAccept(() => {
    const [item] = picker.selectedItems;
    picker.hide();
    if (item) openLog(item).catch((error) => log.show("open the log", error));
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}
