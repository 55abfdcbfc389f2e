/**
 * The follower of a job on a target: hands it over, brings what it says as it says it, collects what it leaves, and ends its run.
 * Each step can be done again, so that another process goes on wherever this one ends.
 */
import { UserError } from "../../domain/errors";
import type { Job, JobLimits } from "../../domain/job";
import { hasLostSecrets } from "../../domain/secrets";
import { writeEndNote } from "../../recorder/endNote";
import { type LimitWatch, watchLimits } from "../../recorder/limits";
import { startPacer } from "../../recorder/pacer";
import { createRunPipeline, type RunPipeline } from "../../recorder/runPipeline";
import { spoolFolder } from "../../recorder/spoolFolder";
import { statusOf } from "../../recorder/status";
import { snapshotCode } from "../../snapshot/code";
import type { Store } from "../../store/contract";
import type { JobHandle, JobPlan, Target, TargetStatus } from "../contract";
import { makeStage } from "../stage/makeStage";
import { placeOf, type StageFacts, type StageFolder, stageFolder } from "../stage/stageFolder";
import { again } from "./again";
import { commandOf, takeRun } from "./beginRun";
import { type CancelWatch, watchCancel } from "./cancelWatch";
import { hasServer, planOf } from "./plan";
import { openWhenPossible } from "./reopen";
import { assertRunnable } from "./runnable";

export interface FollowOptions {
  openTarget(name: string): Promise<Target>;
  /** As it was given, when the job has it without its secrets. */
  command?: readonly string[] | undefined;
  /** What the target says of all of its jobs. */
  ofTarget(name: string): Promise<TargetDefaults>;
}

export interface TargetDefaults {
  /** Globs of data to send along. */
  data: readonly string[];
  /** Of jobs that say none of their own. */
  limits: JobLimits;
}

/** What is known of a job while it is followed. */
interface Following {
  store: Store;
  job: Job;
  run: string;
  stage: StageFolder;
  target: Target;
  watch: CancelWatch;
}

/**
 * Resolves when the job has ended, or is another's. Its follower must be this process already. Throws what the store throws,
 * and faults of ours: the next one to come goes on then.
 */
export async function followJob(store: Store, id: string, options: FollowOptions): Promise<void> {
  const found = store.jobs.get(id);
  if (!found) return;
  const stage = stageFolder(store.folder, id);
  if (found.state === "ended") return await tidy(found, stage, options);
  const job = await withDefaults(store, found, options);
  const run = takeRun(store, job, options.command);
  if (run === null) return;
  const watch = watchCancel(store, id, run);
  try {
    const target = await openWhenPossible(store, job, options.openTarget, watch.signal);
    await advance({ store, job, run, stage, target, watch }, options);
  } catch (error) {
    if (!(error instanceof UserError) && !watch.signal.aborted) throw error;
    refuse(store, id, run, watch.signal.aborted ? String(watch.signal.reason) : (error as Error).message, watch);
  } finally {
    watch.stop();
  }
}

/** Its own limits, and its target's where it has none. What cannot be read of the target now is said when it is opened. */
async function withDefaults(store: Store, job: Job, { ofTarget }: FollowOptions): Promise<Job> {
  const { limits } = await ofTarget(job.target).catch(() => ({ limits: {} }));
  const missing = Object.keys(limits).filter((name) => !Object.hasOwn(job.limits, name));
  if (job.handle !== null || missing.length === 0) return job;
  const all = { ...limits, ...job.limits };
  store.jobs.patch(job.id, { limits: all });
  return { ...job, limits: all };
}

/** An ended job of which something may be left. */
async function tidy(job: Job, stage: StageFolder, { openTarget }: FollowOptions): Promise<void> {
  const target = await openTarget(job.target);
  if (job.handle !== null) await target.clean(job, job.handle as JobHandle, new AbortController().signal);
  stage.remove();
}

async function advance(following: Following, options: FollowOptions): Promise<void> {
  const { store, job, run, stage, target } = following;
  const facts = stage.facts() ?? (await prepare(following, options));
  const place = placeOf(stage, facts);
  const pipeline = await createRunPipeline(store, run, {
    env: job.env,
    onTarget: { target: target.name, place, ownServer: hasServer(job.env) },
  });
  const pacer = startPacer(pipeline, [store.logPath(run), spoolFolder(store.runFolder(run))], () => {});
  try {
    const plan = planOf(store, job, run, {
      stage,
      facts,
      command: commandFor(job, options),
      autolog: pipeline.autolog,
    });
    const handle = isHandedOver(job, options) ? (job.handle as JobHandle) : await handOver(following, plan, pipeline);
    if (handle === null) return;
    const end = await untilEnd(following, plan, handle, pipeline);
    // It is over: whoever asks for its end now comes too late.
    following.watch.stop();
    await collect(following, plan, handle, pipeline);
    await pacer.stop();
    await conclude(following, facts, pipeline, end);
    await cleanUp(following, plan, handle);
  } finally {
    await pacer.stop();
    await pipeline.close();
  }
}

/**
 * A job that is still starting is handed over again, which finds what the follower before us had begun; not one whose command
 * has lost its secrets on the way.
 */
function isHandedOver({ state, handle, command }: Job, options: FollowOptions): boolean {
  return handle !== null && (state !== "starting" || (!options.command && hasLostSecrets(command)));
}

/** Only what is not handed over yet needs it. */
function commandFor(job: Job, options: FollowOptions): readonly string[] {
  return isHandedOver(job, options) ? job.command : commandOf(job, options.command);
}

/** Takes the code, unless that was done, and makes the stage of it. */
async function prepare(
  { store, job, run, stage, target, watch }: Following,
  options: FollowOptions,
): Promise<StageFacts> {
  const { signal } = watch;
  assertRunnable(job.command, target.name);
  if (store.getRunHead(run)!.snapshot.code.commit === null) {
    const { code, gaps, warnings } = await snapshotCode(store.root, store.folder, { signal });
    store.setCode(run, code, gaps, warnings);
  }
  const { data: globs } = await options.ofTarget(target.name);
  const { facts, warnings } = await makeStage(store, store.getRun(run)!, stage, { globs, signal });
  if (warnings.length > 0) store.ingest(run, { warnings });
  store.jobs.patch(job.id, { reason: null });
  return facts;
}

/** Checks and submits. Null: the job has ended without having begun. */
async function handOver(
  { store, job, target, watch }: Following,
  plan: JobPlan,
  pipeline: RunPipeline,
): Promise<JobHandle | null> {
  const { signal } = watch;
  let kept = job.handle as JobHandle | null;
  const isNew = kept === null;
  const keep = (handle: JobHandle) => {
    kept = handle;
    store.jobs.patch(job.id, { handle });
  };
  try {
    // What was begun is in the way of itself.
    const problems = isNew ? await target.check(plan, signal) : [];
    const errors = problems.filter(({ severity }) => severity === "error").map(({ message }) => message);
    if (errors.length > 0) throw new UserError(errors.join("\n"));
    pipeline.add({ warnings: problems.map(({ message }) => message) });
    const onProgress = (line: string) => store.jobs.patch(job.id, { reason: line });
    kept = await target.submit(plan, { keep, onProgress, signal });
  } catch (error) {
    if (kept !== null) await withdraw(target, plan, kept);
    if (!(error instanceof UserError) && !signal.aborted) {
      throw new UserError(`The job could not be handed over to ${target.name}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    throw error;
  }
  store.jobs.move(job.id, ["starting"], "waiting", { handle: kept, reason: null });
  return kept;
}

/** A job that may have been begun, or not. */
async function withdraw(target: Target, plan: JobPlan, handle: JobHandle): Promise<void> {
  const signal = AbortSignal.timeout(WITHDRAW_MS);
  await again(() => target.cancel(plan, handle, signal), { onLost() {}, signal }).catch(() => {});
  await target.clean(plan, handle, signal).catch(() => {});
}

const WITHDRAW_MS = 30_000;

async function untilEnd(
  { store, job, target, watch }: Following,
  plan: JobPlan,
  handle: JobHandle,
  pipeline: RunPipeline,
): Promise<TargetStatus & { state: "ended" | "gone" }> {
  const onLost = (reason: string | null) =>
    store.jobs.patch(job.id, { reason: reason === null ? null : `${target.name} cannot be reached: ${reason}` });
  const never = new AbortController().signal;
  const cancel = () =>
    again(() => target.cancel(plan, handle, never), { onLost }).catch((error: Error) => onLost(error.message));
  let limits: LimitWatch | undefined;
  if (watch.signal.aborted) void cancel();
  else watch.signal.addEventListener("abort", () => void cancel(), { once: true });
  try {
    return await target.follow(plan, handle, {
      onStatus(status) {
        if (status.state === "waiting") store.jobs.patch(job.id, { reason: status.reason });
        if (status.state !== "running") return;
        store.jobs.move(job.id, ["starting", "waiting"], "running", { reason: null });
        limits ??= watchOwnLimits(store.jobs.get(job.id)!, target, (reason) => {
          pipeline.add({ warnings: [reason] });
          watch.cancel(reason);
        });
      },
      onLost,
      signal: never,
    });
  } catch (error) {
    // Faults of ours are for the next follower; what the target says for good is the end of the job, as far as we can know.
    if (!(error instanceof UserError)) throw error;
    return { state: "gone", reason: error.message };
  } finally {
    limits?.stop();
  }
}

/** The limits that the target does not enforce itself. */
function watchOwnLimits({ limits, started }: Job, { enforces, costPerHour }: Target, onOver: (reason: string) => void) {
  const ours = Object.entries(limits).filter(([name]) => !enforces.includes(name as keyof JobLimits));
  const elapsed = started === null ? 0 : Date.now() - started;
  return watchLimits({ limits: Object.fromEntries(ours), costPerHour, onOver }, elapsed);
}

async function collect(
  { store, job, target, stage }: Following,
  plan: JobPlan,
  handle: JobHandle,
  pipeline: RunPipeline,
) {
  store.jobs.move(job.id, ["starting", "waiting", "running"], "collecting", { reason: null });
  stage.markCollecting();
  const { signal } = new AbortController();
  const onLost = (reason: string | null) => store.jobs.patch(job.id, { reason });
  try {
    const problems = await again(() => target.collect(plan, handle, signal), { onLost });
    pipeline.add({ gaps: problems.map(({ message }) => ({ kind: "other", message })) });
  } catch (error) {
    const message = `What the command wrote on ${target.name} could not be brought: ${(error as Error).message}`;
    pipeline.add({ gaps: [{ kind: "other", message }] });
  }
}

async function conclude(
  { store, run, watch, stage }: Following,
  facts: StageFacts,
  pipeline: RunPipeline,
  end: TargetStatus & { state: "ended" | "gone" },
): Promise<void> {
  const { bringTracked } = await import("./bringTracked");
  const tracked = await bringTracked(store, run, placeOf(stage, facts));
  pipeline.add(tracked.own);
  const { startTime } = store.getRunHead(run)!;
  const now = Date.now();
  const [exitCode, signal] = end.state === "ended" ? [end.exitCode, end.signal] : [null, null];
  // By our own clock, as the start was: of one there that is behind, nothing is known.
  const endTime = end.state === "ended" && end.endTime >= startTime ? Math.min(now, end.endTime) : now;
  writeEndNote(store.runFolder(run), { exitCode, signal, endTime });
  // What the target says of a job that we have cancelled is no news.
  const reason = watch.signal.aborted ? String(watch.signal.reason) : end.reason;
  if (!watch.signal.aborted && reason !== null) pipeline.add({ warnings: [sentence(reason)] });
  const last = await pipeline.finish();
  await tracked.giveBelow();
  store.endRun(run, { status: statusOf({ exitCode, signal }), exitCode, signal, endTime, reason }, last);
}

/** "out of memory" → "The job ended: out of memory." */
function sentence(reason: string): string {
  return /[.!]$/.test(reason) ? reason : `The job ended: ${reason}.`;
}

/** What cannot be removed now is, by whoever opens the store later: the stage stays until then. */
async function cleanUp({ target, stage }: Following, plan: JobPlan, handle: JobHandle): Promise<void> {
  try {
    await again(() => target.clean(plan, handle, new AbortController().signal), { onLost() {}, attempts: 2 });
    stage.remove();
  } catch {}
}

/** Ends a job that never began. */
function refuse(store: Store, job: string, run: string, reason: string, { signal }: CancelWatch): void {
  if (!signal.aborted) store.jobs.end(job, "refused", { reason });
  const end = { status: signal.aborted ? "killed" : "failed", exitCode: null, signal: null } as const;
  store.endRun(run, { ...end, endTime: Date.now(), reason }, { warnings: [reason] });
  stageFolder(store.folder, job).remove();
}
