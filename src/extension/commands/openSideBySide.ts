/** Chosen runs side by side. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { SideBySideState } from "../../protocol/sideBySide";
import { Command } from "../contributions";
import type { PagePanels } from "../panels/pagePanels";
import type { CommandDeps } from "./deps";
import { pickRuns, type RunAt, runsGiven } from "./pickRuns";

export function registerOpenSideBySide(
  { projects, tree, register }: Pick<CommandDeps, "projects" | "tree" | "register">,
  panels: () => Promise<PagePanels<SideBySideState>>,
): vscode.Disposable {
  /** Several of a menu; else the checked ones; else picked from a list. */
  async function runsToShow(given: readonly unknown[]): Promise<RunAt[]> {
    const fromMenu = await runsGiven(given, projects);
    if (fromMenu.length > 1) return fromMenu;
    const chosen = await runsGiven([null, tree.chosen.all], projects);
    return chosen.length > 1 ? chosen : await pickRuns([], projects, { title: vscode.l10n.t("Runs Side by Side") });
  }

  return register(Command.openSideBySide, "open runs side by side", async (...given) => {
    const runs = await runsToShow(given);
    const [first] = runs as [RunAt];
    if (runs.some(({ root }) => root !== first.root)) {
      throw new UserError(vscode.l10n.t("These runs belong to different projects, so they cannot be compared."));
    }
    if (runs.length < 2) throw new UserError(vscode.l10n.t("Choose two runs or more."));
    const { MOST_SIDES } = await import("../../protocol/sideBySide");
    if (runs.length > MOST_SIDES) {
      throw new UserError(
        vscode.l10n.t("{0} runs are too many side by side. Choose {1} or fewer.", runs.length, MOST_SIDES),
      );
    }
    const ids = runs.map(({ run }) => run.id);
    (await panels()).open({ root: first.root, ids, step: null, filter: "" });
  });
}
