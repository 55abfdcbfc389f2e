/** Long work for the extension, in a thread of its own: one chore, then the thread ends. Reading the stores never waits for it. */
import type { MessagePort } from "node:worker_threads";
import { openChannel } from "../../../protocol/channel";
import type { ChoreApi, ChoreEvents, ChoreProgress } from "./api";
import { choreHandlers } from "./handlers";

/** Progress comes by the thousand; nobody sees more than a few a second. */
const REPORT_MS = 100;

export function serveChore(port: MessagePort): void {
  let last = 0;
  const host = openChannel<ChoreApi, ChoreEvents>({
    port: {
      post(message) {
        port.postMessage(message);
        // The answer was the last word: with the port closed, the thread ends when all is tidied up.
        if (!isProgress(message)) port.close();
      },
      listen: (listener) => {
        port.on("message", listener);
        return () => port.off("message", listener);
      },
    },
    handlers: choreHandlers((progress: ChoreProgress) => {
      const now = performance.now();
      if (now - last < REPORT_MS) return;
      last = now;
      host.notify("progress", progress);
    }),
    onFault: (error) => {
      throw error;
    },
  });
}

const isProgress = (message: unknown) => (message as { kind?: string }).kind === "notify";
