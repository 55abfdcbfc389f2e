/**
 * Jobs on a Slurm cluster, from its login node: this machine, or one behind ssh. Each is a folder on the cluster's disk, whose
 * agent Slurm runs where and when it sees fit; what the agent cannot say any more, Slurm does.
 */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { JobHandle, JobPlan, Problem, Target, TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import { IN_HOME } from "../host/inHome";
import { agentCommand } from "../jobFolder/agent";
import type { Activation, Place } from "../jobFolder/contract";
import type { LastStatus } from "../jobFolder/follow";
import { createJobFolder, type SubmitOptions } from "../jobFolder/jobFolder";
import { again } from "../launch/again";
import type { TargetContext } from "../registry";
import { signalName } from "../signalName";
import { environmentOf } from "../ssh/environment";
import { openHost } from "../ssh/openHost";
import { askSlurm, explainEnd, scancel } from "./askSlurm";
import { type BatchJob, SLURM_LOG, type SlurmSettings, sbatchArguments } from "./batch";
import { checkSlurm } from "./check";
import type { SlurmState } from "./states";
import { findId, submitBatch } from "./submitBatch";

/** How often in a row Slurm has to say that it does not know a job, before we believe it. */
const UNKNOWN_LIMIT = 3;
/** How long a job may take to end by itself when it is asked to, before Slurm ends it; and how long Slurm may take. */
const GENTLE_MS = 15_000;
const FIRM_MS = 120_000;
/** How long Slurm may take to know what the agent has told already. */
const AFTERWARDS_MS = 6_000;
const POLL_MS = 500;

/** Throws UserError for settings that cannot be. */
export function makeSlurmTarget(name: string, settings: SlurmSettings, context: TargetContext): Target {
  const { folder, fileLimit, python = "python3", slots, costPerHour, env } = settings;
  const host = openHost(settings, context);
  const environment = environmentOf(name, settings, python, context);
  const options = {
    host,
    python,
    ...(folder === undefined ? {} : { folder }),
    ...(fileLimit === undefined ? {} : { fileLimit }),
  };
  const jobs = createJobFolder(options);
  // What is wrong with them is said at once.
  sbatchArguments([{ name, folder: "", gpus: 0, limits: {} }], settings);

  /** Puts the job's folder there; Slurm is to start what is in it. */
  async function prepare(plan: JobPlan, activate: Activation | null, submitOptions: SubmitOptions): Promise<Place> {
    const withEnv = { ...plan, env: { ...env, ...plan.env } };
    let place: Place | undefined;
    const start = async (ready: Place) => {
      place = ready;
      return {};
    };
    await createJobFolder({ ...options, start }).submit(withEnv, { ...submitOptions, activate });
    return place!;
  }

  async function handOver(
    plans: readonly JobPlan[],
    keep: (plan: JobPlan, handle: JobHandle) => void,
    { onProgress, signal }: Pick<SubmitOptions, "onProgress" | "signal">,
  ): Promise<JobHandle[]> {
    const activate = await environment.make(host, plans[0]!, { onProgress, signal });
    const places: Place[] = [];
    for (const plan of plans) {
      places.push(await prepare(plan, activate, { keep: (handle) => keep(plan, handle), onProgress, signal }));
    }
    const batch = plans.map((plan, index) => batchJob(plan, places[index]!));
    const agent = agentCommand(places[0]!, "run").slice(0, -1);
    const ids = await submitBatch(host, batch, settings, {
      agent: [...IN_HOME, ...agent],
      signal,
    });
    return places.map((place, index) => ({ ...place, slurm: ids[index]! }));
  }

  /** Null when it was not handed over. */
  async function idOf(handle: JobHandle, signal: AbortSignal): Promise<string | null> {
    if (typeof handle.slurm === "string") return handle.slurm;
    return findId(host, String(handle.folder), signal);
  }

  /** Asked every few seconds while the job is followed. */
  function watcher(id: string, log: string): (signal: AbortSignal) => Promise<TargetStatus> {
    let unknown = 0;
    return async (signal) => {
      const state = await askSlurm(host, id, signal);
      if (state) {
        unknown = 0;
        return statusOf(await explainEnd(host, state, log, signal));
      }
      // It answers nothing, which says nothing of the job.
      if (state === undefined || ++unknown < UNKNOWN_LIMIT)
        throw new HostUnreachable(`Slurm does not answer on ${host.name}.`);
      return { state: "gone", reason: `Slurm does not know job ${id} any more` };
    };
  }

  /** Waits until nothing of the job is left in Slurm; false when it still is after `ms`. */
  async function isOver(id: string, ms: number, signal: AbortSignal): Promise<boolean> {
    for (const deadline = Date.now() + ms; ; await wait(POLL_MS, undefined, { signal })) {
      const state = await askSlurm(host, id, signal);
      if (state === null || state?.phase === "over") return true;
      if (Date.now() > deadline) return false;
    }
  }

  return {
    name,
    kind: "slurm",
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    enforces: ["seconds", "memory"],

    async check(plan, signal): Promise<Problem[]> {
      // GPUs and programs are where the job will run, after its `setup`: not here.
      const here = { ...plan, command: ["python"], gpus: 0 };
      const problems = await jobs.check(here, { activate: environment.activate, signal });
      if (problems.some(({ severity }) => severity === "error")) return problems;
      const job = batchJob(plan, { folder: "/tmp" });
      return [
        ...problems,
        ...(await environment.check(host, plan, signal)),
        ...(await checkSlurm(host, job, settings, signal)),
      ];
    },

    async submit(plan, { keep, onProgress, signal }) {
      return (await handOver([plan], (_, handle) => keep(handle), { onProgress, signal }))[0]!;
    },

    submitMany: (plans, { keep, onProgress, signal }) => handOver(plans, keep, { onProgress, signal }),

    async follow(plan, handle, followOptions) {
      const { onLost, signal } = followOptions;
      const id = await again(() => idOf(handle, signal), { onLost, signal });
      if (id === null) return { state: "gone", reason: "it was never handed to Slurm" };
      const log = `${handle.folder}/${SLURM_LOG}`;
      const followed = createJobFolder({ ...options, watch: watcher(id, log) });
      const end = await followed.follow(plan, handle, followOptions);
      return withReason(end, await whyEnded(end, id, log, signal));
    },

    collect: jobs.collect,

    async cancel(plan, handle, signal) {
      const id = await idOf(handle, signal);
      // The command is asked first, as people ask at a terminal; a job that waits is never started after this.
      const ended = await jobs.cancel(plan, handle, signal);
      if (id === null || (!ended && (await isOver(id, GENTLE_MS, signal)))) return;
      await scancel(host, [id], signal);
      if (await isOver(id, FIRM_MS, signal)) return;
      throw new UserError(`Slurm's job ${id} on ${host.name} does not end. See: scontrol show job ${id}`);
    },

    clean: jobs.clean,
  };

  /** What Slurm knows of an end that the agent has seen only from inside: a signal that came, a process that was gone. */
  async function whyEnded(end: LastStatus, id: string, log: string, signal: AbortSignal): Promise<string | null> {
    const told = end.state === "ended" && (end.exitCode === 0 || OWN_REASONS.has(end.reason ?? ""));
    if (told) return null;
    for (
      const deadline = Date.now() + AFTERWARDS_MS;
      Date.now() < deadline;
      await wait(POLL_MS, undefined, { signal })
    ) {
      const state = await askSlurm(host, id, signal).catch(() => undefined);
      if (state === null) return null;
      if (state?.phase === "over") return (await explainEnd(host, state, log, signal)).reason;
    }
    return null;
  }
}

/** Reasons of the agent's own, which Slurm knows nothing of. */
const OWN_REASONS = new Set(["cancelled", "time limit", "memory limit", "out of memory"]);

const batchJob = ({ name, gpus, limits }: JobPlan, { folder }: Pick<Place, "folder">): BatchJob => ({
  ...{ name, gpus, limits, folder },
});

function withReason(end: LastStatus, reason: string | null): LastStatus {
  return reason === null ? end : { ...end, reason };
}

function statusOf({ phase, reason, exitCode, signal }: SlurmState): TargetStatus {
  if (phase === "waiting") return { state: "waiting", reason };
  if (phase === "running") return { state: "running" };
  const name = signal === null ? null : signalName(signal);
  return { state: "ended", exitCode: name === null ? exitCode : null, signal: name, endTime: Date.now(), reason };
}
