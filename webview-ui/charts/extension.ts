/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { chartsHost, chartsPage } from "../../src/protocol/charts";
import { ChartsState } from "../../src/protocol/chartsState";
import { connect, keepState, keptState } from "../host";

type Listener = (runs: readonly string[] | null) => void;
const listeners = new Set<Listener>();

/** Gives a function that ends the listening. Null: any run may have changed. */
export function onChanged(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const extension = connect(
  chartsPage,
  chartsHost,
  {
    changed: ({ runs }) => {
      for (const listener of listeners) listener(runs);
    },
  },
  // Shows in the editor's developer tools; nobody waits for an answer.
  (error) => globalThis.reportError(error),
);

export const keepCharts = (state: ChartsState): void => keepState(state);
export const keptCharts = (): ChartsState | undefined => ChartsState.safeParse(keptState()).data;
