/** Ray: jobs by its REST interface; what they print, and the files that they write, come home through their log. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import type { JobPlan, Problem, Target, TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import { quote } from "../host/remoteCommand";
import { jobFile } from "../jobFolder/jobFile";
import type { MakeTarget } from "../registry";
import { collectStream } from "../stream/collectStream";
import type { StreamSource } from "../stream/contract";
import { followStream } from "../stream/followStream";
import { createRayClient, type RayClient, type RayJob, type Submission } from "./client";
import { withRayPackage } from "./rayPackage";

type RaySettings = TargetOf<"ray">;

/** Bytes of a file, and of all files, that come home: Ray keeps logs on disks of the cluster. */
const STREAMED = { file: 256 << 20, total: 1 << 30 };
/** s. Ray ends a job that was told to stop with force after this; the agent needs two graces of 5 s. */
const STOP_SECONDS = 30;
const POLL_MS = 300;

export const makeRayTarget: MakeTarget<RaySettings> = (name, settings, { env }) => {
  const { address, tokenVariable, slots, costPerHour } = settings;
  const token = tokenVariable === undefined ? undefined : env[tokenVariable];
  const ray = createRayClient(address, token);

  const target: Target = {
    name,
    kind: "ray",
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    enforces: ["seconds", "memory"],

    async check(_plan, signal) {
      if (tokenVariable !== undefined && !token) {
        return [failure(`The variable ${tokenVariable}, which holds the token of ${address}, is not set.`)];
      }
      try {
        await ray.version(signal);
        return [];
      } catch (error) {
        if (!(error instanceof UserError || error instanceof HostUnreachable)) throw error;
        return [failure(error.message)];
      }
    },

    async submit(plan, { keep, onProgress, signal }) {
      const handle = { submission: submissionId(plan), address };
      if (await ray.job(handle.submission, signal)) return handle;
      const job = jobFile(plan, { stream: STREAMED });
      await withRayPackage({ job, stage: plan.stage, signal }, async (made) => {
        if (!(await ray.hasPackage(made.name, signal))) {
          onProgress(`sending the project to ${address}`);
          await ray.putPackage(made.name, made.file, signal);
        }
        keep(handle);
        await submitOnce(ray, submissionOf(plan, settings, made.name), signal);
      });
      return handle;
    },

    follow: (plan, _handle, options) => followStream(plan, sourceOf(ray, name, submissionId(plan)), options),

    collect: (plan) => collectStream(plan, name),

    async cancel(plan, _handle, signal) {
      const id = submissionId(plan);
      const job = await ray.job(id, signal);
      if (!job || isOver(job)) return;
      await ray.stop(id, signal);
      for (;;) {
        const now = await ray.job(id, signal);
        if (!now || isOver(now)) return;
        await wait(POLL_MS, undefined, { signal });
      }
    },

    async clean(plan, _handle, signal) {
      const job = await ray.job(submissionId(plan), signal);
      if (job) await ray.remove(submissionId(plan), signal);
    },
  };
  return target;
};

const failure = (message: string): Problem => ({ severity: "error", message });

const submissionId = ({ id }: Pick<JobPlan, "id">) => `modeltrail-${id}`;

const isOver = ({ status }: RayJob) => status !== "PENDING" && status !== "RUNNING";

/** A job of this id cannot be made twice; that it is there is what counts. */
async function submitOnce(ray: RayClient, submission: Submission, signal: AbortSignal): Promise<void> {
  try {
    await ray.submit(submission, signal);
  } catch (error) {
    if (signal.aborted || !(await ray.job(submission.submission_id, signal))) throw error;
  }
}

function submissionOf(plan: JobPlan, settings: RaySettings, packageName: string): Submission {
  const { packages, cpus } = settings;
  const gpus = plan.gpus > 0 ? plan.gpus : settings.gpus;
  const python =
    settings.python === undefined ? '"$(command -v python || command -v python3)"' : quote(settings.python);
  return {
    // For a POSIX shell.
    entrypoint: `exec ${python} unpack.py`,
    submission_id: submissionId(plan),
    runtime_env: {
      working_dir: `gcs://${packageName}`,
      env_vars: { RAY_JOB_STOP_WAIT_TIME_S: String(STOP_SECONDS) },
      ...(packages === undefined ? {} : { pip: packages }),
    },
    metadata: { job_name: plan.name, modeltrail_job: plan.id, modeltrail_run: plan.run },
    ...(cpus === undefined ? {} : { entrypoint_num_cpus: cpus }),
    ...(gpus === undefined ? {} : { entrypoint_num_gpus: gpus }),
    ...(plan.limits.memory === undefined ? {} : { entrypoint_memory: Math.ceil(plan.limits.memory) }),
  };
}

function sourceOf(ray: RayClient, name: string, id: string): StreamSource {
  return {
    name,
    read: (_since, signal) => readLog(ray, id, signal),
    async status(signal) {
      const job = await ray.job(id, signal);
      return job ? statusOf(job) : { state: "gone", reason: "Ray does not know the job any more" };
    },
  };
}

/**
 * As it grows, by asking for all of it again and again: Ray's own way to follow a log ends at once in some networks, with nothing
 * said. So that long logs cost little, asking takes no more than a tenth of the time.
 */
async function* readLog(ray: RayClient, id: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let given = 0; ; ) {
    const job = await ray.job(id, signal);
    if (!job || job.status === "PENDING") return;
    const begun = performance.now();
    const log = await ray.log(id, signal);
    const took = performance.now() - begun;
    if (log.length > given) yield Buffer.from(log.slice(given));
    given = log.length;
    // It was over before all of its log was read.
    if (isOver(job)) return;
    await wait(Math.max(POLL_MS, 10 * took), undefined, { signal });
  }
}

function statusOf({ status, message, end_time, driver_exit_code }: RayJob): TargetStatus {
  // What follows is the end of the log, which is ours.
  const said =
    message
      ?.split(/,? last available logs/)[0]
      ?.trim()
      .slice(0, 1000) || null;
  if (status === "PENDING") return { state: "waiting", reason: said };
  if (status === "RUNNING") return { state: "running" };
  const endTime = end_time ?? Date.now();
  if (status === "STOPPED")
    return { state: "ended", exitCode: null, signal: "SIGTERM", endTime, reason: "stopped in Ray" };
  const exitCode = driver_exit_code ?? (status === "SUCCEEDED" ? 0 : null);
  return { state: "ended", exitCode, signal: null, endTime, reason: status === "SUCCEEDED" ? null : said };
}
