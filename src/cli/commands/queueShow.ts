/** `modeltrail queue` */

import { toJson } from "../../domain/json";
import { LOCAL } from "../../domain/localTarget";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Store } from "../../store/contract";
import { findGpus } from "../../targets/queue/gpus";
import { isQueueLookedAfter } from "../../targets/queue/lock";
import { hasWork } from "../../targets/queue/runner";
import { startQueue } from "../../targets/queue/start";
import { slotsOf } from "../../targets/slots";
import { jobTable } from "../jobText";
import { openProject } from "../open";
import { pairs, print } from "../print";

/** As many jobs are listed. */
const SHOWN = 20;

export async function queueShowCommand({ json }: { json?: boolean }): Promise<void> {
  const store = await openProject();
  if (!store) return print(json ? "{}" : "Nothing is queued. Queue a command: modeltrail queue add -- python train.py");
  try {
    // What waits should not wait for nobody: the machine was started anew.
    if (hasWork(store)) startQueue(store.root);
    const queue = await describe(store);
    if (json) return print(toJson(queue, 2));
    const { paused, slots, gpus, running } = queue;
    print(
      pairs([
        ["slots", `${slots} on this machine${gpus.length > 0 ? `, GPUs ${gpus.join(", ")}` : ""}`],
        ["queued", counts(queue.queued)],
        ["running", counts(running)],
        ["paused", paused.length === 0 ? "no" : paused.map((target) => target ?? "all").join(", ")],
      ]),
    );
    const next = store.jobs.queuedTargets().flatMap((target) => store.jobs.queued(target, SHOWN));
    const jobs = [...store.jobs.active().map(({ job }) => job), ...next].slice(0, SHOWN);
    if (jobs.length > 0) print(`\n${jobTable(jobs, {}, Date.now())}`);
  } finally {
    store.close();
  }
}

async function describe(store: Store) {
  const file = await readProjectFile(store.root);
  const byState = (isMeant: (state: string) => boolean) => {
    const sums: Record<string, number> = {};
    for (const { target, state, count } of store.jobs.counts()) {
      if (isMeant(state)) sums[target] = (sums[target] ?? 0) + count;
    }
    return sums;
  };
  return {
    slots: slotsOf(file, LOCAL),
    gpus: await findGpus(file.local?.gpus, process.env),
    queued: byState((state) => state === "queued"),
    running: byState((state) => state !== "queued" && state !== "ended"),
    paused: store.jobs.paused(),
    lookedAfter: isQueueLookedAfter(store.folder),
  };
}

function counts(byTarget: Record<string, number>): string {
  const parts = Object.entries(byTarget).map(([target, count]) =>
    target === LOCAL ? `${count}` : `${count} on ${target}`,
  );
  return parts.length === 0 ? "none" : parts.join(", ");
}
