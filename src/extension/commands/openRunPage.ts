/** The page of a run. */
import * as vscode from "vscode";
import type { RunPageState } from "../../protocol/runPage";
import { Command } from "../contributions";
import type { PagePanels } from "../panels/pagePanels";
import type { CommandDeps } from "./deps";
import { pickRun } from "./pickRuns";

export function registerOpenRunPage(
  { projects, register }: Pick<CommandDeps, "projects" | "register">,
  pages: () => Promise<PagePanels<RunPageState>>,
): vscode.Disposable {
  return register(Command.openRunPage, "open the run's page", async (...given) => {
    const { root, run } = await pickRun(given, projects, { title: vscode.l10n.t("Open Run") });
    (await pages()).open({ root, id: run.id, title: run.name });
  });
}
