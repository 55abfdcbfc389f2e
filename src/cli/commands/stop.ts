/** `modeltrail stop RUN` */
import { UserError } from "../../domain/errors";
import { stopRun } from "../../recorder/stop";
import { withStore } from "../open";
import { oneLine, print } from "../print";

export async function stopCommand(reference: string): Promise<void> {
  await withStore(async (store) => {
    const id = store.resolveRun(reference);
    const run = store.getSummaries([id])[0]!;
    if (run.status !== "running") {
      throw new UserError(`${oneLine(run.name)} is not running any more: it is ${run.status}.`);
    }
    await stopRun(store, id);
    print(`Stopped ${oneLine(run.name)} (${id.slice(0, 8)}).`);
  });
}
