/**
 * A target of whoever can start a command somewhere and show what it prints. The job is one file and a program that runs it;
 * all that is to be known of it comes home in what that prints.
 */
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { unpackProgram, writeBundle } from "../bundle/writeBundle";
import type { JobHandle, JobPlan, Target, TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import { jobFile } from "../jobFolder/jobFile";
import { collectStream } from "../stream/collectStream";
import type { StreamSource } from "../stream/contract";
import { followStream } from "../stream/followStream";
import type { DrivenJob, JobDriver } from "./contract";

export interface DrivenSettings {
  slots?: number | undefined;
  costPerHour?: number | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  /** The Python that starts the job there. */
  python?: string | undefined;
  /** Bytes; larger files do not come home. */
  fileLimit?: number | undefined;
}

const FILE_LIMIT = 16_000_000;
const TOTAL_LIMIT = 256_000_000;
const POLL_MS = 500;

export function makeDrivenTarget(name: string, settings: DrivenSettings, driver: JobDriver): Target {
  const { slots, costPerHour, env, python = "python3", fileLimit = FILE_LIMIT } = settings;

  function sourceOf(handle: JobHandle): StreamSource {
    return {
      name,
      status: (signal) => driver.status(handle, signal),
      async *read(_since, signal) {
        try {
          yield* driver.log(handle, signal);
        } catch (error) {
          // A job that is over, and forgotten, has no log any more.
          if (!(error instanceof HostUnreachable) || !isOver(await driver.status(handle, signal))) throw error;
        }
      },
    };
  }

  return {
    name,
    kind: driver.kind,
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    // By the agent, which is there.
    enforces: ["seconds", "memory"],
    check: (plan, signal) => driver.check(jobOf(plan, python), signal),
    async submit(plan, { signal }) {
      const job = jobOf(plan, python);
      const note = path.join(job.folder, "handle.json");
      // Our predecessor died when it had handed the job over, before anybody else knew.
      const known = await readFile(note, "utf8").catch(() => null);
      if (known !== null) return JSON.parse(known) as JobHandle;
      await mkdir(job.folder, { recursive: true });
      const file = path.join(job.folder, "bundle.zip");
      const content = jobFile(
        { ...plan, env: { ...env, ...plan.env } },
        { stream: { file: fileLimit, total: Math.max(TOTAL_LIMIT, fileLimit) } },
      );
      await writeBundle(`${file}.new`, { job: content, stage: plan.stage, signal });
      await rename(`${file}.new`, file);
      await copyFile(unpackProgram(), path.join(job.folder, "unpack.py"));
      // Not to be interrupted: nobody would know what was started.
      const handle = await driver.submit(job);
      await writeFile(`${note}.new`, JSON.stringify(handle));
      await rename(`${note}.new`, note);
      return handle;
    },
    follow: (plan, handle, options) => followStream(plan, sourceOf(handle), options),
    collect: (plan) => collectStream(plan, name),
    async cancel(_plan, handle, signal) {
      if (isOver(await driver.status(handle, signal))) return;
      await driver.cancel(handle, signal);
      while (!isOver(await driver.status(handle, signal))) await wait(POLL_MS, undefined, { signal });
    },
    clean: (_plan, handle, signal) => driver.clean(handle, signal),
  };
}

const isOver = ({ state }: TargetStatus) => state === "ended" || state === "gone";

function jobOf({ id, run, name, stage, gpus, limits }: JobPlan, python: string): DrivenJob {
  // Beside the stage, and gone with it.
  const folder = path.join(path.dirname(stage), "bundle");
  return {
    ...{ id, run, name, folder, gpus },
    command: [python, path.join(folder, "unpack.py")],
    commandThere: [python, "unpack.py"],
    seconds: limits.seconds === undefined ? null : Math.ceil(limits.seconds),
    memory: limits.memory ?? null,
  };
}
