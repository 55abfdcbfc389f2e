/** What the Runs table does with the runs that are selected in it: the extension's own commands, as its menus call them. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { TableAction } from "../../protocol/runsTable";
import { Command } from "../contributions";
import { reportUri } from "../documents/uris";
import type { Projects } from "../stores/projects";
import type { RunNode } from "../tree/nodes";

const COMMANDS: Record<TableAction, string> = {
  showDifferences: Command.compareRuns,
  openSideBySide: Command.openSideBySide,
  compareCode: Command.compareCode,
  compareWithWorkspace: Command.compareRunWithWorkspace,
  openCharts: Command.openCharts,
  openLog: Command.openLog,
  showInTree: Command.showRun,
  editTags: Command.editTags,
  moveToExperiment: Command.moveToExperiment,
  restoreToFolder: Command.restoreToFolder,
  reproduce: Command.reproduce,
  delete: Command.delete,
};

/** Actions whose command is not there. */
export async function unavailableActions(): Promise<TableAction[]> {
  const there = new Set(await vscode.commands.getCommands(true));
  return (Object.keys(COMMANDS) as TableAction[]).filter((action) => !there.has(COMMANDS[action]));
}

/** In the order of `ids`. */
export async function act(projects: Projects, root: string, action: TableAction, ids: string[]): Promise<void> {
  const summaries = await projects.call("getSummaries", { root, ids });
  if (summaries.length === 0) throw new UserError(vscode.l10n.t("These runs are no longer there."));
  if (action === "compareCode") {
    if (summaries.length < 2) throw new UserError(vscode.l10n.t("Select two runs to compare the code of."));
    const address = { kind: "runs", root, ids, workspace: false } as const;
    await vscode.commands.executeCommand(Command.compareCode, reportUri(address, "runs"));
    return;
  }
  // Commands take elements of the tree.
  const nodes = summaries.map(
    (run): RunNode => ({
      kind: "run",
      id: `table/${run.id}`,
      root,
      parent: undefined,
      run,
      details: undefined,
      childRuns: undefined,
      repeats: undefined,
      repeated: undefined,
    }),
  );
  await vscode.commands.executeCommand(COMMANDS[action], nodes[0], nodes);
}
