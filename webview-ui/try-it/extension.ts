/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { TryItState, tryItHost, tryItPage } from "../../src/protocol/tryIt";
import { connect, keepState as keep, keptState as kept } from "../host";

const listeners = new Set<() => void>();

/** Gives a function that ends the listening. */
export function onChanged(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const extension = connect(
  tryItPage,
  tryItHost,
  {
    changed: () => {
      for (const listener of listeners) listener();
    },
  },
  // Shows in the editor's developer tools; nobody waits for an answer.
  (error) => globalThis.reportError(error),
);

export const keepState = (state: TryItState): void => keep(state);
export const keptState = (): TryItState | undefined => TryItState.safeParse(kept()).data;
