/** `modeltrail queue pause` and `resume` */
import { LOCAL } from "../../domain/localTarget";
import { startQueue } from "../../targets/queue/start";
import { jobTargetSettings } from "../../targets/registry";
import { withStore } from "../open";
import { print } from "../print";

export async function pauseCommand(target: string | undefined, paused: boolean): Promise<void> {
  await withStore(async (store) => {
    if (target !== undefined && target !== LOCAL) await jobTargetSettings(store.root, target);
    store.jobs.setPaused(target ?? null, paused);
    if (!paused) startQueue(store.root);
    const what = target === undefined ? "The queue" : `The queue of ${target}`;
    print(paused ? `${what} is paused: what runs goes on, and nothing else starts.` : `${what} goes on.`);
  });
}
