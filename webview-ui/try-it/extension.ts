/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { TryItState, tryItHost, tryItPage } from "../../src/protocol/tryIt";
import { connect, keepState as keep, keptState as kept, listeners } from "../host";

const changes = listeners();
export const onChanged = changes.add;

export const extension = connect(tryItPage, tryItHost, {
  changed: () => changes.tell(),
});

export const keepState = (state: TryItState): void => keep(state);
export const keptState = (): TryItState | undefined => TryItState.safeParse(kept()).data;
