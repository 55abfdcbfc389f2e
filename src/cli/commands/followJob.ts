/** `modeltrail follow-job ID [COMMAND…]`: what looks after a job on a target, apart from any terminal. */
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { followHere } from "../../targets/launch/followHere";
import { untilClaimed } from "../../targets/launch/untilClaimed";

export async function followJobCommand(id: string, command: readonly string[]): Promise<void> {
  const store = openStore(locateRoot(process.cwd()).root, { create: false });
  try {
    const isEnded = store.jobs.get(id)?.state === "ended";
    if (isEnded || (await untilClaimed(store, id))) {
      await followHere(store, id, command.length > 0 ? command : undefined);
    }
  } catch (error) {
    // Nobody reads what we print: the next one to come takes the job over, and until then it says why it stands still.
    store.jobs.patch(id, { reason: `What looked after it failed: ${(error as Error).message}` });
    throw error;
  } finally {
    store.close();
  }
}
