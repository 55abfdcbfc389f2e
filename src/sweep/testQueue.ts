/** For tests: a queue that begins jobs at once and ends them as they are told, without any process. */
import type { Job } from "../domain/job";
import type { Store } from "../store/contract";
import { newRun } from "../store/testStore";

/** What a job does: the values of its metric by step, and how it ends; undefined: it goes on. */
export type Play = (job: Job) => { metric?: string; values?: number[]; exitCode?: number } | undefined;

export function testQueue(store: Store, target: string, play: Play): { work(): void; begun: Job[] } {
  const begun: Job[] = [];

  function begin(job: Job): void {
    begun.push(job);
    const run = store.createRun(newRun({ name: job.name ?? undefined, command: job.command, tags: job.tags }));
    store.jobs.move(job.id, ["queued"], "running", { run });
  }

  function goOn(job: Job): void {
    const played = play(job);
    const { metric = "loss", values = [], exitCode } = played ?? {};
    const points = values.map((value, step) => ({ key: metric, value, step, time: step }));
    if (points.length > 0) store.ingest(job.run!, { points: [{ source: "output", points }] });
    if (exitCode === undefined) return;
    const status = exitCode === 0 ? "finished" : "failed";
    store.endRun(job.run!, { status, exitCode, signal: null, endTime: 2_000 });
    store.jobs.end(job.id, status);
  }

  return {
    begun,
    work() {
      for (const job of store.jobs.queued(target, 100)) begin(job);
      for (const { job } of store.jobs.active()) goOn(job);
    },
  };
}
