/** What the page asks of the extension, and what the extension tells it. */
import { runsTableHost, runsTablePage } from "../../src/protocol/runsTable";
import { RunsTableState, type SavedView } from "../../src/protocol/tableView";
import { connect, keepState, keptState } from "../host";

export interface RunChange {
  runs: string[];
  removed: string[];
  all: boolean;
}

export const onChanged = new Set<(change: RunChange) => void>();
export const onViewsChanged = new Set<(views: SavedView[]) => void>();

export const onFilter = new Set<(filter: string) => void>();

export const extension = connect(runsTablePage, runsTableHost, {
  changed: (change) => {
    for (const listener of onChanged) listener(change);
  },
  filter: ({ filter }) => {
    for (const listener of onFilter) listener(filter);
  },
  viewsChanged: ({ views }) => {
    for (const listener of onViewsChanged) listener(views);
  },
});

/** What is left out stays as it was. */
export const keepTable = (state: Partial<RunsTableState>): void => keepState({ ...keptTable(), ...state });

/** How the table was arranged before the page was hidden or reloaded. */
export const keptTable = (): RunsTableState | undefined => RunsTableState.safeParse(keptState()).data;
