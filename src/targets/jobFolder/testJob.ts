/** A job on this machine, for tests: its stage, its plan, and what became of it. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach } from "vitest";
import type { JobHandle, JobPlan, Problem, TargetStatus } from "../contract";
import type { Host } from "../host/contract";
import { createLocalHost } from "../host/local";
import type { JobFolderOptions } from "./contract";
import type { LastStatus } from "./follow";
import { createJobFolder, type JobFolder, type SubmitOptions } from "./jobFolder";

/** Python without the detour over a version manager's shim. */
export const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();

/** Processes of a job are ended by its id, whoever started them: tests at work at the same time must not share one. */
export const newJobId = () => `job-${randomUUID()}`;

export interface TestJob {
  readonly root: string;
  readonly plan: JobPlan;
  readonly target: JobFolder;
  handle: JobHandle;
  readonly statuses: TargetStatus[];
  readonly lost: (string | null)[];
  submit(options?: Partial<SubmitOptions>): Promise<void>;
  follow(signal?: AbortSignal): Promise<LastStatus>;
  collect(): Promise<Problem[]>;
  cancel(): Promise<boolean>;
  clean(): Promise<void>;
  /** All of it. */
  run(): Promise<LastStatus>;
  log(): Buffer;
  /** Lines of the spool that are such events. */
  // biome-ignore lint/suspicious/noExplicitAny: what each holds is what the tests are about
  events(name: string): any[];
  staged(file: string): string;
  remove(): void;
}

export interface TestJobOptions extends Partial<JobPlan> {
  files?: Record<string, string | Buffer>;
  target?: Partial<JobFolderOptions>;
  host?: Host;
  /** The folder of another test job, for one more of the same project. */
  root?: string;
}

const never = new AbortController().signal;

/** At the top of a test file: `make` makes jobs that are ended and removed after each test, `jobs` are those. */
export function useTestJobs() {
  const jobs: TestJob[] = [];
  afterEach(async () => {
    for (const job of jobs.splice(0)) {
      if (job.handle.folder && existsSync(String(job.handle.folder))) await job.cancel();
      job.remove();
    }
  });
  return {
    jobs,
    make(...args: Parameters<typeof testJob>): TestJob {
      const job = testJob(...args);
      jobs.push(job);
      return job;
    },
  };
}

/** `source`: of the script, or a command. */
export function testJob(source: string | string[], options: TestJobOptions = {}): TestJob {
  const { files = {}, target: settings, host = createLocalHost(), ...rest } = options;
  const root = options.root ?? realpathSync(mkdtempSync(path.join(tmpdir(), "modeltrail job ")));
  const id = newJobId();
  const at = (...parts: string[]) => path.join(root, ...parts);
  const stage = at("stages", id, "work");
  const scripts = typeof source === "string" ? { "train.py": source } : {};
  for (const [name, content] of Object.entries({ ...scripts, ...files })) {
    mkdirSync(path.dirname(path.join(stage, name)), { recursive: true });
    writeFileSync(path.join(stage, name), content);
  }
  mkdirSync(stage, { recursive: true });
  const command = typeof source === "string" ? ["python", "train.py"] : source;
  const places = { stage, logPath: at("runs", id, "output.log"), spool: at("runs", id, "spool") };
  mkdirSync(places.spool, { recursive: true });
  const facts = { id, run: `run${id}`, name: id, command, cwd: "", project: "", env: {}, gpus: 0, limits: {} };
  const plan: JobPlan = { ...facts, ...places, ...rest };
  const target = createJobFolder({ host, folder: at("there"), python, ...settings });
  const activate = { kind: "python" as const, path: python };

  const job: TestJob = {
    ...{ root, plan, target, handle: {}, statuses: [], lost: [] },
    async submit(more) {
      const keep = (handle: JobHandle) => {
        job.handle = handle;
      };
      job.handle = await target.submit(plan, { activate, keep, onProgress() {}, signal: never, ...more });
    },
    follow: (signal = never) =>
      target.follow(plan, job.handle, {
        onStatus: (status) => job.statuses.push(status),
        onLost: (reason) => job.lost.push(reason),
        signal,
      }),
    collect: () => target.collect(plan, job.handle, never),
    cancel: () => target.cancel(plan, job.handle, never),
    clean: () => target.clean(plan, job.handle, never),
    async run() {
      await job.submit();
      const end = await job.follow();
      await job.collect();
      return end;
    },
    log: () => readFileSync(plan.logPath),
    events: (name) =>
      readdirSync(plan.spool)
        .sort()
        .flatMap((file) => readFileSync(path.join(plan.spool, file), "utf8").split("\n"))
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
        .filter(({ e }) => e === name),
    staged: (file) => readFileSync(path.join(stage, file), "utf8"),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
  return job;
}

export async function until<T>(what: () => T | undefined | null | false, ms = 30_000): Promise<T> {
  for (const start = Date.now(); ; await wait(20)) {
    const found = what();
    if (found) return found;
    if (Date.now() - start > ms) throw new Error(`waited in vain for ${what}`);
  }
}

/** Numbers of the processes that carry the job's mark. */
export function processesOf(job: TestJob): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/stat`, "latin1");
      if (status.slice(status.lastIndexOf(")") + 2).startsWith("Z")) return false;
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`MODELTRAIL_JOB=${job.plan.id}\0`);
    } catch {
      return false;
    }
  });
}

export function agentPid(job: TestJob): number {
  return JSON.parse(readFileSync(path.join(String(job.handle.folder), "agent.json"), "utf8")).pid;
}
