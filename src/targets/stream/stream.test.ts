import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { JobPlan, TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import { jobFile } from "../jobFolder/jobFile";
import { newJobId, python } from "../jobFolder/testJob";
import { collectStream } from "./collectStream";
import type { StreamSource } from "./contract";
import { followStream } from "./followStream";
import { createSeenNumbers } from "./numbers";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "modeltrail-stream-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const SCRIPT = `
import os, sys
print(open("in.txt").read())
for i in range(3000): print("line", i)
os.makedirs("out dir")
open("out dir/model.bin", "wb").write(os.urandom(50_000))
open("empty", "w").close()
open("large", "w").write("x" * 200_000)
open("in.txt", "w").write("changed")
os.remove("gone")
sys.exit(4)
`;

function makePlan(): JobPlan {
  const stage = path.join(root, "stage");
  mkdirSync(stage, { recursive: true });
  const files = { "train.py": SCRIPT, "in.txt": "input", gone: "x" };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(stage, name), text);
  const command = ["python", "train.py"];
  const facts = {
    id: newJobId(),
    run: "run",
    name: "job",
    command,
    cwd: "",
    project: "",
    env: {},
    gpus: 0,
    limits: {},
  };
  return { ...facts, stage, logPath: path.join(root, "here/output.log"), spool: path.join(root, "here/spool") };
}

/** Where the job runs: a folder as an image or a bundle has it. */
function layOut(plan: JobPlan): string {
  const folder = path.join(root, "container");
  cpSync(plan.stage, path.join(folder, "work"), { recursive: true });
  writeFileSync(path.join(folder, "job.json"), JSON.stringify(jobFile(plan, { stream: { file: 100_000 } })));
  return folder;
}

const agent = () => [python, "-I", "-S", "-X", "utf8", path.join(pythonFolder("agent"), "agent.py"), "stream"];

/** What the container of a job logs, all of it. */
function logOf(plan: JobPlan): { log: Buffer; folder: string } {
  const folder = layOut(plan);
  const log = path.join(root, "container.log");
  execFileSync("sh", ["-c", '"$@" > "$0" 2>&1 || test $? = 4', log, ...agent(), folder]);
  return { log: readFileSync(log), folder };
}

interface TestSource extends StreamSource {
  reads: (number | null)[];
}

/** `logs`: what each reading gives; the last one again and again. Null: the place cannot be reached. */
function sourceOf(logs: (Buffer | null)[], status: TargetStatus): TestSource {
  const source: TestSource = {
    name: "the cluster",
    reads: [],
    async *read(since) {
      const log = logs[Math.min(source.reads.length, logs.length - 1)];
      source.reads.push(since);
      if (log === null) throw new HostUnreachable("The cluster cannot be reached.");
      for (let at = 0; at < log!.length; at += 10_007) yield log!.subarray(at, at + 10_007);
    },
    status: async () => status,
  };
  return source;
}

const ended: TargetStatus = { state: "ended", exitCode: 9, signal: null, endTime: 1, reason: null };
const running: TargetStatus = { state: "running" };

function follow(plan: JobPlan, source: StreamSource, lost: (string | null)[] = []) {
  const signal = new AbortController().signal;
  return followStream(plan, source, { onStatus() {}, onLost: (reason) => lost.push(reason), signal });
}

function expectWhole(plan: JobPlan, folder: string): void {
  expect(readFileSync(plan.logPath).equals(readFileSync(path.join(folder, "output.log")))).toBe(true);
  const names = readdirSync(path.join(folder, "spool"));
  expect(readdirSync(plan.spool).sort()).toEqual(names.sort());
  for (const name of names) {
    expect(readFileSync(path.join(plan.spool, name)).equals(readFileSync(path.join(folder, "spool", name)))).toBe(true);
  }
}

test("all of a job comes home through its log", async () => {
  const plan = makePlan();
  const { log, folder } = logOf(plan);
  expect(
    Math.max(
      ...log
        .toString("latin1")
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThan(16 << 10);
  const source = sourceOf([log], running);
  expect(await follow(plan, source)).toMatchObject({ state: "ended", exitCode: 4, signal: null, reason: null });
  expect(source.reads).toEqual([null]);
  expectWhole(plan, folder);
  writeFileSync(Buffer.concat([Buffer.from(plan.stage + path.sep), Buffer.of(0x66, 0xff)]), "never sent");
  const problems = (await collectStream(plan, "the cluster")).map(({ message }) => message);
  expect(problems).toEqual([
    "f\\xff could not be sent to the cluster, for the name is not UTF-8: the command ran without.",
    "large (200 kB) is too large for the log, so it was lost with its container on the cluster.",
  ]);
  const model = path.join("out dir", "model.bin");
  expect(readFileSync(path.join(plan.stage, model)).equals(readFileSync(path.join(folder, "work", model)))).toBe(true);
  expect(readFileSync(path.join(plan.stage, "empty"), "utf8")).toBe("");
  expect(readFileSync(path.join(plan.stage, "in.txt"), "utf8")).toBe("changed");
  expect(existsSync(path.join(plan.stage, "gone"))).toBe(false);
  expect(existsSync(path.join(plan.stage, "large"))).toBe(false);
});

test("a log that is cut, read again, and comes to another process, gives the same", async () => {
  const plan = makePlan();
  const { log, folder } = logOf(plan);
  const cuts = [0, 10, 5_000, 30_001].map((end) => log.subarray(0, end));
  const lost: (string | null)[] = [];
  const first = sourceOf([...cuts.slice(0, 3), null, cuts[3]!], running);
  const stop = new AbortController();
  const following = followStream(plan, first, {
    onStatus() {},
    onLost: (reason) => lost.push(reason),
    signal: stop.signal,
  });
  following.catch(() => {});
  await expect.poll(() => first.reads.length, { timeout: 20_000 }).toBeGreaterThan(5);
  stop.abort(new Error("killed"));
  await expect(following).rejects.toThrow("killed");
  expect(lost).toEqual(["The cluster cannot be reached.", null]);
  // Not from the beginning each time.
  expect(first.reads.slice(1).every((since) => since !== null)).toBe(true);
  expect(await follow(plan, sourceOf([log], running))).toMatchObject({ exitCode: 4 });
  expectWhole(plan, folder);
  expect(await follow(plan, sourceOf([log], running))).toMatchObject({ exitCode: 4 });
  expectWhole(plan, folder);
});

test("what a log has lost for good is told, and the rest keeps its place", async () => {
  const plan = makePlan();
  const { log, folder } = logOf(plan);
  const whole = readFileSync(path.join(folder, "output.log"));
  const name = Buffer.from("output.log").toString("base64url");
  const lines = log.toString("latin1").split("\n");
  // The first piece of the output that another one follows.
  const hole = lines.findIndex((line) => line.includes(` ${name} 0 `));
  const source = sourceOf([Buffer.from(lines.toSpliced(hole, 1).join("\n"))], running);
  expect(await follow(plan, source)).toMatchObject({ exitCode: 4 });
  expect(source.reads).toEqual([null, null]);
  const here = readFileSync(plan.logPath);
  const problems = (await collectStream(plan, "the cluster")).map(({ message }) => message);
  expect(problems[0]).toMatch(/^\d+ bytes of the output did not arrive\.$/);
  expect(problems[1]).toMatch(/^1 of \d+ pieces of the job's log were lost\.$/);
  const missing = Number.parseInt(problems[0]!, 10);
  expect(here.length).toBe(whole.length);
  expect(here.subarray(missing).equals(whole.subarray(missing))).toBe(true);
});

test("a job that was ended with its container has the place's word for it", async () => {
  const plan = makePlan();
  const { log } = logOf(plan);
  expect(await follow(plan, sourceOf([log.subarray(0, log.length >> 1)], ended))).toEqual(ended);
  const problems = (await collectStream(plan, "the cluster")).map(({ message }) => message);
  expect(problems).toContain("The log ends before the job does.");
  expect(problems).toContain("No list of the files that the command wrote has arrived, so none was brought home.");
});

test("a job that never spoke is explained by what its log says", async () => {
  const plan = makePlan();
  const log = Buffer.from("exec: python3: not found\n");
  expect(await follow(plan, sourceOf([log], ended))).toEqual({
    ...ended,
    reason: "its log says: exec: python3: not found",
  });
});

test("a job that its target started again is told, and not mixed up", async () => {
  const plan = makePlan();
  const { log } = logOf(plan);
  const half = log.subarray(0, log.length >> 1);
  const again = log.toString("latin1").replaceAll(/^(%mt) \S+( .*) \S+$/gm, (_, mark, rest) => {
    const line = `${mark} 00${rest}`;
    return `${line} ${crc32(line).toString(16).padStart(8, "0")}`;
  });
  await follow(plan, sourceOf([half], ended));
  const [before, spool] = [readFileSync(plan.logPath), readdirSync(plan.spool)];
  expect(await follow(plan, sourceOf([Buffer.concat([half, Buffer.from(`\n${again}`)])], ended))).toEqual(ended);
  expect(readFileSync(plan.logPath).equals(before)).toBe(true);
  expect(readdirSync(plan.spool)).toEqual(spool);
  const problems = (await collectStream(plan, "the cluster")).map(({ message }) => message);
  expect(problems).toContain("The job was started again by its target. What it did then is not recorded.");
});

test("a signal to the container ends the job, whose end is told", async () => {
  const plan = makePlan();
  writeFileSync(path.join(plan.stage, "train.py"), "import time\nprint('ready', flush=True)\ntime.sleep(600)");
  const folder = layOut(plan);
  const [program, ...args] = [...agent(), folder];
  const child = spawn(program!, args, { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk) => {
    chunks.push(chunk);
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  await expect
    .poll(() => existsSync(path.join(folder, "output.log")) && readFileSync(path.join(folder, "output.log"), "utf8"), {
      timeout: 20_000,
    })
    .toBe("ready\n");
  child.kill("SIGTERM");
  expect(await closed).toBe(1);
  const end = await follow(plan, sourceOf([Buffer.concat(chunks)], running));
  expect(end).toMatchObject({ state: "ended", reason: "ended from outside by SIGTERM" });
  expect(readFileSync(plan.logPath, "utf8")).toMatch(/^ready\n/);
});

test("numbers that are missing are counted, whatever the order", () => {
  const seen = createSeenNumbers();
  for (const number of [5, 0, 1, 9, 1, 6, 3, 4]) seen.add(number);
  expect(seen.missingBelow(10)).toBe(3);
  expect(seen.missingBelow(5)).toBe(1);
  for (const number of [2, 8, 7]) seen.add(number);
  expect(seen.missingBelow(10)).toBe(0);
  expect(seen.missingBelow(12)).toBe(2);
  expect(seen.count()).toBe(10);
});
