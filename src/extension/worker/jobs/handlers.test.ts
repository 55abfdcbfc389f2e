import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Store } from "../../../store/contract";
import { openStore } from "../../../store/open";
import { processIdentity } from "../../../store/process";
import type { StoreChange } from "../api";
import { createStoreService, type StoreService } from "../service";
import type { JobRequest } from "./api";

const never = new AbortController().signal;
let root: string;
let service: StoreService;
let changes: StoreChange[];
let store: Store | undefined;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "worker-jobs-")));
  changes = [];
  store = undefined;
  service = createStoreService({ changed: (change) => changes.push(change), notice: () => {}, fault: () => {} });
});
afterEach(() => {
  service.close();
  store?.close();
  rmSync(root, { recursive: true, force: true });
});

const open = (mayWrite = true) => service.handlers.open({ folder: root, mayWrite }, never);
const request = (job: Partial<JobRequest> = {}): JobRequest => ({
  target: "local",
  command: ["python", "train.py"],
  cwd: root,
  ...job,
});
const add = (job?: Partial<JobRequest>) => service.handlers.addJob({ root, job: request(job) }, never) as string;
const counts = () => service.handlers.jobCounts({ root }, never);
const list = (group: "queued" | "active" | "ended", limit = 50) =>
  service.handlers.listJobs({ root, group, limit }, never);

/** The store as another process has it open. */
const otherProcess = () => (store ??= openStore(root));

test("a job can be added to a project that has no store yet; in Restricted Mode to none", async () => {
  open();
  expect(counts()).toEqual({ queued: 0, active: 0, ended: 0, running: 0, paused: [] });
  expect(await list("queued")).toEqual([]);
  const id = await add();
  expect(counts()).toMatchObject({ queued: 1 });
  expect((await list("queued"))[0]).toMatchObject({ id, source: "vscode", progress: null, costPerHour: null });
  service.handlers.close({ root }, never);
  open(false);
  await expect(add()).rejects.toThrow("Restricted Mode");
});

test("queued jobs stand in the order in which they begin, whatever their target", async () => {
  open();
  writeFileSync(path.join(root, "modeltrail.yaml"), "targets: {gpu: {kind: ssh, host: gpu-box}}\n");
  const first = await add();
  const second = await add({ target: "gpu" });
  const third = await add();
  service.handlers.setJobPriority({ root, ids: [third], priority: 1 }, never);
  expect((await list("queued")).map(({ id }) => id)).toEqual([third, first, second]);
  expect((await list("queued", 2)).map(({ id }) => id)).toEqual([third, first]);
  expect((await service.handlers.getJobs({ root, ids: [second, "0".repeat(32)] }, never)).map(({ id }) => id)).toEqual([
    second,
  ]);
});

test("of a running job, its metric and what its target costs", async () => {
  writeFileSync(path.join(root, "modeltrail.yaml"), "local: {costPerHour: 2.5}\n");
  open();
  const id = await add();
  const other = otherProcess();
  const recorder = processIdentity();
  other.jobs.claim(id, null, recorder);
  const started = { experiment: "e", command: ["c"], cwd: root, script: null, startTime: 1, recorder, source: "test" };
  const run = other.createRun({ ...started, job: id });
  other.jobs.move(id, ["starting"], "running");
  other.ingest(run, { points: [{ source: "output", points: [{ key: "loss", step: 7, value: 0.25, time: 1 }] }] });
  const [job] = await list("active");
  expect(job).toMatchObject({ id, run, state: "running", costPerHour: 2.5 });
  expect(job!.progress).toEqual({ metric: "loss", value: 0.25, step: 7 });
  expect(counts()).toMatchObject({ active: 1, running: 1 });
});

test("targets stand behind this machine, with what tells them apart; none in a file that makes no sense", async () => {
  open();
  const file = path.join(root, "modeltrail.yaml");
  const list = () => service.handlers.listTargets({ root }, never);
  expect(await list()).toEqual([
    { name: "local", kind: "local", place: "", slots: null, costPerHour: null, secrets: [] },
  ]);
  writeFileSync(
    file,
    "local: {slots: 2}\ntargets:\n  ray: {kind: ray, address: 'http://head:8265', tokenVariable: RAY_TOKEN, slots: 3}\n",
  );
  expect(await list()).toEqual([
    { name: "local", kind: "local", place: "", slots: 2, costPerHour: null, secrets: [] },
    { name: "ray", kind: "ray", place: "http://head:8265", slots: 3, costPerHour: null, secrets: ["RAY_TOKEN"] },
  ]);
  writeFileSync(file, "targets: {x: {kind: nothing}}\n");
  await expect(list()).rejects.toThrow(/modeltrail\.yaml cannot be used: targets\.x\.kind/);
});

test("cancelled, retried, paused", async () => {
  open();
  const id = await add({ name: "once", gpus: 1, tags: { a: "b" } });
  await service.handlers.cancelJobs({ root, ids: [id] }, never);
  expect((await list("ended"))[0]).toMatchObject({ id, outcome: "refused", reason: "It was cancelled." });
  const [again] = service.handlers.retryJobs({ root, ids: [id] }, never) as string[];
  expect((await list("queued"))[0]).toMatchObject({
    id: again,
    retryOf: id,
    name: null,
    gpus: 1,
    tags: { a: "b" },
    outcome: null,
  });
  service.handlers.setQueuePaused({ root, target: null, paused: true }, never);
  expect(counts()).toMatchObject({ paused: [null] });
});

test("changes of jobs are told by their ids", async () => {
  open();
  const first = await add();
  await vi.waitFor(() => expect(changes.at(-1)?.jobs).toEqual([first]), 5_000);
  const id = otherProcess().jobs.create(request()).id;
  await vi.waitFor(() => expect(changes.at(-1)).toMatchObject({ jobs: [id], all: false, runs: [] }), 5_000);
});
