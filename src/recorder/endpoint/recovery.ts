/** What clients of MLflow's left of a run whose recorder died. */
import { existsSync, rmSync } from "node:fs";
import type { Store } from "../../store/contract";
import { reservePath } from "./reserve";
import { roomPath } from "./room";

/** The run's client may live on, but nobody hears it any more. */
export function endOwnedRun(store: Store, id: string): boolean {
  return store.endRun(id, { status: "lost", exitCode: null, signal: null, endTime: Date.now() });
}

/** Carries out what was put by while the disk was full. Throws when it still is. */
export async function replayPutBy(store: Store, id: string): Promise<void> {
  const folder = store.runFolder(id);
  rmSync(roomPath(folder), { force: true });
  if (!existsSync(reservePath(folder))) return;
  await (await import("./serve")).replayReserve(store, id);
}
