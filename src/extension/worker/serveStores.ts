/** Answers the extension host from the stores, as long as the window lives. */
import type { MessagePort } from "node:worker_threads";
import { openChannel } from "../../protocol/channel";
import { movedWith } from "../../protocol/columns";
import type { StoreApi, StoreEvents } from "./api";
import { createStoreService } from "./service";

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

export function serveStores(port: MessagePort): void {
  const service = createStoreService({
    changed: (change) => host.notify("changed", change),
    notice: (root, message) => host.notify("notice", { root, message }),
    fault: (error) => host.notify("fault", stackOf(error)),
  });
  const host = openChannel<StoreApi, StoreEvents>({
    port: {
      post: (message) => port.postMessage(message, movedWith(message)),
      listen: (listener) => {
        port.on("message", listener);
        return () => port.off("message", listener);
      },
    },
    handlers: service.handlers,
    onFault: (error) => host.notify("fault", stackOf(error)),
  });
}
