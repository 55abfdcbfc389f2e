import { expect, test } from "vitest";
import { processIdentity } from "../process";
import { newRun, tempStore } from "../testStore";
import type { NewJob } from "./contract";

const newJob = (part: Partial<NewJob> = {}): NewJob => ({
  target: "local",
  command: ["python", "train.py"],
  cwd: "/project",
  ...part,
});
const other = { pid: 1, startToken: "1", host: "elsewhere" };

test("a job begins as it was asked for, and goes through its states once", () => {
  const { jobs } = tempStore();
  const job = jobs.create(
    newJob({ name: "first", tags: { a: "b" }, gpus: 1, limits: { seconds: 60 }, env: { A: "1" } }),
  );
  expect(jobs.get(job.id)).toEqual(job);
  expect(job).toMatchObject({
    state: "queued",
    outcome: null,
    run: null,
    priority: 0,
    source: "cli",
    cancelling: false,
  });
  expect(jobs.claim(job.id, null, processIdentity())).toBe(true);
  expect(jobs.claim(job.id, null, other)).toBe(false);
  expect(jobs.get(job.id)!.state).toBe("starting");
  expect(jobs.follower(job.id)).toEqual(processIdentity());
  expect(jobs.move(job.id, ["queued"], "running")).toBe(false);
  expect(jobs.move(job.id, ["starting", "waiting"], "running", { run: "r", handle: { pid: 7 } })).toBe(true);
  const running = jobs.get(job.id)!;
  expect(running).toMatchObject({ run: "r", handle: { pid: 7 } });
  expect(running.started).toBeGreaterThanOrEqual(job.created);
  expect(jobs.end(job.id, "finished")).toBe(true);
  expect(jobs.end(job.id, "failed")).toBe(false);
  jobs.patch(job.id, { reason: "too late" });
  expect(jobs.get(job.id)).toMatchObject({ state: "ended", outcome: "finished", reason: null });
  expect(jobs.follower(job.id)).toBeNull();
  expect(jobs.ofRun("r")?.id).toBe(job.id);
});

test("the queue is in order of priority, then of age; targets wait apart", () => {
  const { jobs } = tempStore();
  const [a, b, c] = jobs.createMany([newJob(), newJob({ priority: 5 }), newJob()]);
  const far = jobs.create(newJob({ target: "cluster" }));
  expect(jobs.queued("local", 10).map(({ id }) => id)).toEqual([b!.id, a!.id, c!.id]);
  jobs.patch(c!.id, { priority: 9 });
  expect(jobs.queued("local", 1).map(({ id }) => id)).toEqual([c!.id]);
  expect(jobs.queuedTargets()).toEqual(["cluster", "local"]);
  jobs.claim(far.id, null, other);
  expect(jobs.active()).toMatchObject([{ job: { id: far.id }, follower: other }]);
  expect(jobs.counts()).toEqual([
    { target: "cluster", state: "starting", count: 1 },
    { target: "local", state: "queued", count: 3 },
  ]);
  expect(jobs.putBack(far.id)).toBe(true);
  expect(jobs.active()).toEqual([]);
});

test("a job that nobody has begun ends by being cancelled, another is told of it", () => {
  const { jobs } = tempStore();
  const [queued, begun] = jobs.createMany([newJob(), newJob()]);
  expect(jobs.requestCancel(queued!.id, "no more")).toBe(false);
  expect(jobs.get(queued!.id)).toMatchObject({ state: "ended", outcome: "refused", reason: "no more" });
  expect(jobs.claim(queued!.id, null, other)).toBe(false);
  jobs.claim(begun!.id, null, other);
  expect(jobs.requestCancel(begun!.id, "no more")).toBe(true);
  expect(jobs.get(begun!.id)).toMatchObject({ state: "starting", cancelling: true });
  expect(jobs.putBack(begun!.id)).toBe(false);
});

test("each change has a revision of its own, and says nothing of runs", () => {
  const store = tempStore();
  const { jobs } = store;
  const start = store.changesSince(0).revision;
  const { id } = jobs.create(newJob());
  const changed = jobs.changesSince(start);
  expect(changed).toEqual({ revision: start + 1, jobs: [id], all: false });
  expect(store.changesSince(start)).toMatchObject({ runs: [], all: false });
  // Nothing done is no change.
  jobs.move(id, ["running"], "collecting");
  jobs.putBack(id);
  expect(jobs.changesSince(changed.revision)).toEqual({ revision: changed.revision, jobs: [], all: false });
  jobs.createMany(Array.from({ length: 1_001 }, () => newJob()));
  expect(jobs.changesSince(changed.revision)).toMatchObject({ jobs: [], all: true });
});

test("pages hold every job once, also when jobs come in between", () => {
  const { jobs } = tempStore();
  const made = jobs.createMany(Array.from({ length: 5 }, (_, n) => newJob({ sweep: n % 2 ? "s" : undefined })));
  const first = jobs.list({ limit: 3 });
  jobs.create(newJob());
  const second = jobs.list({ limit: 3, cursor: first.next! });
  expect([...first.jobs, ...second.jobs].map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse());
  expect(second.next).toBeNull();
  expect(jobs.list({ sweep: "s" }).total).toBe(2);
  expect(jobs.list({ states: ["running"] })).toMatchObject({ jobs: [], total: 0 });
});

test("secrets are not kept: a queued command with one is refused, a begun one is masked", () => {
  const { jobs } = tempStore();
  const command = ["python", "train.py", "--api-key", "s3cr3t"];
  expect(() => jobs.create(newJob({ command }))).toThrow(/looks like a secret.*--api-key '\*\*\*'/);
  expect(jobs.list({}).total).toBe(0);
  expect(jobs.create(newJob({ command, state: "starting", follower: other })).command.at(-1)).toBe("***");
});

test("a job is found by the beginning of its id, or by its name", () => {
  const { jobs } = tempStore();
  const [job] = jobs.createMany([newJob({ name: "one" }), newJob({ name: "two" }), newJob({ name: "two" })]);
  expect(jobs.resolve(job!.id.slice(0, 8))).toBe(job!.id);
  expect(jobs.resolve("one")).toBe(job!.id);
  expect(() => jobs.resolve("two")).toThrow(/several jobs/);
  expect(() => jobs.resolve("three")).toThrow(/No job fits/);
});

test("queues are paused by target, or all at once", () => {
  const { jobs } = tempStore();
  jobs.setPaused("cluster", true);
  jobs.setPaused(null, true);
  jobs.setPaused(null, true);
  expect(jobs.paused()).toEqual([null, "cluster"]);
  jobs.setPaused(null, false);
  expect(jobs.paused()).toEqual(["cluster"]);
});

test("a job has its run's end, whoever tells it, and a reason that stays", () => {
  const store = tempStore();
  const [job, cancelled] = store.jobs.createMany([newJob(), newJob()]);
  const run = store.createRun(newRun({ job: job!.id }));
  expect(store.jobs.get(job!.id)!.run).toBe(run);
  store.jobs.move(job!.id, ["queued"], "running");
  store.endRun(run, { status: "failed", exitCode: null, signal: "SIGKILL", endTime: 2_000, reason: "out of memory" });
  expect(store.jobs.get(job!.id)).toMatchObject({ state: "ended", outcome: "failed", reason: "out of memory" });

  const other = store.createRun(newRun({ job: cancelled!.id }));
  store.jobs.move(cancelled!.id, ["queued"], "waiting", { reason: "for a node" });
  store.jobs.requestCancel(cancelled!.id, "Cancelled.");
  store.jobs.move(cancelled!.id, ["waiting"], "running");
  store.requestStop(other);
  store.endRun(other, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  expect(store.jobs.get(cancelled!.id)).toMatchObject({ outcome: "killed", reason: "Cancelled." });
});

test("with a freed run its job goes", () => {
  const store = tempStore();
  const run = store.createRun(newRun());
  store.endRun(run, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  const { id } = store.jobs.create(newJob({ run, state: "starting", follower: other }));
  const { revision } = store.changesSince(0);
  store.deleteRuns([run]);
  store.freeRuns([run]);
  expect(store.jobs.get(id)).toBeNull();
  expect(store.jobs.changesSince(revision).all).toBe(true);
});
