/** `modeltrail sweep run`, `resume` and `stop` */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { parseDuration } from "../../domain/parseDuration";
import type { Sweep, SweepSpec } from "../../domain/sweep";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { isAlive } from "../../store/process";
import { beginSweep, type SweepOverrides, sweepSpec } from "../../sweep/begin";
import { driveSweep } from "../../sweep/drive";
import { readParam } from "../../sweep/readParam";
import { cancelJob } from "../../targets/queue/cancelJob";
import { startQueue } from "../../targets/queue/start";
import { slotsOf } from "../../targets/slots";
import { withStore } from "../open";
import { oneLine, print } from "../print";
import { sweepText } from "./sweepShow";

export interface RunSweepOptions {
  param?: string[];
  method?: SweepSpec["method"];
  metric?: string;
  direction?: SweepSpec["direction"];
  take?: SweepSpec["take"];
  trials?: string;
  parallel?: string;
  seed?: string;
  gpus?: string;
  target?: string;
  experiment?: string;
  stopAt?: string;
  stopWithout?: string;
  stopAfter?: string;
  sampler?: NonNullable<SweepSpec["optuna"]>["sampler"];
  pruner?: NonNullable<SweepSpec["optuna"]>["pruner"];
  python?: string;
  name?: string;
  detach?: boolean;
}

export interface ResumeSweepOptions {
  trials?: string;
  python?: string;
  detach?: boolean;
}

const STOP_POLL_MS = 100;
/** On a target that takes any number: what a search learns from must end before it suggests. */
const MOST_AT_ONCE = 8;

/** `modeltrail sweep run [NAME] [-- COMMAND]`: commander gives the first word behind the dashes as the name when there is none. */
export async function runSweepCommand(
  first: string | undefined,
  rest: string[],
  options: RunSweepOptions,
): Promise<void> {
  const { name, command } = splitDashes(first, rest);
  const { root } = locateRoot(process.cwd());
  const spec = sweepSpec(await readProjectFile(root), name, overridesOf(command, options));
  const store = openStore(root);
  try {
    const sweep = beginSweep(store, spec, options.name ?? name, process.cwd());
    await go(store, sweep, options);
  } finally {
    store.close();
  }
}

export async function resumeSweepCommand(name: string, options: ResumeSweepOptions): Promise<void> {
  await withStore(async (store) => {
    const { id, spec } = store.sweeps.resolve(name);
    if (options.trials !== undefined) store.sweeps.setSpec(id, { ...spec, trials: count("--trials", options.trials)! });
    store.sweeps.changeState(id, ["stopped", "ended"], "running", null);
    await go(store, store.sweeps.resolve(id), options);
  });
}

export async function stopSweepCommand(name: string): Promise<void> {
  await withStore(async (store) => {
    const sweep = store.sweeps.resolve(name);
    if (!store.sweeps.changeState(sweep.id, ["running"], "stopped", "Stopped by its user.")) {
      throw new UserError(`${sweep.name} does not go on: it has ${sweep.state}.`);
    }
    await untilDriverIsGone(store, sweep.id);
    print(`Stopped ${oneLine(sweep.name)}. \`modeltrail sweep resume ${sweep.name}\` goes on with it.`);
  });
}

/** Drives the sweep here, or sees to it that a process in the background does. */
async function go(store: Store, sweep: Sweep, options: ResumeSweepOptions): Promise<void> {
  if (options.detach) {
    await startDriver(store, sweep, options);
    print(
      `${oneLine(sweep.name)} goes on in the background. \`modeltrail sweep show ${sweep.name}\` tells how it stands.`,
    );
    return;
  }
  // Who closes the terminal does not want to stop what runs for days.
  process.on("SIGHUP", () => {});
  process.stdout.on("error", () => {});
  const stop = () => {
    store.sweeps.changeState(sweep.id, ["running"], "stopped", "Stopped by its user.");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const ended = await driveSweep(store, sweep.id, {
    python: options.python ?? pythonOf(sweep.spec),
    env: process.env,
    storage: path.join(sweepFolder(store, sweep), "optuna.log"),
    slots: await parallelOn(store.root, sweep.spec.target),
    startQueue: () => startQueue(store.root),
    cancelJob: (id, reason) => cancelJob(store, id, reason),
    onProgress: (line) => print(oneLine(line)),
  });
  print(sweepText(store, ended, 10));
  if (ended.state === "stopped") print(`\n\`modeltrail sweep resume ${ended.name}\` goes on with it.`);
}

async function parallelOn(root: string, target: string): Promise<number> {
  const slots = slotsOf(await readProjectFile(root), target);
  return Number.isFinite(slots) ? slots : MOST_AT_ONCE;
}

/** Throws UserError with what the process said, when it ended before it drove the sweep. */
async function startDriver(store: Store, sweep: Sweep, { python }: ResumeSweepOptions): Promise<void> {
  const logFile = path.join(sweepFolder(store, sweep), "driver.log");
  const log = openSync(logFile, "a");
  const more = python === undefined ? [] : [`--python=${python}`];
  const child = spawn(process.execPath, [process.argv[1]!, "sweep", "resume", ...more, sweep.id], {
    cwd: store.root,
    detached: true,
    stdio: ["ignore", log, log],
    windowsHide: true,
  });
  let failure: string | undefined;
  child.on("error", ({ message }) => (failure = message));
  child.on("exit", () => (failure ??= lastLines(logFile)));
  child.unref();
  while (store.sweeps.driver(sweep.id)?.pid !== child.pid || store.sweeps.counts(sweep.id).total === 0) {
    if (failure !== undefined) {
      if (store.sweeps.resolve(sweep.id).state === "ended") return;
      throw new UserError(`${sweep.name} could not be begun in the background: ${failure} (${logFile})`);
    }
    await wait(STOP_POLL_MS);
  }
}

const lastLines = (file: string) => readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" ");

async function untilDriverIsGone(store: Store, id: string): Promise<void> {
  const driver = store.sweeps.driver(id);
  while (driver && isAlive(driver)) await wait(STOP_POLL_MS);
}

function sweepFolder(store: Store, { id }: Sweep): string {
  const folder = path.join(store.folder, "sweeps", id);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The Python that the command is started with, when it is one. */
function pythonOf({ command }: SweepSpec): string {
  const [program = ""] = command;
  return /^python[\d.]*(\.exe)?$/i.test(path.basename(program)) ? program : "python3";
}

function splitDashes(first: string | undefined, rest: string[]): { name?: string; command?: string[] } {
  const dashes = process.argv.indexOf("--");
  const words = first === undefined ? [] : [first, ...rest];
  const behind = dashes < 0 ? 0 : process.argv.length - dashes - 1;
  const before = words.slice(0, words.length - behind);
  if (before.length > 1) {
    throw new UserError(
      "The command stands behind two dashes: modeltrail sweep run --param lr=0.1,0.01 -- python train.py",
    );
  }
  return { name: before[0], command: behind > 0 ? words.slice(-behind) : undefined };
}

function overridesOf(command: string[] | undefined, options: RunSweepOptions): SweepOverrides {
  const { method, metric, direction, take, target, experiment, sampler, pruner } = options;
  const stop = {
    ...(options.stopAt === undefined ? {} : { at: number("--stop-at", options.stopAt) }),
    ...(options.stopWithout === undefined ? {} : { without: count("--stop-without", options.stopWithout) }),
    ...(options.stopAfter === undefined ? {} : { seconds: seconds(options.stopAfter) }),
  };
  const optuna = { ...(sampler ? { sampler } : {}), ...(pruner ? { pruner } : {}) };
  return {
    command,
    params: Object.fromEntries((options.param ?? []).map(readParam)),
    method: method ?? (sampler || pruner ? "optuna" : undefined),
    metric,
    direction,
    take,
    target,
    experiment,
    trials: count("--trials", options.trials),
    parallel: count("--parallel", options.parallel),
    seed: options.seed === undefined ? undefined : number("--seed", options.seed),
    gpus: options.gpus === undefined ? undefined : number("--gpus", options.gpus),
    stop: Object.keys(stop).length > 0 ? stop : undefined,
    optuna: Object.keys(optuna).length > 0 ? (optuna as SweepSpec["optuna"]) : undefined,
  };
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new UserError(`${option} takes a number, and "${text}" is none.`);
  return value;
}

function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = number(option, text);
  if (!Number.isInteger(value) || value < 1)
    throw new UserError(`${option} takes a whole number from 1, not "${text}".`);
  return value;
}

function seconds(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new UserError(`--stop-after takes a time such as 90s, 30m or 2h30m, not "${text}".`);
  return value;
}
