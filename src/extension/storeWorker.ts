/** The worker thread that owns every SQLite connection of this window, so that the extension host never waits for a disk. */
import { parentPort } from "node:worker_threads";
import { openChannel } from "../protocol/channel";
import type { StoreApi, StoreEvents } from "./worker/api";
import { createStoreService } from "./worker/service";

const port = parentPort;
if (!port) throw new Error("The store worker is started by the extension, as a thread.");

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const service = createStoreService({
  changed: (change) => host.notify("changed", change),
  notice: (root, message) => host.notify("notice", { root, message }),
  fault: (error) => host.notify("fault", stackOf(error)),
});
const host = openChannel<StoreApi, StoreEvents>({
  port: {
    post: (message) => port.postMessage(message),
    listen: (listener) => {
      port.on("message", listener);
      return () => port.off("message", listener);
    },
  },
  handlers: service.handlers,
  onFault: (error) => host.notify("fault", stackOf(error)),
});
