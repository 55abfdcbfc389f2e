/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { chartsHost, chartsPage } from "../../src/protocol/charts";
import { ChartsState } from "../../src/protocol/chartsState";
import { connect, keepState, keptState, listeners } from "../host";

/** Null: any run may have changed. */
const changes = listeners<[runs: readonly string[] | null]>();
export const onChanged = changes.add;

export const extension = connect(chartsPage, chartsHost, {
  changed: ({ runs }) => changes.tell(runs),
});

export const keepCharts = (state: ChartsState): void => keepState(state);
export const keptCharts = (): ChartsState | undefined => ChartsState.safeParse(keptState()).data;
