import { readdir } from "node:fs/promises";
import path from "node:path";
import { isRunId } from "../../domain/runId";

/** Ids of runs that announced themselves in a store and are not known to have ended. */
export async function listWaiting(storeFolder: string): Promise<string[]> {
  return (await readdir(path.join(storeFolder, "adopt")).catch(() => [])).filter(isRunId);
}
