import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import type { TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import { agentPid, processesOf, type TestJob, testJob, until } from "./testJob";
import { type SchedulerWatch, watchScheduler } from "./watch";

const watches: SchedulerWatch[] = [];
const jobs: TestJob[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) watch.stop();
  for (const job of jobs.splice(0)) {
    await job.cancel();
    job.remove();
  }
});

const never = new AbortController().signal;
const LONG = 3_600_000;
const ended: TargetStatus = { state: "ended", exitCode: null, signal: null, endTime: 1, reason: "node failure" };
const waiting: TargetStatus = { state: "waiting", reason: "no room" };

/** The scheduler gives one after the other, then the last one for ever. */
function watch(answers: (TargetStatus | Error)[], late: number, soon = 1) {
  const told: TargetStatus[] = [];
  let asked = 0;
  const ask = async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const scheduler = watchScheduler(
    ask,
    { onStatus: (status) => told.push(status), signal: never },
    { soon, rare: 2, late },
  );
  watches.push(scheduler);
  return { scheduler, told, asked: () => asked };
}

test("a job that waits and then ends without a word of its agent's", async () => {
  const { scheduler, told } = watch([waiting, new HostUnreachable("not now"), { state: "running" }, ended], 1);
  await until(() => scheduler.over.aborted);
  expect(told).toEqual([waiting, { state: "running" }]);
  expect(scheduler.end()).toBe(ended);
});

test("the agent is given time to say its end, unless it is gone", async () => {
  const { scheduler, asked } = watch([ended], LONG);
  await until(() => asked() > 0);
  expect(scheduler.over.aborted).toBe(false);
  scheduler.agentGone();
  await until(() => scheduler.over.aborted);
  expect(scheduler.end()).toBe(ended);

  // A scheduler that would not be asked for long is asked at once.
  const rare = watch([ended], LONG, LONG);
  rare.scheduler.agentGone();
  await until(() => rare.scheduler.over.aborted);
  expect(rare.scheduler.end()).toBe(ended);
});

test("what the agent has told is not told again, and a scheduler that cannot be asked is a fault", async () => {
  const { scheduler, told, asked } = watch([{ state: "running" }], 1);
  scheduler.seen();
  await until(() => asked() > 2);
  expect(told).toEqual([]);
  const broken = watch([new Error("no such option")], 1);
  await until(() => broken.scheduler.over.aborted);
  expect(() => broken.scheduler.end()).toThrow("no such option");
});

test("of a job whose agent was killed, the scheduler says why", async () => {
  let killed = false;
  const target = { watch: async () => (killed ? ended : waiting) };
  const job = testJob("import time\nprint('ready', flush=True)\ntime.sleep(600)", { target });
  jobs.push(job);
  await job.submit();
  const following = job.follow();
  await until(() => existsSync(job.plan.logPath) && job.log().includes("ready\n"));
  process.kill(agentPid(job), "SIGKILL");
  killed = true;
  expect(await following).toEqual(ended);
  expect(processesOf(job)).toEqual([]);
});
