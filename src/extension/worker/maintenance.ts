/** What a window does for a store while it is open: finishes runs whose recorder died. */
import { recoverLostRuns } from "../../recorder/recover";
import type { Store } from "../../store/contract";

export interface Maintenance {
  stop(): void;
}

const LOOK_MS = 10_000;

export function maintain(store: Store, onFault: (error: unknown) => void): Maintenance {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      await recoverLostRuns(store);
    } catch (error) {
      // A store that was closed meanwhile is nobody's trouble.
      if (!stopped) onFault(error);
    }
    if (!stopped) timer = setTimeout(() => void look(), LOOK_MS);
  }

  void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
