/** The options of `modeltrail sweep run` as a sweep has them. */
import { UserError } from "../domain/errors";
import { parseDuration } from "../domain/parseDuration";
import type { SweepSpec } from "../domain/sweep";
import type { SweepOverrides } from "../sweep/begin";
import { readParam } from "../sweep/readParam";

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

/** commander gives the first word behind the dashes as the name when there is none. */
export function splitDashes(first: string | undefined, rest: string[]): { name?: string; command?: string[] } {
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

export function overridesOf(command: string[] | undefined, options: RunSweepOptions): SweepOverrides {
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

/** Throws UserError for what is no whole number from 1. */
export function count(option: string, text: string | undefined): number | undefined {
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
