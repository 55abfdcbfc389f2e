/** `modeltrail finish-run ID`: what a recorder starts to read the rest of its run, so that its terminal is free again. */
import { finishHandedOver } from "../../recorder/recover";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";

export async function finishRunCommand(id: string): Promise<void> {
  const store = openStore(locateRoot(process.cwd()).root, { create: false });
  try {
    await finishHandedOver(store, id);
  } finally {
    store.close();
  }
}
