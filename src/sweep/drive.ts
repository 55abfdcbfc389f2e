/** Drives a sweep: begins trials, watches them, learns from them. All it knows is in the store, so another process can go on. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../domain/errors";
import type { Job } from "../domain/job";
import type { RunSummary } from "../domain/run";
import { isOver, SWEEP_TAG, type Sweep, TRIAL_TAG, type Trial } from "../domain/sweep";
import type { ProcessIdentity, Store } from "../store/contract";
import type { NewJob } from "../store/jobs/contract";
import { isAlive, processIdentity } from "../store/process";
import { allTrials } from "./allTrials";
import { trialCommand } from "./command";
import { whyEnough } from "./enough";
import type { StepValue } from "./optuna";
import { outcomeOf, valueThatCounts } from "./outcome";
import { trialCount } from "./plan";
import { openSuggester, type Suggester, type SuggesterOptions } from "./suggest";

export interface DriveOptions extends SuggesterOptions {
  /** Trials at the same time, when the sweep does not say. */
  slots: number;
  /** What every trial's job has besides what the sweep says. */
  job: Pick<NewJob, "limits" | "env">;
  /** Sees to it that queued jobs are begun. */
  startQueue(): void;
  /** Ends a job, whatever it is doing. */
  cancelJob(id: string, reason: string): Promise<unknown>;
  onProgress?(line: string): void;
}

const POLL_MS = 100;
/** Points of one trial that a pruner is shown. */
const MANY_POINTS = 10_000;

/**
 * Returns when the sweep has ended, or was stopped from elsewhere; its running trials are cancelled then. Throws UserError when
 * another process drives it, or Optuna cannot be asked; the sweep can go on later.
 */
export async function driveSweep(store: Store, id: string, options: DriveOptions): Promise<Sweep> {
  takeWheel(store, id);
  const sweep = store.sweeps.resolve(id);
  const suggester = await openSuggester(store, sweep, options);
  const wheel: Wheel = { store, sweep, suggester, options, over: allTrials(store, id).filter(isOver), ending: [] };
  try {
    restart(wheel);
    for (let seen = -1; store.sweeps.resolve(id).state === "running"; seen = await untilChange(wheel, seen)) {
      await settle(wheel);
      const enough = whyEnough(sweep, wheel.over, Date.now());
      if (enough) store.sweeps.changeState(id, ["running"], "ended", enough);
      else await fill(wheel);
    }
    await letGo(wheel);
    return store.sweeps.resolve(id);
  } finally {
    await suggester.close();
  }
}

interface Wheel {
  readonly store: Store;
  readonly sweep: Sweep;
  readonly suggester: Suggester;
  readonly options: DriveOptions;
  /** The trials that are over, in the order in which they ended; those of an earlier driver by number. */
  readonly over: Trial[];
  /** Jobs that are being ended. */
  readonly ending: Promise<unknown>[];
}

/** One process drives a sweep; who finds it dead takes over. */
function takeWheel({ sweeps }: Pick<Store, "sweeps">, id: string): void {
  const before = sweeps.driver(id);
  const self = processIdentity();
  const isOurs = before?.pid === self.pid && before.startToken === self.startToken;
  if (isOurs) return;
  assertUndriven({ sweeps }, id);
  if (!sweeps.claim(id, before, self)) throw drivenBy(sweeps.driver(id));
}

/** Throws UserError when a process that lives drives the sweep. */
export function assertUndriven({ sweeps }: Pick<Store, "sweeps">, id: string): void {
  const driver = sweeps.driver(id);
  if (driver && isAlive(driver)) throw drivenBy(driver);
}

const drivenBy = (driver: ProcessIdentity | null) =>
  new UserError(`This sweep is driven by process ${driver?.pid} already.`);

/** Trials that were cancelled when the sweep was stopped are begun again. */
function restart(wheel: Wheel): void {
  const { store, sweep, options } = wheel;
  for (const trial of store.sweeps.trials(sweep.id, { states: ["waiting"] })) start(wheel, trial);
  options.startQueue();
}

function start({ store, sweep, options }: Wheel, { number, params }: Pick<Trial, "number" | "params">): void {
  const { spec, cwd, name } = sweep;
  store.sweeps.startTrial(sweep.id, number, () => {
    const { id } = store.jobs.create({
      ...options.job,
      target: spec.target,
      command: trialCommand(spec, params),
      cwd,
      name: `${name}-${number}`,
      experiment: spec.experiment ?? null,
      tags: { [SWEEP_TAG]: name, [TRIAL_TAG]: String(number) },
      gpus: spec.gpus,
      source: "sweep",
      sweep: sweep.id,
    });
    return id;
  });
}

/** Looks at the trials that are under way: what has ended is told to who suggests, and what is hopeless is pruned. */
async function settle(wheel: Wheel): Promise<void> {
  const { store, sweep, suggester, options } = wheel;
  const { metric } = sweep.spec;
  const running = store.sweeps.trials(sweep.id, { states: ["running"] });
  const jobs = new Map(store.jobs.getMany(running.map(({ job }) => job!)).map((job) => [job.id, job]));
  for (const trial of running) {
    const job = jobs.get(trial.job!) ?? null;
    const [run = null] = job?.run ? store.getSummaries([job.run]) : [];
    if (job && job.state !== "ended") {
      if (run) await prune(wheel, trial, job, run);
      continue;
    }
    const { state, value, reason } = outcomeOf(sweep.spec, job, run);
    // What others are measured by, also of trials that were too quick to be looked at on the way.
    if (run && sweep.spec.optuna?.pruner) await suggester.report(trial, pointsOf(store, run.id, metric!));
    await end(wheel, { ...trial, state, value });
    options.onProgress?.(`trial ${trial.number}: ${reason ?? (value === null ? "done" : `${metric} ${value}`)}`);
  }
}

/** Ends a trial that does worse than others did at the same step. */
async function prune(wheel: Wheel, trial: Trial, job: Job, run: RunSummary): Promise<void> {
  const { store, sweep, suggester, options } = wheel;
  const { metric, optuna } = sweep.spec;
  const summary = metric === undefined ? undefined : run.metrics[metric];
  if (!optuna?.pruner || !summary) return;
  if (!(await suggester.report(trial, pointsOf(store, run.id, metric!)))) return;
  const value = valueThatCounts(sweep.spec, summary);
  await end(wheel, { ...trial, state: "pruned", value });
  cancel(wheel, job.id, "Pruned: other trials did better at the same step.");
  options.onProgress?.(`trial ${trial.number}: pruned at ${metric} ${value}`);
}

async function end({ store, sweep, suggester, over }: Wheel, trial: Trial): Promise<void> {
  // In this order: told twice does no harm, not told would be lost.
  await suggester.tell(trial);
  store.sweeps.endTrial(sweep.id, trial.number, trial.state, trial.value);
  over.push(trial);
}

/** Goes on meanwhile; what is still being ended is waited for at the end. */
function cancel({ options, ending }: Wheel, job: string, reason: string): void {
  ending.push(options.cancelJob(job, reason).catch((error: Error) => options.onProgress?.(error.message)));
}

function pointsOf(store: Store, run: string, metric: string): StepValue[] {
  const { points } = store.metricHistory(run, metric, 0, MANY_POINTS);
  return points.filter(({ value }) => Number.isFinite(value)).map(({ step, value }) => [step, value]);
}

/** Begins as many trials as may go on at the same time. */
async function fill(wheel: Wheel): Promise<void> {
  const { store, sweep, suggester, options } = wheel;
  const most = trialCount(sweep.spec);
  const parallel = sweep.spec.parallel ?? options.slots;
  let { total, running } = store.sweeps.counts(sweep.id);
  for (; running < parallel && total < most; running++, total++) {
    const trial = await suggester.next();
    store.sweeps.addTrial(sweep.id, trial.number, trial.params);
    start(wheel, trial);
    options.startQueue();
  }
}

/** What is under way when the sweep is stopped is begun again when it goes on; when it has ended, it is not wanted any more. */
async function letGo(wheel: Wheel): Promise<void> {
  const { store, sweep } = wheel;
  const isStopped = store.sweeps.resolve(sweep.id).state === "stopped";
  for (const trial of store.sweeps.trials(sweep.id, { states: ["running"] })) {
    cancel(wheel, trial.job!, isStopped ? "Its sweep was stopped." : "Its sweep is over.");
    if (isStopped) store.sweeps.endTrial(sweep.id, trial.number, "waiting", null);
    else await end(wheel, { ...trial, state: "failed", value: null });
  }
  await Promise.all(wheel.ending);
}

/** Resolves when anything was written to the store since `revision`, or the sweep's time is over; gives the new revision. */
async function untilChange({ store, sweep }: Wheel, revision: number): Promise<number> {
  const seconds = sweep.spec.stop?.seconds ?? Number.POSITIVE_INFINITY;
  for (;;) {
    await wait(POLL_MS);
    const now = store.changesSince(revision).revision;
    if (now !== revision || Date.now() >= sweep.created + seconds * 1_000) return now;
  }
}
