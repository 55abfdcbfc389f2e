/** The queue as its users have it: real processes, real runs. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { Job } from "../../src/domain/job";
import type { Store } from "../../src/store/contract";
import { isAlive } from "../../src/store/process";
import { isQueueLookedAfter } from "../../src/targets/queue/lock";
import { makeProject, modeltrail, python, runSession, useCli, withStore } from "../recorder/cli";

useCli();

const projects: string[] = [];
afterAll(async () => {
  // Whoever looks after the queue goes by itself; the folders are removed after that.
  for (const folder of projects) {
    withStore(folder, ({ jobs }) => jobs.setPaused(null, true));
    await until(folder, (store) => !isQueueLookedAfter(store.folder));
  }
});

function queueProject(files: Record<string, string> = {}): string {
  const folder = makeProject({ "modeltrail.yaml": "local: {slots: 1}\n", ...files });
  projects.push(folder);
  return folder;
}

async function run(folder: string, ...args: string[]): Promise<string> {
  const result = await runSession({ command: modeltrail(...args), cwd: folder });
  if (result.code !== 0) throw new Error(`${args.join(" ")}: ${result.err.toString()}`);
  return result.out.toString();
}

const add = async (folder: string, ...args: string[]): Promise<Job[]> =>
  JSON.parse(await run(folder, "queue", "add", "--json", ...args)) as Job[];

/** Waits until `holds`, however long that takes. */
async function until(folder: string, holds: (store: Store) => boolean): Promise<void> {
  while (!withStore(folder, holds)) await wait(50);
}

const allEnded = ({ jobs }: Store) => jobs.list({}).jobs.every(({ state }) => state === "ended");

test("jobs run by priority, one at a time, in the folder and with the Python that they were asked for in", async () => {
  const folder = queueProject({
    "sub/a.py": [
      "import os, sys, time",
      "open('../order.txt', 'a').write(sys.argv[1] + ' ')",
      "time.sleep(0.1)",
      "open('../order.txt', 'a').write(sys.argv[1] + ' ')",
      "print(os.environ['PYTHONHASHSEED'], os.environ.get('MINE'))",
    ].join("\n"),
  });
  await run(folder, "run", "--", python, "-c", "pass");
  await run(folder, "queue", "pause");
  const session = (words: string[]) =>
    runSession({ command: modeltrail(...words), cwd: join(folder, "sub"), env: { PYTHONHASHSEED: "7", OTHER: "1" } });
  for (const [name, priority] of [
    ["low", "0"],
    ["high", "5"],
    ["low2", "0"],
  ] as const) {
    const words = ["queue", "add", "--priority", priority, "--env", "MINE=yes", "--name", name, "--tag", "a=b"];
    expect((await session([...words, "--", "python3", "a.py", name])).code).toBe(0);
  }
  expect(JSON.parse(await run(folder, "queue", "--json"))).toMatchObject({ queued: { local: 3 }, paused: [null] });
  // From there as well: its home is where it is, and a project ends below the home of who looks after the queue.
  expect((await session(["queue", "resume"])).code).toBe(0);
  await run(folder, "jobs", "--follow");
  expect(readFileSync(join(folder, "order.txt"), "utf8")).toBe("high high low low low2 low2 ");
  withStore(folder, (store) => {
    const { jobs } = store.jobs.list({});
    for (const job of jobs) {
      expect(job).toMatchObject({ state: "ended", outcome: "finished", handle: { gpus: [] } });
      const recorded = store.getRun(job.run!)!;
      expect(recorded).toMatchObject({
        name: job.name,
        status: "finished",
        cwd: join(folder, "sub"),
        tags: { a: "b" },
      });
      expect(readFileSync(store.logPath(job.run!), "utf8")).toBe("7 yes\n");
    }
  });
});

test("GPUs are given out: each to one job at a time, and a job that needs more than there are is refused", async () => {
  const folder = queueProject({
    "modeltrail.yaml": "local: {slots: 4, gpus: [0, 1, 5]}\n",
    "gpu.py": [
      "import os, time, glob",
      "mine = os.environ['CUDA_VISIBLE_DEVICES'].split(',')",
      "for g in mine: os.mkdir('gpu' + g)",
      "time.sleep(0.15)",
      "for g in mine: os.rmdir('gpu' + g)",
      "print(*mine)",
    ].join("\n"),
  });
  await add(folder, "--gpus", "1", "--times", "4", "--", python, "gpu.py");
  await add(folder, "--gpus", "2", "--", python, "gpu.py");
  const [tooMany] = await add(folder, "--gpus", "4", "--", python, "gpu.py");
  await until(folder, allEnded);
  withStore(folder, (store) => {
    const { jobs } = store.jobs.list({});
    expect(jobs.map(({ outcome }) => outcome)).toEqual(["refused", ...Array<string>(5).fill("finished")]);
    expect(store.jobs.get(tooMany!.id)!.reason).toBe("It needs 4 GPUs, and this machine has 3 to give.");
    for (const { run: id, handle } of jobs.slice(1)) {
      const { gpus } = handle as { gpus: string[] };
      expect(readFileSync(store.logPath(id!), "utf8")).toBe(`${gpus.join(" ")}\n`);
    }
  });
});

test("killing what looks after the queue stops nothing that runs, and what waits is begun by the next, once", async () => {
  const folder = queueProject({
    "slow.py":
      "import sys, time\nopen(sys.argv[1], 'a').write('x')\nwhile True:\n  try: open('go'); break\n  except OSError: time.sleep(0.02)\n",
  });
  const [first] = await add(folder, "--", python, "slow.py", "one");
  const [second] = await add(folder, "--", python, "slow.py", "two");
  await until(folder, ({ jobs }) => jobs.get(first!.id)!.state === "running");
  process.kill(queuePid(folder), "SIGKILL");
  await until(folder, (store) => !isQueueLookedAfter(store.folder));
  expect(withStore(folder, ({ jobs }) => jobs.get(first!.id)!.state)).toBe("running");
  // Another begins to look after it, and finds the slot taken.
  const [third] = await add(folder, "--", python, "slow.py", "three");
  await run(folder, "run", "--", "touch", "go");
  await until(folder, allEnded);
  for (const [job, file] of [
    [first, "one"],
    [second, "two"],
    [third, "three"],
  ] as const) {
    expect(readFileSync(join(folder, file), "utf8")).toBe("x");
    expect(withStore(folder, ({ jobs }) => jobs.get(job!.id)!.outcome)).toBe("finished");
  }
});

test("a job whose recorder is killed is lost, and the queue goes on", async () => {
  const folder = queueProject();
  const [first] = await add(folder, "--", python, "-c", "import time; time.sleep(600)");
  const [second] = await add(folder, "--", python, "-c", "print(1)");
  await until(folder, (store) => store.running()[0]?.process != null);
  const { recorder, process: command } = withStore(folder, (store) => store.running()[0]!);
  process.kill(recorder.pid, "SIGKILL");
  await until(folder, allEnded);
  if (isAlive(command!)) process.kill(command!.pid, "SIGKILL");
  withStore(folder, (store) => {
    expect(store.jobs.get(first!.id)).toMatchObject({ outcome: "lost" });
    expect(store.getSummaries([store.jobs.get(first!.id)!.run!])[0]!.status).toBe("lost");
    expect(store.jobs.get(second!.id)!.outcome).toBe("finished");
  });
});

test("cancelling ends a job that waits, one that runs with its whole tree, and leaves nothing", async () => {
  const folder = queueProject({
    "tree.py": [
      "import subprocess, sys, time, os",
      "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)",
      "open('ready', 'w').close()",
      "time.sleep(600)",
    ].join("\n"),
  });
  const [running] = await add(folder, "--", python, "tree.py");
  const [waiting] = await add(folder, "--", python, "tree.py");
  await until(folder, ({ jobs }) => jobs.get(running!.id)!.state === "running");
  await run(folder, "jobs", "cancel", waiting!.id, running!.id);
  withStore(folder, ({ jobs }) => {
    expect(jobs.get(waiting!.id)).toMatchObject({ outcome: "refused", run: null });
    expect(jobs.get(running!.id)).toMatchObject({ outcome: "killed", reason: "Cancelled by its user." });
  });
  expect(processesWith(running!.id, folder)).toEqual([]);
  await run(folder, "jobs", "retry", waiting!.id);
  await until(folder, ({ jobs }) => jobs.list({}).jobs[0]!.state === "running");
  const again = withStore(folder, ({ jobs }) => jobs.list({}).jobs[0]!);
  expect(again.retryOf).toBe(waiting!.id);
  await run(folder, "jobs", "cancel", again.id);
  expect(processesWith(again.id, folder)).toEqual([]);
});

test("limits end a job, and say which it was", async () => {
  const folder = queueProject({ "modeltrail.yaml": "local: {slots: 2, costPerHour: 3600, limits: {time: 1h}}\n" });
  const sleep = [python, "-c", "import time; time.sleep(600)"];
  const [slow] = await add(folder, "--limit", "time=0.3", "--", ...sleep);
  const [dear] = await add(folder, "--limit", "cost=0.4", "--", ...sleep);
  const [big] = await add(
    folder,
    "--limit",
    "memory=60MB",
    "--",
    python,
    "-c",
    "import time; a = bytearray(10**8); time.sleep(600)",
  );
  await until(folder, allEnded);
  withStore(folder, (store) => {
    const reasons = [slow, dear, big].map((job) => store.jobs.get(job!.id)!);
    expect(reasons.map(({ outcome }) => outcome)).toEqual(["killed", "killed", "killed"]);
    expect(reasons[1]!.limits).toEqual({ seconds: 3_600, cost: 0.4 });
    expect(reasons[0]!.reason).toBe("Stopped at its limit of time, 0.3 s.");
    expect(reasons[1]!.reason).toBe("Stopped at its limit of cost, 0.4.");
    expect(reasons[2]!.reason).toMatch(/^Stopped at its limit of memory: 1\d\d MB of 60\.0 MB\.$/);
    expect(store.getRun(reasons[0]!.run!)!.warnings).toContain(reasons[0]!.reason);
  });
});

test("what cannot begin is refused with the reason", async () => {
  const folder = queueProject({ "gone/a.py": "" });
  await run(folder, "run", "--", python, "-c", "pass");
  await run(folder, "queue", "pause");
  const result = await runSession({
    command: modeltrail("queue", "add", "--", python, "a.py"),
    cwd: join(folder, "gone"),
    env: { HOME: join(folder, "home") },
  });
  expect(result.code).toBe(0);
  execFileSync("rm", ["-r", join(folder, "gone")]);
  await run(folder, "queue", "resume");
  await until(folder, allEnded);
  expect(withStore(folder, ({ jobs }) => jobs.list({}).jobs[0])).toMatchObject({
    outcome: "refused",
    run: null,
    reason: expect.stringContaining("is not there any more"),
  });
  const target = await runSession({ command: modeltrail("queue", "add", "--target", "moon", "--", "a"), cwd: folder });
  expect(target.code).not.toBe(0);
  expect(target.err.toString()).toContain('There is no target "moon"');
});

/** The process that looks after the queue of this project. */
function queuePid(folder: string): number {
  const found = commandLines().find(({ line, cwd }) => line.endsWith("queue\0run\0") && cwd === folder);
  return found!.pid;
}

function processesWith(job: string, folder: string): number[] {
  return commandLines()
    .filter(({ line, cwd }) => line.includes(job) || (cwd === folder && line.includes("time.sleep(600)")))
    .map(({ pid }) => pid);
}

function commandLines(): { pid: number; line: string; cwd: string }[] {
  const script = [
    "import os, json",
    "found = []",
    "for p in filter(str.isdigit, os.listdir('/proc')):",
    "  try: found.append({'pid': int(p), 'line': open(f'/proc/{p}/cmdline').read(), 'cwd': os.readlink(f'/proc/{p}/cwd')})",
    "  except OSError: pass",
    "print(json.dumps(found))",
  ].join("\n");
  return JSON.parse(execFileSync(python, ["-I", "-c", script], { encoding: "utf8" })) as ReturnType<
    typeof commandLines
  >;
}

test("cancelled in whatever phase it is, a job leaves nothing behind", async () => {
  const phases = [0, 100, 200, 400, 700];
  const folder = queueProject({
    "modeltrail.yaml": `local: {slots: ${phases.length}}\n`,
    "sleep.py": "import time\ntime.sleep(600)\n",
  });
  const jobs = await add(folder, "--times", String(phases.length), "--", python, "sleep.py");
  await Promise.all(
    jobs.map(async ({ id }, index) => {
      await wait(phases[index]);
      await run(folder, "jobs", "cancel", id);
    }),
  );
  withStore(folder, (store) => {
    for (const { id } of jobs) {
      const { outcome, run: made } = store.jobs.get(id)!;
      expect(outcome).toBe(made === null ? "refused" : "killed");
    }
    expect(store.running(true)).toEqual([]);
    expect(store.jobs.active()).toEqual([]);
  });
  const left = () => commandLines().filter(({ line, cwd }) => cwd === folder && /sleep\.py|--job/.test(line));
  while (left().length > 0) await wait(50);
});
