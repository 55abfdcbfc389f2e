import { expect, test } from "vitest";
import { UserError } from "../../domain/errors";
import type { Job } from "../../domain/job";
import type { Store } from "../../store/contract";
import type { NewJob } from "../../store/jobs/contract";
import { hostToken, processIdentity } from "../../store/process";
import { newRun, tempStore } from "../../store/testStore";
import { type Places, type RunnerOptions, runQueue } from "./runner";

const newJob = (part: Partial<NewJob> = {}): NewJob => ({ target: "local", command: ["x"], cwd: "/", ...part });
const beforeTheRestart = { pid: 1, startToken: "1", host: hostToken().replace(/\/[^/]*\//, "/another-boot/") };

/** Begins each job by claiming it, and ends its run when the microtasks have run; what was begun, in order. */
async function work(
  store: Store,
  options: Partial<RunnerOptions> & { places?: (target: string) => Promise<Places> } = {},
) {
  const begun: string[] = [];
  const most = new Map<string, number>();
  const start = ({ id, target }: Job) => {
    begun.push(id);
    store.jobs.claim(id, null, processIdentity());
    const active = store.jobs.active().filter(({ job }) => job.target === target).length;
    most.set(target, Math.max(most.get(target) ?? 0, active));
    const run = store.createRun(newRun({ job: id }));
    const ended = new Promise<string>((resolve) => {
      setTimeout(() => {
        store.endRun(run, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
        resolve("");
      }, 20);
    });
    return { ended };
  };
  const { signal } = new AbortController();
  const places = async () => ({ slots: 1, gpus: [] });
  await runQueue({ store, places, start, signal, idleMs: 0, ...options });
  return { begun, most };
}

test("after the machine was started anew, what was claimed and not begun is begun; what ran is lost", async () => {
  const store = tempStore();
  const [claimed, ran, waits] = store.jobs.createMany([newJob(), newJob(), newJob()]);
  store.jobs.claim(claimed!.id, null, beforeTheRestart);
  store.jobs.claim(ran!.id, null, beforeTheRestart);
  store.createRun(newRun({ job: ran!.id, recorder: beforeTheRestart }));
  const { begun } = await work(store);
  expect(begun).toEqual([claimed!.id, waits!.id]);
  expect(store.jobs.getMany([claimed!.id, ran!.id, waits!.id]).map(({ outcome }) => outcome)).toEqual([
    "finished",
    "lost",
    "finished",
  ]);
});

test("each target has slots of its own, and what others began counts", async () => {
  const store = tempStore();
  store.jobs.createMany([...Array<NewJob>(5).fill(newJob()), ...Array<NewJob>(5).fill(newJob({ target: "far" }))]);
  store.jobs.create(newJob({ target: "far", state: "starting", follower: processIdentity() }));
  const { begun, most } = await work(store, {
    places: async (target) => ({ slots: target === "far" ? 3 : 2, gpus: [] }),
  });
  expect(begun).toHaveLength(10);
  expect(Object.fromEntries(most)).toEqual({ local: 2, far: 3 });
});

test("jobs of a target that is gone are refused, those that are paused stay", async () => {
  const store = tempStore();
  const [gone, paused] = store.jobs.createMany([newJob({ target: "gone" }), newJob({ target: "paused" })]);
  store.jobs.setPaused("paused", true);
  await work(store, {
    places: async (target) => {
      throw new UserError(`no ${target}`);
    },
  });
  expect(store.jobs.get(gone!.id)).toMatchObject({ outcome: "refused", reason: "no gone" });
  expect(store.jobs.get(paused!.id)!.state).toBe("queued");
});

test("a process that cannot be started, or ends at once, ends its job and no other", async () => {
  const store = tempStore();
  const [thrown, silent] = store.jobs.createMany([newJob(), newJob()]);
  await work(store, {
    start({ id }) {
      if (id === thrown!.id) throw new Error("no memory");
      return { ended: Promise.resolve("exit code 9") };
    },
  });
  expect(store.jobs.get(thrown!.id)).toMatchObject({ outcome: "refused", reason: "no memory" });
  expect(store.jobs.get(silent!.id)).toMatchObject({ outcome: "refused", reason: "exit code 9" });
});
