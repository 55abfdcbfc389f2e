/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { SideBySideState, sideBySideHost, sideBySidePage } from "../../src/protocol/sideBySide";
import { connect, keepState, keptState, listeners } from "../host";

const changes = listeners();
export const onChanged = changes.add;

export const extension = connect(sideBySidePage, sideBySideHost, {
  changed: () => changes.tell(),
});

export const keepSides = (state: SideBySideState): void => keepState(state);
export const keptSides = (): SideBySideState | undefined => SideBySideState.safeParse(keptState()).data;
