/** `modeltrail run [options] -- COMMAND…` */
import { UserError } from "../../domain/errors";
import type { JobLimits } from "../../domain/job";
import { LOCAL } from "../../domain/localTarget";
import { exitLike } from "../../recorder/process/exit";
import { record } from "../../recorder/record";
import { startFinisher, startUnderstudy } from "../beside";
import { parseTag } from "../tag";

export interface RunOptions {
  experiment?: string;
  name?: string;
  /** Each "key=value". */
  tag?: string[];
  note?: string;
  /** Who asks for the run; default "cli". */
  source?: string;
  /** The run goes on when its terminal is closed. */
  keepOnHangup?: boolean;
  /** The run whose code was restored, and the folder that stands for that code's root. */
  codeOf?: string;
  codeRoot?: string;
  /** For notebooks: parameters, each "name=value", and the Python that it runs on. */
  param?: string[];
  python?: string;
  /** Where it runs, by its name in modeltrail.yaml. */
  target?: string;
  /** On a target: not to wait for its end. */
  detach?: boolean;
  /** The queued job that this is. */
  job?: string;
  /** The run that it is a part of. */
  parent?: string;
  limits?: JobLimits;
  costPerHour?: number;
}

/** Runs and records the command, then ends this process as the command ended: with its exit code, or by its signal. */
export async function runCommand(options: RunOptions, command: string[]): Promise<never> {
  if (options.job !== undefined) return (await import("./jobRun")).jobRunCommand(options.job, runHere);
  const { target } = options;
  if (target !== undefined && target !== LOCAL) {
    return (await import("./targetRun")).targetRunCommand(target, options, command);
  }
  return runHere(options, command);
}

/** The same on this machine, whether it is of the queue or not. */
export async function runHere(options: RunOptions, command: string[]): Promise<never> {
  if (command.length === 0) {
    throw new UserError("No command was given. Put it behind two dashes: modeltrail run -- python train.py");
  }
  if (isNotebook(command)) return (await import("./notebookRun")).notebookRunCommand(options, command);
  if (options.param || options.python) {
    throw new UserError("Only notebooks take -p and --python. A script's own arguments stand behind it.");
  }
  const { codeOf, codeRoot } = options;
  const end = await record({
    command,
    cwd: process.cwd(),
    env: process.env,
    experiment: options.experiment,
    name: options.name,
    tags: Object.fromEntries((options.tag ?? []).map(parseTag)),
    note: options.note,
    source: options.source ?? "cli",
    restored: codeOf !== undefined && codeRoot !== undefined ? { run: codeOf, root: codeRoot } : undefined,
    job: options.job,
    parent: options.parent,
    limits: options.limits,
    costPerHour: options.costPerHour,
    onHangup: options.keepOnHangup ? "continue" : "stop",
    startFinisher,
    startUnderstudy,
  });
  exitLike(end);
}

/** A notebook is no program: its cells are what is to be run. */
const isNotebook = ([first]: readonly string[]) => first !== undefined && /\.ipynb$/i.test(first);
