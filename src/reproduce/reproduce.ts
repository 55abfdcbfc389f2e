/** Runs a run again from what was recorded of it, in a folder of its own, and says whether the same came of it. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../domain/errors";
import { REASON_TAG, REPRODUCES_TAG, type Reproduction, VERDICT_TAG } from "../domain/reproduction";
import type { Run } from "../domain/run";
import { readDistributions } from "../snapshot/packages";
import { askPython } from "../snapshot/pythonNow";
import type { Store } from "../store/contract";
import { moveCommand, type Python, runEnvironment } from "./command";
import { type FreshFolder, makeFolder, removeFolder } from "./folder";
import { differenceOf, recordedPython } from "./interpreter";
import { judge } from "./judge";
import { keepVerdict } from "./keptVerdict";
import { lockOf } from "./lock";
import { cleanEnvironment, makeVenv } from "./venv";

export interface ReproduceOptions {
  /** Our own command line, up to where `run` begins: an argv. */
  modeltrail: readonly string[];
  /** Where to run; must be empty. Default: a folder of ours, which is removed when the result is the same. */
  to?: string;
  /** Whether our own folder stays in any case. */
  keep?: boolean;
  /** Whether it may write again what it wrote outside the project. */
  overwrite?: boolean;
  /** In an environment that is made from the recorded packages, instead of the recorded interpreter. */
  environment?: boolean;
  /** Allowed relative difference of numbers. */
  tolerance: number;
  env: NodeJS.ProcessEnv;
  /** Where the run's standard output goes: where ours does, or to standard error. */
  output: "inherit" | "stderr";
  /** One line each: what is being done, and what should be known before the run begins. */
  onProgress(line: string): void;
  /** Finishes runs whose recorder has died. */
  settle(store: Store): Promise<void>;
  /** Before the run begins only: later, signals are the run's own. */
  signal?: AbortSignal;
}

/** Throws UserError when the run cannot be run again, with the reason, or was stopped. */
export async function reproduce(store: Store, id: string, options: ReproduceOptions): Promise<Reproduction> {
  const run = store.getRun(id)!;
  assertPossible(run, options);
  options.onProgress(`restoring code, data and config of ${run.name}`);
  const fresh = await makeFolder(store, run, options);
  let keep = options.to !== undefined || options.keep === true;
  try {
    for (const { message } of fresh.problems) options.onProgress(message);
    const python = await findPython(store, run, fresh, options);
    const child = await runAgain(store, run, fresh, python, options);
    const judged = await judge(store, run, child, fresh, options.tolerance);
    keep ||= judged.verdict === "different";
    const reproduction = { ...judged, folder: keep ? fresh.folder : null };
    await keepVerdict(store, reproduction);
    tell(store, reproduction);
    return reproduction;
  } finally {
    if (!keep) removeFolder(fresh.folder);
  }
}

function assertPossible(run: Run, { overwrite }: ReproduceOptions): void {
  if (run.status === "running") {
    throw new UserError(`${run.name} is still running. It can be reproduced when it has ended.`);
  }
  const original = run.tags[REPRODUCES_TAG];
  if (original !== undefined) {
    throw new UserError(
      `${run.name} is itself a reproduction. Reproduce the run ${original.slice(0, 8)} that it repeats.`,
    );
  }
  if (run.snapshot.code.commit === null) {
    const why = run.gaps.find(({ kind }) => kind === "no-git" || kind === "other")?.message;
    throw new UserError(`No code was recorded with ${run.name}, so it cannot be run again.${why ? ` ${why}` : ""}`);
  }
  const outside = run.snapshot.data.find((file) => file.role === "write" && path.isAbsolute(file.path));
  if (outside && !overwrite) {
    throw new UserError(
      `${run.name} wrote ${outside.path}, outside the project, and would write it again. With --overwrite it may.`,
    );
  }
}

async function findPython(
  store: Store,
  run: Run,
  { move }: FreshFolder,
  options: ReproduceOptions,
): Promise<Python | null> {
  const cacheFolder = path.join(store.folder, "cache");
  const { environment } = run.snapshot;
  if (options.environment) {
    if (!environment) throw new UserError(`No Python environment was recorded with ${run.name}, so none can be made.`);
    const lock = lockOf(environment, [...new Set([move.after.root, move.after.project])]);
    for (const line of lock.left) options.onProgress(line);
    const { executable: recorded } = environment;
    const executable = await makeVenv(lock, { ...options, storeFolder: store.folder, recorded });
    const { path: folders } = await askPython(executable, cleanEnvironment(options.env), options.signal);
    sayDifference(differenceOf(environment, await readDistributions(folders, cacheFolder)), options, "");
    return { executable, importFolders: lock.ownFolders };
  }
  const python = await recordedPython(run, move, cacheFolder, options.env);
  if (python) sayDifference(python.difference, options, " With --environment the recorded packages are installed.");
  return python;
}

function sayDifference(difference: string, { onProgress }: ReproduceOptions, advice: string): void {
  if (difference !== "") onProgress(`the environment is not as it was: ${difference}.${advice}`);
}

/** Runs the command, recorded as a child of `run` in the same store. Gives the child as it ended. */
async function runAgain(
  store: Store,
  run: Run,
  { folder, move }: FreshFolder,
  python: Python | null,
  options: ReproduceOptions,
): Promise<Run> {
  const env = {
    ...runEnvironment(run, python, move, options.env),
    // The new run is recorded where the first one is, and as its child.
    MODELTRAIL_DIR: store.folder,
    MODELTRAIL_RUN_ID: run.id,
    // Outside of git, the folder is no part of what may be around it.
    GIT_CEILING_DIRECTORIES: [path.dirname(folder), options.env.GIT_CEILING_DIRECTORIES]
      .filter(Boolean)
      .join(path.delimiter),
  };
  const command = moveCommand(run, python, move, env);
  const known = new Set(childrenOf(store, run.id).map(({ id }) => id));
  const settings = [
    ["--experiment", run.experiment],
    ["--tag", `${REPRODUCES_TAG}=${run.id}`],
    ["--source", "reproduce"],
    ["--code-of", run.id],
    ["--code-root", move.after.root],
  ].flat();
  const [program, ...first] = options.modeltrail;
  options.onProgress(`running it again in ${move.after.cwd}`);
  const child = spawn(program!, [...first, "run", ...settings, "--", ...command], {
    cwd: move.after.cwd,
    env,
    stdio: ["inherit", options.output === "stderr" ? 2 : "inherit", "inherit"],
  });
  await ended(child);
  const made = childrenOf(store, run.id).find(({ id, cwd }) => !known.has(id) && cwd === move.after.cwd);
  if (!made) throw new UserError("The new run could not be recorded, so there is nothing to compare.");
  const result = await settled(store, made.id, options);
  if (result.status === "killed" && run.status !== "killed") {
    throw new UserError(`${result.name} was stopped before its end, so there is no verdict.`);
  }
  return result;
}

function childrenOf(store: Store, parent: string) {
  return store.listRuns({ parent, limit: 10_000 }).runs;
}

/** Resolves when the process has ended. Signals are for the run to act on, which gets those of the terminal by itself. */
async function ended(child: ChildProcess): Promise<void> {
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const stay = () => process.stdin.isTTY || child.kill("SIGINT");
  process.on("SIGINT", stay).on("SIGTERM", forward).on("SIGHUP", forward);
  try {
    await new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
  } finally {
    process.off("SIGINT", stay).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

const POLL_MS = 100;

/** The run when it is known how it ended: a long backlog of metrics is read by a process of its own. */
async function settled(store: Store, id: string, { settle }: ReproduceOptions): Promise<Run> {
  await settle(store);
  for (;;) {
    const run = store.getRun(id)!;
    if (run.status !== "running") return run;
    await wait(POLL_MS);
    await settle(store);
  }
}

function tell(store: Store, { run, child, verdict, reasons }: Omit<Reproduction, "folder">): void {
  store.setTag(child, REPRODUCES_TAG, run);
  store.setTag(child, VERDICT_TAG, verdict);
  if (reasons[0] !== undefined) store.setTag(child, REASON_TAG, reasons[0]);
}
