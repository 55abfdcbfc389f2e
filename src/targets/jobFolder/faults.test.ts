/** What may happen to a job's link, its follower and its disk while it runs: no line is missing or there twice afterwards. */

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type ExecOptions, type Host, HostUnreachable } from "../host/contract";
import { createLocalHost } from "../host/local";
import { agentPid, processesOf, type TestJob, testJob, until, useTestJobs } from "./testJob";

const { make, jobs } = useTestJobs();

const LINES = 4_000;
/** Numbered lines, and a file of the spool for each of several processes. */
const TALKER = `
import hashlib, os, sys, time
for part in range(4):
    if os.fork() == 0:
        open("part%d" % part, "w").close()
        os._exit(0)
    os.wait()
    for i in range(${LINES} // 4):
        print("line", part * ${LINES} // 4 + i, hashlib.md5(b"%d" % i).hexdigest())
        if i % 50 == 0: time.sleep(0.01)
`;
const ALL = Array.from({ length: LINES }, (_, i) => `line ${i} ${md5(String(i % (LINES / 4)))}\n`).join("");

/** Something that no compression makes short. */
function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function expectWhole(job: TestJob): void {
  expect(job.log().toString() === ALL).toBe(true);
  for (const name of execFileSync("ls", [path.join(String(job.handle.folder), "spool")], { encoding: "utf8" })
    .trim()
    .split("\n")) {
    const there = readFileSync(path.join(String(job.handle.folder), "spool", name));
    expect(readFileSync(path.join(job.plan.spool, name)).equals(there), name).toBe(true);
  }
}

/** This machine behind a link that is cut after so many bytes, again and again; `refuse`: for so many tries after each cut. */
function brokenHost(bytes: () => number, refuse: number): Host & { cuts: number } {
  const local = createLocalHost();
  let refusals = 0;
  const host: Host & { cuts: number } = {
    ...local,
    cuts: 0,
    async exec(argv: readonly string[], options: ExecOptions) {
      if (!options.onOutput) return local.exec(argv, options);
      if (refusals-- > 0) throw new HostUnreachable("The link is cut.");
      let left = bytes();
      const cut = new AbortController();
      const onOutput = (chunk: Buffer) => {
        if (cut.signal.aborted) return;
        options.onOutput!(chunk.subarray(0, left));
        left -= chunk.length;
        if (left < 0) cut.abort(new HostUnreachable("The link was cut."));
      };
      try {
        return await local.exec(argv, { ...options, onOutput, signal: AbortSignal.any([options.signal, cut.signal]) });
      } catch (error) {
        if (error instanceof HostUnreachable) {
          host.cuts++;
          refusals = refuse;
        }
        throw error;
      }
    },
  };
  return host;
}

test("a link that is cut in the middle of anything only delays", async () => {
  let size = 20_000;
  const host = brokenHost(() => (size *= 1.3), 1);
  const job = make(TALKER, { host });
  await job.submit();
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0 });
  expectWhole(job);
  expect(host.cuts).toBeGreaterThan(2);
  expect(job.lost.length).toBeGreaterThan(1);
  // Said once, and once that it is over.
  expect(job.lost.map((reason) => reason === null)).toEqual(job.lost.map((_, i) => i % 2 === 1));
});

test("a follower that is killed is followed by another, which goes on where the files end", async () => {
  const job = make(TALKER);
  await job.submit();
  for (let i = 0; i < 3; i++) {
    const stop = new AbortController();
    const enough = (i + 1) * 5_000;
    const following = job.follow(stop.signal);
    await until(() => existsSync(job.plan.logPath) && job.log().length > enough);
    stop.abort(new Error("killed"));
    await expect(following).rejects.toThrow("killed");
  }
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0 });
  expectWhole(job);
});

test("bytes torn off by a follower that died in the middle of a write are completed", async () => {
  const job = make(TALKER);
  await job.submit();
  await until(() => existsSync(path.join(String(job.handle.folder), "end.json")));
  writeFileSync(job.plan.logPath, ALL.slice(0, 1003));
  await job.follow();
  expectWhole(job);
});

test("a job goes on and is found after everything of ours has died", async () => {
  const job = make(TALKER);
  await job.submit();
  await until(() => readFileSync(path.join(String(job.handle.folder), "end.json"), "utf8").includes('"done": true'));
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0 });
  expectWhole(job);
});

test("the agent outlives the connection that started it, and its terminal", async () => {
  const job = make("import time\nprint('ready', flush=True)\ntime.sleep(2)\nprint('done')", {
    target: { start: async () => ({}) },
  });
  await job.submit();
  const { python, agent, folder } = job.handle as Record<string, string>;
  // A session of its own that is hung up as soon as it has started the job.
  const command = [python!, "-I", "-S", "-X", "utf8", `${agent}/agent/agent.py`, "start", folder!];
  const shell = spawn("sh", ["-c", '"$@" && kill -HUP 0 && sleep 9', "sh", ...command], {
    detached: true,
    stdio: "ignore",
  });
  await new Promise((resolve) => shell.once("close", resolve));
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0 });
  expect(job.log().toString()).toBe("ready\ndone\n");
});

test("a job whose machine was started anew is gone", async () => {
  const job = make("import time\nprint('ready', flush=True)\ntime.sleep(600)");
  await job.submit();
  await until(() => readFileSync(path.join(String(job.handle.folder), "output.log")).includes("ready\n"));
  process.kill(agentPid(job), "SIGKILL");
  const file = path.join(String(job.handle.folder), "agent.json");
  const agent = JSON.parse(readFileSync(file, "utf8"));
  // Its number is another process's now, that of this test.
  writeFileSync(file, JSON.stringify({ ...agent, pid: process.pid, boot: "another" }));
  expect(await job.follow()).toMatchObject({ state: "gone" });
  expect(job.log().toString()).toBe("ready\n");
  expect(processesOf(job)).toEqual([]);
});

test("a command that was over when its agent was killed has its end", async () => {
  const job = make("print('over')");
  await job.submit();
  await job.follow();
  const file = path.join(String(job.handle.folder), "end.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"done": true', '"done": false'));
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0 });
});

test("a folder that somebody removed is a job that is gone", async () => {
  const job = make("print()");
  await job.submit();
  await job.follow();
  await job.clean();
  expect(await job.follow()).toEqual({ state: "gone", reason: "its folder on the target is gone" });
});

test("a full disk costs output, not the run or its end", async ({ skip }) => {
  const disk = mountSmallDisk() ?? skip("no small disk could be mounted, which takes root");
  try {
    const job = make(
      `
import sys
for i in range(100):
    sys.stdout.write("x" * ${(1 << 20) - 1} + "\\n")
open("/dev/null", "w").write("fine")
sys.exit(3)
`,
      { target: { folder: disk.folder } },
    );
    await job.submit();
    expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 3 });
    const problems = await job.collect();
    expect(problems.at(-1)!.message).toMatch(/^The disk of this machine was full: \d+ bytes of the output/);
    expect(job.log().length).toBeLessThan(100 << 20);
    await job.clean();

    const large = make("print()", { files: { data: Buffer.alloc(90 << 20) }, target: { folder: disk.folder } });
    await expect(large.submit()).rejects.toThrow(/is too full for this job \(.* free, .* needed\)/);
  } finally {
    for (const job of jobs.splice(0)) job.remove();
    disk.remove();
  }
});

/** 80 MB; null where that cannot be had. */
function mountSmallDisk(): { folder: string; remove(): void } | null {
  const job = testJob("");
  const folder = path.join(job.root, "disk");
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=80m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    job.remove();
    return null;
  }
  return {
    folder: path.join(folder, "jobs"),
    remove() {
      execFileSync("umount", ["-l", folder]);
      job.remove();
    },
  };
}
