/** `modeltrail adopt ID`: records a run that was started in a terminal, by a task or by a debugger; see src/recorder/adopt/. */
import { adoptRun } from "../../recorder/adopt/adopt";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";

export async function adoptCommand(id: string, { source }: { source?: string }): Promise<void> {
  const store = openStore(locateRoot(process.cwd()).root);
  try {
    await adoptRun(store, id, { source });
  } finally {
    store.close();
  }
}
