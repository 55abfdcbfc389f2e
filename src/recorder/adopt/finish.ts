/** The end of a run that we did not start. */
import type { Store } from "../../store/contract";
import { createRunPipeline, type RunPipeline } from "../runPipeline";
import { type Announced, readAnnounced, withdraw } from "./announcements";
import { adoptedEnd } from "./end";
import { lastWord } from "./lastWord";
import { readTold } from "./told";

/**
 * Finishes a run after its process and its recorder are gone. `lastSign`: ms since the epoch of the last that is known of it.
 * False when someone else ended it meanwhile.
 */
export async function finishAdopted(store: Store, id: string, lastSign: number): Promise<boolean> {
  const announced = readAnnounced(store.runFolder(id));
  const endTime = (announced && lastWord(announced.spoolFile)?.t) ?? lastSign;
  const pipeline = await createRunPipeline(store, id, { endTime, env: announced?.start.adopt.variables });
  try {
    return await conclude(store, id, announced, pipeline, endTime);
  } finally {
    await pipeline.close();
  }
}

/** Reads what is left of a run whose process is gone, and ends it as far as is known how. */
export async function conclude(
  store: Store,
  id: string,
  announced: Announced | null,
  pipeline: RunPipeline,
  endTime: number,
): Promise<boolean> {
  const told = readTold(store.runFolder(id));
  const { gaps, ...end } = adoptedEnd({
    told,
    close: announced ? lastWord(announced.spoolFile) : undefined,
    terminal: announced?.start.adopt.terminal ?? true,
    stopped: told.stopped === true || store.stopRequested(id),
  });
  pipeline.add({ gaps });
  const ended = store.endRun(id, { ...end, endTime }, await pipeline.finish());
  withdraw(store.folder, id);
  return ended;
}
