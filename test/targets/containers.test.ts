import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TargetOf } from "../../src/domain/targets";
import { findProgram } from "../../src/snapshot/findProgram";
import { makeContainerTarget } from "../../src/targets/container/containerTarget";
import type { JobHandle, Target, TargetStatus } from "../../src/targets/contract";
import { type TestJob, useTestJobs } from "./fixtures/plan";
import { findPodman, startService } from "./fixtures/podman";

const podman = await findPodman();
const hasDocker = podman !== undefined && findProgram("docker") !== undefined;
if (!hasDocker) console.warn("No Podman or no docker program: the test that needs both is left out.");
const never = new AbortController().signal;
const jobOf = useTestJobs();
let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "container-home-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

async function targetOf(job: TestJob, settings: Partial<TargetOf<"podman">> = {}): Promise<Target> {
  const all = { kind: "podman", image: podman!.image, network: "none", ...settings } as const;
  return makeContainerTarget("box", all, { root: job.root, env: { ...podman!.env, HOME: home } });
}

const submit = (target: Target, job: TestJob, keep: (handle: JobHandle) => void = () => {}) =>
  target.submit(job, { keep, onProgress() {}, signal: never });

async function follow(
  target: Target,
  job: TestJob,
  handle: JobHandle,
  onStatus: (status: TargetStatus) => void = () => {},
) {
  return target.follow(job, handle, { onStatus, onLost() {}, signal: never });
}

const containers = () => podman!.ask("ps", "--all", "--quiet", "--filter", "label=modeltrail.job").trim();
const spoolLines = (job: TestJob) =>
  readdirSync(job.spool)
    .flatMap((name) => readFileSync(path.join(job.spool, name), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(20);
}

describe.skipIf(!podman)("a real Podman", () => {
  test("runs a job, brings what it wrote, knows its image, and leaves nothing", async () => {
    const script = [
      "import os, sys",
      "print('out', flush=True); print('err', file=sys.stderr)",
      "print(open('data/in.txt').read(), end='')",
      "open('model.txt', 'w').write('trained')",
      "os.remove('old.txt')",
      "sys.exit(3)",
    ].join("\n");
    const job = jobOf({ "train.py": script, "data/in.txt": "given\n", "old.txt": "" }, ["python", "train.py"]);
    const target = await targetOf(job);
    expect(await target.check(job, never)).toEqual([]);
    const handle = await submit(target, job);
    expect(await submit(target, job)).toEqual(handle);
    const statuses: TargetStatus[] = [];
    const end = await follow(target, job, handle, (status) => statuses.push(status));
    expect(end).toMatchObject({ state: "ended", exitCode: 3, signal: null, reason: null });
    expect(readFileSync(job.logPath, "utf8")).toBe("out\nerr\ngiven\n");
    expect(await target.collect(job, handle, never)).toEqual([]);
    expect(readFileSync(path.join(job.stage, "model.txt"), "utf8")).toBe("trained");
    expect(existsSync(path.join(job.stage, "old.txt"))).toBe(false);
    const host = spoolLines(job).findLast(({ e }) => e === "host")!;
    const { variables, python } = host.environment as { variables: Record<string, string>; python: string };
    expect(variables.MODELTRAIL_IMAGE).toMatch(/^localhost\/modeltrail-test-base:latest@sha256:[0-9a-f]{64}$/);
    expect(python).toMatch(/^3\./);
    expect(host.root).toBe("/modeltrail/job/work");
    await target.clean(job, handle, never);
    expect(containers()).toBe("");
    expect(existsSync(handle.folder as string)).toBe(false);
  });

  test("says that memory was at its end: of a child that was ended, and of all", async () => {
    const eater = "b = bytearray(2 << 30)\n";
    const job = jobOf({ "train.py": eater }, ["python3", "train.py"], { limits: { memory: 96e6 } });
    const target = await targetOf(job);
    const handle = await submit(target, job);
    expect(await follow(target, job, handle)).toMatchObject({
      state: "ended",
      signal: "SIGKILL",
      reason: expect.stringMatching(/^(?:out of memory|memory limit)/),
    });
    // Podman leaves it where a container is started.
    expect(existsSync("oom")).toBe(false);
    await target.clean(job, handle, never);
  });

  test("cancelled while it runs, before it starts, and when it is over: nothing is left", async () => {
    const job = jobOf({ "run.sh": "setsid sleep 600 & echo on; sleep 600" }, ["sh", "run.sh"]);
    const target = await targetOf(job);
    const handle = await submit(target, job);
    const end = follow(target, job, handle);
    await until(() => existsSync(job.logPath) && readFileSync(job.logPath, "utf8") === "on\n");
    await target.cancel(job, handle, never);
    expect(podman!.ask("ps", "--quiet", "--filter", "label=modeltrail.job").trim()).toBe("");
    expect(await end).toMatchObject({ state: "ended", reason: "cancelled" });
    await target.cancel(job, handle, never);
    await target.clean(job, handle, never);

    const early = jobOf({}, ["sleep", "600"]);
    const kept: JobHandle[] = [];
    const stopped = new AbortController();
    const begun = target.submit(early, {
      keep(known) {
        kept.push(known);
        stopped.abort(new Error("stopped"));
      },
      onProgress() {},
      signal: stopped.signal,
    });
    await expect(begun).rejects.toThrow("stopped");
    await target.cancel(early, kept[0]!, never);
    await target.clean(early, kept[0]!, never);
    expect(containers()).toBe("");
    expect(readdirSync(path.join(home, ".modeltrail", "jobs")).filter((name) => !name.startsWith("."))).toEqual([]);
  });

  test("another follower goes on where the first was cut off", async () => {
    const script = "import time\nfor i in range(40): print(i, flush=True); time.sleep(0.02)\n";
    const job = jobOf({ "train.py": script }, ["python3", "train.py"]);
    const handle = await submit(await targetOf(job), job);
    const first = new AbortController();
    const cut = (await targetOf(job)).follow(job, handle, { onStatus() {}, onLost() {}, signal: first.signal });
    await until(() => existsSync(job.logPath));
    first.abort(new Error("cut"));
    await expect(cut).rejects.toThrow("cut");
    const target = await targetOf(job);
    const kept = JSON.parse(JSON.stringify(handle)) as JobHandle;
    expect(await follow(target, job, kept)).toMatchObject({ state: "ended", exitCode: 0 });
    expect(readFileSync(job.logPath, "utf8")).toBe(`${[...Array(40).keys()].join("\n")}\n`);
    await target.clean(job, kept, never);
    expect(containers()).toBe("");
  });

  test("removed from outside, it is gone, with what there was", async () => {
    const job = jobOf({}, ["sh", "-c", "echo on; sleep 600"]);
    const target = await targetOf(job);
    const handle = await submit(target, job);
    const end = follow(target, job, handle);
    await until(() => existsSync(job.logPath) && readFileSync(job.logPath, "utf8") === "on\n");
    podman!.ask("rm", "--force", "--time", "0", `modeltrail-${job.id}`);
    expect((await end).state).toMatch(/gone|ended/);
    expect(readFileSync(job.logPath, "utf8")).toBe("on\n");
    await target.clean(job, handle, never);
  });

  test("an image without Python is refused in words, and no container stays", async () => {
    const empty = path.join(home, "empty.tar");
    writeFileSync(empty, Buffer.alloc(10240));
    podman!.ask("import", empty, "localhost/modeltrail-test-empty");
    const job = jobOf({}, ["true"]);
    const target = await targetOf(job, { image: "localhost/modeltrail-test-empty" });
    await expect(submit(target, job)).rejects.toThrow(/has no python3/);
    expect(containers()).toBe("");
  });

  test("builds an image of the project's packages, once", async () => {
    const requirements = "# nothing that a network is needed for\n";
    const files = { "train.py": "import sys; print(sys.prefix)", "requirements.txt": requirements };
    const job = jobOf(files, ["python", "train.py"]);
    const target = await targetOf(job, { build: { base: podman!.image }, image: undefined });
    const said: string[] = [];
    const handle = await target.submit(job, { keep() {}, onProgress: (line) => said.push(line), signal: never });
    expect(await follow(target, job, handle)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(job.logPath, "utf8")).toBe("/opt/modeltrail\n");
    await target.clean(job, handle, never);
    const again = jobOf(files, ["python", "train.py"]);
    const more: string[] = [];
    const other = await target.submit(again, { keep() {}, onProgress: (line) => more.push(line), signal: never });
    expect(more.filter((line) => line.startsWith("building"))).toEqual([]);
    expect(await follow(target, again, other)).toMatchObject({ exitCode: 0 });
    await target.clean(again, other, never);
  });
});

test.skipIf(!hasDocker)(
  "an engine elsewhere, by Docker's own program, gets a copy, and its log brings all home",
  async () => {
    const service = await startService(podman!);
    try {
      const script = "print(open('in.txt').read()); open('model.txt', 'w').write('trained'); raise SystemExit(3)";
      const job = jobOf({ "train.py": script, "in.txt": "given" }, ["python", "train.py"]);
      const settings = { kind: "docker", image: podman!.image, network: "none" } as const;
      const target = await makeContainerTarget("far", settings, {
        root: job.root,
        env: { ...service.env, HOME: home },
      });
      expect(await target.check(job, never)).toEqual([]);
      const handle = await submit(target, job);
      expect(handle).toMatchObject({ copied: true, container: `modeltrail-${job.id}` });
      expect(await submit(target, job)).toEqual(handle);
      expect(await follow(target, job, handle)).toMatchObject({ state: "ended", exitCode: 3, reason: null });
      expect(readFileSync(job.logPath, "utf8")).toBe("given\n");
      expect(await target.collect(job, handle, never)).toEqual([]);
      expect(readFileSync(path.join(job.stage, "model.txt"), "utf8")).toBe("trained");
      await target.clean(job, handle, never);

      const long = jobOf({}, ["sh", "-c", "echo on; sleep 600"]);
      const other = await submit(target, long);
      const end = follow(target, long, other);
      await until(() => existsSync(long.logPath));
      await target.cancel(long, other, never);
      expect((await end).state).toBe("ended");
      expect(readFileSync(long.logPath, "utf8")).toBe("on\n");
      await target.clean(long, other, never);
      expect(containers()).toBe("");
    } finally {
      await service.stop();
    }
  },
);
