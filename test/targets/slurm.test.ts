import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { TargetOf } from "../../src/domain/targets";
import type { Target } from "../../src/targets/contract";
import { makeSlurmTarget } from "../../src/targets/slurm/slurmTarget";
import { counted, counting, follow, makeJob, submit, type TestJob, until } from "./fixtures/job";
import { hasSlurm, type Slurm, startSlurm } from "./fixtures/slurm";
import { type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

// A limit only ends what hangs: machines that build and test at the same time take their time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const never = new AbortController().signal;

describe.skipIf(!hasSlurm)("jobs on a real Slurm", () => {
  let slurm: Slurm;
  let home: string;
  const jobs: TestJob[] = [];
  beforeAll(async () => {
    slurm = await startSlurm();
    home = mkdtempSync("/tmp/mt-slurm-home-");
  });
  afterEach(() => {
    for (const job of jobs.splice(0)) {
      expect(job.processes()).toEqual([]);
      job.remove();
    }
    expect(slurm.ask("squeue", "--noheader")).toBe("");
  });
  afterAll(async () => {
    await slurm.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function job(...args: Parameters<typeof makeJob>): TestJob {
    const made = makeJob(...args);
    jobs.push(made);
    return made;
  }
  function cluster(settings: Partial<TargetOf<"slurm">> = {}): Target {
    const context = { root: home, env: { ...slurm.env, HOME: home } };
    return makeSlurmTarget("cluster", { kind: "slurm", memory: 200 * 2 ** 20, ...settings }, context);
  }
  const foldersOfJobs = () => readdirSync(path.join(home, ".modeltrail/jobs")).filter((name) => !name.startsWith("."));
  const printing = (one: TestJob, line: number) =>
    until(() => one.log().includes(`line ${line}\n`), "the job prints", 60_000);

  test("waits, runs with its resources, and brings all home", async () => {
    // It goes on until it was seen running.
    const program = `import os, sys, time
print(os.environ["SLURM_CPUS_PER_TASK"], os.environ["FROM_SETUP"])
while not os.path.exists("seen"):
    time.sleep(0.02)
open("out.txt", "w").write("done")
sys.exit(5)
`;
    const one = job(program, { limits: { seconds: 90 } });
    const target = cluster({ cpus: 2, setup: ["export FROM_SETUP='a b'"], options: ["--comment=ours"] });
    const { handle, problems } = await submit(target, one);
    expect(problems).toEqual([]);
    const details = slurm.ask("scontrol", "show", "job", "--oneliner", String(handle.slurm));
    expect(details).toContain("JobName=quiet-owl ");
    expect(details).toContain("TimeLimit=00:02:00 ");
    expect(details).toContain("Requeue=0 ");
    const end = await target.follow(one.plan, handle, {
      onStatus({ state }) {
        if (state === "running") {
          writeFileSync(path.join(home, ".modeltrail/jobs", foldersOfJobs()[0]!, "work/seen"), "");
        }
      },
      onLost() {},
      signal: never,
    });
    expect(end).toMatchObject({ state: "ended", exitCode: 5, signal: null, reason: null });
    expect(one.log()).toBe("2 a b\n");
    expect(await target.collect(one.plan, handle, never)).toEqual([]);
    expect(one.file("out.txt")).toBe("done");
    await target.clean(one.plan, handle, never);
    expect(foldersOfJobs()).toEqual([]);
  });

  test("is not handed over twice", async () => {
    const one = job(counting(3, 0.01));
    const target = cluster();
    const first = await submit(target, one);
    const second = await target.submit(one.plan, { keep() {}, onProgress() {}, signal: never });
    expect(second).toEqual(first.handle);
    await follow(target, one, second);
    expect(one.log()).toBe(counted(3));
    await target.clean(one.plan, second, never);
  });

  test("several jobs are one array, and each its own run", async () => {
    const target = cluster({ slots: 2 });
    const trials = [0, 1, 2].map((index) => job(`print("trial", ${index})\nopen("r", "w").write("${index}")\n`));
    const plans = trials.map(({ plan }) => plan);
    const handles = await target.submitMany!(plans, { keep() {}, onProgress() {}, signal: never });
    const [id] = String(handles[0]!.slurm).split("_");
    expect(handles.map(({ slurm }) => slurm)).toEqual([`${id}_0`, `${id}_1`, `${id}_2`]);
    await Promise.all(
      trials.map(async (trial, index) => {
        const { end } = await follow(target, trial, handles[index]!);
        expect(end).toMatchObject({ exitCode: 0 });
        expect(trial.log()).toBe(`trial ${index}\n`);
        await target.collect(trial.plan, handles[index]!, never);
        expect(trial.file("r")).toBe(String(index));
        await target.clean(trial.plan, handles[index]!, never);
      }),
    );
  });

  test("a job that never came to Slurm is gone", async () => {
    const one = job("print('never')\n");
    const { end } = await follow(cluster(), one, {
      folder: "~/.modeltrail/jobs/none",
      agent: "~/none",
      python: "python3",
    });
    expect(end).toEqual({ state: "gone", reason: "it was never handed to Slurm" });
  });

  test("says why it waits, and is cancelled while it does", async () => {
    const target = cluster({ options: ["--hold"] });
    const one = job("print('never')\n");
    const { handle } = await submit(target, one);
    const stop = new AbortController();
    const statuses: unknown[] = [];
    const following = target.follow(one.plan, handle, {
      onStatus: (status) => statuses.push(status),
      onLost() {},
      signal: stop.signal,
    });
    await until(() => statuses.length > 0, "Slurm's word comes");
    expect(statuses[0]).toEqual({ state: "waiting", reason: "held by its user (scontrol release)" });
    await target.cancel(one.plan, handle, never);
    expect(await following).toMatchObject({ state: "ended", reason: "cancelled" });
    expect(one.log()).toBe("");
    await target.clean(one.plan, handle, never);
  });

  test("is cancelled while it runs, by us and from outside", async () => {
    for (const [reason, cancel] of [
      ["cancelled", (target: Target, one: TestJob, handle: object) => target.cancel(one.plan, { ...handle }, never)],
      [
        "cancelled in Slurm",
        async (_target: Target, _one: TestJob, handle: { slurm?: unknown }) => {
          slurm.ask("scancel", String(handle.slurm));
        },
      ],
    ] as const) {
      const one = job(`import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n${counting(600, 0.1)}`);
      const target = cluster();
      const { handle } = await submit(target, one);
      const following = follow(target, one, handle);
      await printing(one, 3);
      await cancel(target, one, handle);
      const { end } = await following;
      expect(end, reason).toMatchObject({ state: "ended", reason });
      expect(one.log()).toContain("line 0\nline 1\nline 2\nline 3\n");
      await until(() => slurm.ask("squeue", "--noheader") === "", "the queue is empty");
      await target.clean(one.plan, handle, never);
    }
  });

  test("that Slurm kills for memory shows as such", async () => {
    const one = job("import time\nprint('begun', flush=True)\nx = b'x' * 400_000_000\ntime.sleep(60)\n");
    const target = cluster({ memory: 100 * 2 ** 20 });
    const { handle } = await submit(target, one);
    const { end } = await follow(target, one, handle);
    expect(end).toMatchObject({ reason: "out of memory" });
    expect(one.log()).toBe("begun\n");
    for (const pid of one.processes()) process.kill(Number(pid), "SIGKILL");
    await target.clean(one.plan, handle, never);
  });

  test("whose node is gone ends with what there was", async () => {
    const one = job(`open("early", "w").write("kept")\n${counting(600, 0.1)}`);
    const target = cluster();
    const { handle } = await submit(target, one);
    const following = follow(target, one, handle);
    await printing(one, 3);
    await slurm.endNode();
    for (const pid of one.processes()) process.kill(Number(pid), "SIGKILL");
    const { end } = await following;
    await slurm.startNode();
    expect(end.reason).toMatch(/node failed|gone/);
    expect(one.log()).toContain("line 3\n");
    await target.collect(one.plan, handle, never);
    expect(one.file("early")).toBe("kept");
    await target.clean(one.plan, handle, never);
  });

  test("says before the start what Slurm would refuse", async () => {
    const one = job("");
    const problem = async (settings: Partial<TargetOf<"slurm">>) => (await cluster(settings).check(one.plan, never))[0];
    expect(await problem({ partition: "nowhere" })).toMatchObject({
      severity: "error",
      message: expect.stringMatching(/Slurm would refuse this job: .*invalid partition/i),
    });
    expect((await problem({ cpus: 500 }))?.severity).toBe("error");
    expect((await problem({ memory: 2 ** 45 }))?.severity).toBe("error");
    expect(() => cluster({ options: ["--array=0-9"] })).toThrow("cannot be among the options");
  });

  test.skipIf(!sshdProgram)("over ssh, with the login node out of reach for a while", async () => {
    const sshd: Sshd = await startSshd({ setEnv: { SLURM_CONF: slurm.env.SLURM_CONF! } });
    try {
      const context = { root: sshd.folder, env: sshd.env };
      const settings = { kind: "slurm", host: sshd.alias, sshConfig: sshd.config, memory: 200 * 2 ** 20 } as const;
      const target = makeSlurmTarget("cluster", settings, context);
      const one = job(counting(40, 0.1));
      const { handle } = await submit(target, one);
      const following = follow(target, one, handle);
      await printing(one, 5);
      sshd.link.cut("refuse");
      await until(() => existsSync(path.join(String(handle.folder), "output.log")), "");
      const ahead = () => readFileSync(path.join(String(handle.folder), "output.log"), "utf8").length;
      await until(() => ahead() > one.log().length, "it goes on without us");
      sshd.link.restore();
      expect((await following).end).toMatchObject({ exitCode: 0 });
      expect(one.log()).toBe(counted(40));
      await target.clean(one.plan, handle, never);
    } finally {
      await sshd.stop();
    }
  });
});
