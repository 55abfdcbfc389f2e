import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TargetOf } from "../../src/domain/targets";
import type { Target, TargetStatus } from "../../src/targets/contract";
import { makeRayTarget } from "../../src/targets/ray/rayTarget";
import { type TestJob, useTestJobs } from "./fixtures/plan";
import { hasRay, type Ray, startRay } from "./fixtures/ray";

const never = new AbortController().signal;
let ray: Ray;
const jobOf = useTestJobs();

const targetOf = async (job: TestJob, settings: Partial<TargetOf<"ray">> = {}): Promise<Target> =>
  makeRayTarget("ray", { kind: "ray", address: ray.address, ...settings }, { root: job.root, env: process.env });

const submit = (target: Target, job: TestJob) => target.submit(job, { keep() {}, onProgress() {}, signal: never });
const known = async (job: TestJob) => (await fetch(`${ray.address}/api/jobs/modeltrail-${job.id}`)).status;

describe.skipIf(!hasRay)("a real Ray", () => {
  beforeAll(async () => {
    ray = await startRay();
  });
  afterAll(() => ray?.stop());

  test("runs a job, brings what it printed and wrote, and leaves nothing", async () => {
    const script = [
      "import os, sys",
      "print('\\n'.join(map(str, range(5000))))",
      "print(open('data/in.txt').read(), end='', flush=True)",
      "open('model.bin', 'wb').write(bytes(range(256)) * 400)",
      "sys.exit(3)",
    ].join("\n");
    const job = jobOf({ "train.py": script, "data/in.txt": "given\n" }, ["python", "train.py"]);
    const target = await targetOf(job);
    expect(await target.check(job, never)).toEqual([]);
    const handle = await submit(target, job);
    expect(await submit(target, job)).toEqual(handle);
    const states = new Set<string>();
    const onStatus = ({ state }: TargetStatus) => states.add(state);
    const end = await target.follow(job, handle, { onStatus, onLost() {}, signal: never });
    expect(end).toMatchObject({ state: "ended", exitCode: 3, signal: null, reason: null });
    expect(states.has("running")).toBe(true);
    const lines = readFileSync(job.logPath, "utf8").trimEnd().split("\n");
    expect(lines.slice(0, 5001)).toEqual([...Array.from({ length: 5000 }, (_, index) => String(index)), "given"]);
    expect(await target.collect(job, handle, never)).toEqual([]);
    expect(readFileSync(path.join(job.stage, "model.bin"))).toEqual(
      Buffer.concat(Array(400).fill(Buffer.from([...Array(256).keys()]))),
    );
    await target.clean(job, handle, never);
    expect(await known(job)).toBe(404);
  });

  test("cancelled while it runs, its processes end, and what it had printed is here", async () => {
    const job = jobOf({}, ["sh", "-c", "echo $$; sleep 600"]);
    const target = await targetOf(job);
    const handle = await submit(target, job);
    const end = target.follow(job, handle, { onStatus() {}, onLost() {}, signal: never });
    while (!existsSync(job.logPath) || !readFileSync(job.logPath, "utf8").endsWith("\n")) await wait(20);
    await target.cancel(job, handle, never);
    expect((await end).state).toBe("ended");
    const pid = Number(readFileSync(job.logPath, "utf8"));
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await target.cancel(job, handle, never);
    await target.clean(job, handle, never);
    expect(await known(job)).toBe(404);
  });

  test("a job that is removed in Ray is gone; a place that is no Ray is told", async () => {
    const job = jobOf({}, ["true"]);
    const target = await targetOf(job);
    const end = await target.follow(job, {}, { onStatus() {}, onLost() {}, signal: never });
    expect(end).toEqual({ state: "gone", reason: "Ray does not know the job any more" });
    const elsewhere = await targetOf(job, { address: "http://127.0.0.1:9" });
    expect(await elsewhere.check(job, never)).toEqual([
      { severity: "error", message: expect.stringMatching(/^Ray at http:\/\/127\.0\.0\.1:9 does not answer/) },
    ]);
    const locked = await targetOf(job, { tokenVariable: "NO_SUCH_TOKEN" });
    expect(await locked.check(job, never)).toMatchObject([{ severity: "error" }]);
  });
});
