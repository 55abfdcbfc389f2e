/** What can be done with selected runs, and what a run's menu offers. */
import type { TableAction } from "../../src/protocol/runsTable";
import { MOST_SIDES } from "../../src/protocol/sideBySide";
import type { MenuItem } from "../base/Menu";

interface ActionRule {
  label: string;
  /** How many runs it takes. */
  least: number;
  most: number;
}

export const ACTIONS: Record<TableAction, ActionRule> = {
  showDifferences: { label: "What Changed", least: 2, most: 20 },
  openSideBySide: { label: "Side by Side", least: 2, most: MOST_SIDES },
  compareCode: { label: "Code Difference", least: 2, most: 2 },
  openCharts: { label: "Open Charts", least: 1, most: 500 },
  openLog: { label: "Open Log", least: 1, most: 1 },
  showInTree: { label: "Show in Experiments", least: 1, most: 1 },
  compareWithWorkspace: { label: "What Changed Since", least: 1, most: 1 },
  editTags: { label: "Edit Tags…", least: 1, most: Number.POSITIVE_INFINITY },
  moveToExperiment: { label: "Move to Experiment…", least: 1, most: Number.POSITIVE_INFINITY },
  restoreToFolder: { label: "Restore to Folder…", least: 1, most: 1 },
  reproduce: { label: "Reproduce", least: 1, most: 1 },
  delete: { label: "Delete", least: 1, most: Number.POSITIVE_INFINITY },
};

/** Those that make sense for so many runs. */
export function actionsFor(count: number, without: readonly TableAction[]): TableAction[] {
  return (Object.keys(ACTIONS) as TableAction[]).filter((action) => {
    const { least, most } = ACTIONS[action];
    return count >= least && count <= most && !without.includes(action);
  });
}

export function actionItems(
  count: number,
  without: readonly TableAction[],
  run: (action: TableAction) => void,
): MenuItem[] {
  return actionsFor(count, without).map((action) => ({ label: ACTIONS[action].label, run: () => run(action) }));
}
