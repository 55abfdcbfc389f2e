/** `modeltrail sweep run`, `resume` and `stop` */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import type { Sweep, SweepSpec } from "../../domain/sweep";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { isAlive } from "../../store/process";
import { beginSweep, sweepSpec } from "../../sweep/begin";
import { assertUndriven, driveSweep } from "../../sweep/drive";
import { resumeJobs } from "../../targets/launch/startFollower";
import { cancelJob } from "../../targets/queue/cancelJob";
import { keptVariables } from "../../targets/queue/keptVariables";
import { startQueue } from "../../targets/queue/start";
import { slotsOf } from "../../targets/slots";
import { targetLimits } from "../../targets/targetLimits";
import { ownProgram } from "../beside";
import { withStore } from "../open";
import { oneLine, print } from "../print";
import { count, overridesOf, type RunSweepOptions, splitDashes } from "../sweepOptions";
import { sweepText } from "./sweepShow";

export interface ResumeSweepOptions {
  trials?: string;
  python?: string;
  detach?: boolean;
}

const STOP_POLL_MS = 100;
/** On a target that takes any number: what a search learns from must end before it suggests. */
const MOST_AT_ONCE = 8;

/** `modeltrail sweep run [NAME] [-- COMMAND]` */
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
    // Before anything of it is changed under the hands of who drives it.
    assertUndriven(store, id);
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
  const { target } = sweep.spec;
  const ended = await driveSweep(store, sweep.id, {
    python: options.python ?? pythonOf(sweep.spec),
    env: process.env,
    storage: path.join(sweepFolder(store, sweep), "optuna.log"),
    slots: await parallelOn(store.root, target),
    // Another machine has its own environment.
    job: { limits: await targetLimits(store.root, target), env: target === LOCAL ? keptVariables(process.env) : {} },
    startQueue: () => startQueue(store.root),
    cancelJob: (id, reason) => cancelJob(store, id, reason, () => resumeJobs(store, ownProgram())),
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
