/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { type RunPageState, runPageHost, runPagePage } from "../../src/protocol/runPage";
import { connect, keepState, listeners } from "../host";

const changes = listeners();
export const onChanged = changes.add;

export const extension = connect(runPagePage, runPageHost, {
  changed: () => changes.tell(),
});

export const keepPage = (state: RunPageState): void => keepState(state);
