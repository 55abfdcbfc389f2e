/** A page's end of the channel to the extension, and the state that VS Code keeps for it. */
import { type Channel, type Handlers, openChannel } from "../src/protocol/channel";
import { type ApiOf, type Contract, checksFor } from "../src/protocol/contract";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** It can be acquired once only. */
const api = acquireVsCodeApi();

export const keptState = (): unknown => api.getState();
/** Comes back after the page was hidden or the window reloaded. */
export function keepState(state: unknown): void {
  // Gives back what it was given, which would pass for the clean-up of an effect.
  api.setState(state);
}

export function connect<Own extends Contract, Host extends Contract>(
  own: Own,
  host: Host,
  handlers: Handlers<ApiOf<Own>>,
): Channel<ApiOf<Host>> {
  return openChannel<ApiOf<Own>, ApiOf<Host>>({
    port: {
      post: (message) => api.postMessage(message),
      listen: (listener) => {
        const receive = ({ data }: MessageEvent) => listener(data);
        window.addEventListener("message", receive);
        return () => window.removeEventListener("message", receive);
      },
    },
    handlers,
    checks: checksFor(own, host),
    // Shows in the editor's developer tools; nobody waits for an answer.
    onFault: (error) => globalThis.reportError(error),
  });
}

/** Who wants to hear what the extension tells. */
export function listeners<Told extends unknown[] = []>() {
  const all = new Set<(...told: Told) => void>();
  return {
    /** Gives a function that ends the listening. */
    add(listener: (...told: Told) => void): () => void {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(...told: Told): void {
      for (const listener of all) listener(...told);
    },
  };
}
