/** `modeltrail sweep ls` and `modeltrail sweep show` */
import { formatAgo, formatDuration, formatNumber } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { Sweep, Trial } from "../../domain/sweep";
import type { Store } from "../../store/contract";
import { isAlive } from "../../store/process";
import { allTrials } from "../../sweep/allTrials";
import { describeParams } from "../../sweep/command";
import { directionOf, trialCount } from "../../sweep/plan";
import { withStore } from "../open";
import { commandText, oneLine, pairs, print, styled, table } from "../print";
import { count } from "../sweepOptions";

export async function listSweepsCommand(options: { limit: string; json?: boolean }): Promise<void> {
  const limit = count("--limit", options.limit)!;
  await withStore((store) => {
    const { sweeps } = store.sweeps.list({ limit });
    if (options.json)
      return print(
        toJson(
          sweeps.map((sweep) => summaryOf(store, sweep)),
          2,
        ),
      );
    if (sweeps.length === 0)
      return print("No sweeps yet. Begin one: modeltrail sweep run --param lr=0.1,0.01 -- python train.py");
    print(table([["NAME", "STATE", "TRIALS", "BEST", "METHOD", "BEGUN"], ...sweeps.map((sweep) => row(store, sweep))]));
  });
}

export async function showSweepCommand(name: string, options: { limit: string; json?: boolean }): Promise<void> {
  const most = count("--limit", options.limit)!;
  await withStore((store) => {
    const sweep = store.sweeps.resolve(name);
    if (!options.json) return print(sweepText(store, sweep, most));
    print(toJson({ ...summaryOf(store, sweep), trials: withRuns(store, allTrials(store, sweep.id)) }, 2));
  });
}

/** How a sweep stands, for people: what it is, how many trials, and the best of them. */
export function sweepText(store: Store, sweep: Sweep, most: number): string {
  const { spec } = sweep;
  const { counts, best } = summaryOf(store, sweep);
  const parts = (["complete", "running", "waiting", "pruned", "failed"] as const).filter((state) => counts[state] > 0);
  const facts: [string, string][] = [
    ["state", stateText(store, sweep)],
    ["command", commandText(spec.command)],
    ["method", spec.method + (spec.target === "local" ? "" : ` on ${oneLine(spec.target)}`)],
    ["trials", `${parts.map((state) => `${counts[state]} ${state}`).join(", ") || "none"} of ${trialCount(spec)}`],
    ["time", formatDuration((sweep.ended ?? Date.now()) - sweep.created)],
  ];
  if (spec.metric !== undefined && best) {
    facts.push([
      "best",
      `${oneLine(spec.metric)} ${formatNumber(best.value!)} with ${oneLine(describeParams(best.params))}`,
    ]);
  }
  const trials = withRuns(store, bestFirst(sweep, allTrials(store, sweep.id)).slice(0, most));
  const rows = trials.map(({ number, state, value, params, run }) => [
    String(number),
    state,
    value === null ? "" : formatNumber(value),
    oneLine(describeParams(params)),
    run?.slice(0, 8) ?? "",
  ]);
  const header = ["TRIAL", "STATE", (spec.metric ?? "value").toUpperCase(), "PARAMS", "RUN"];
  const list = rows.length > 0 ? `\n\n${table([header, ...rows])}` : "";
  return `${styled(oneLine(sweep.name), "bold")}  ${sweep.id.slice(0, 8)}\n${pairs(facts)}${list}`;
}

function row(store: Store, sweep: Sweep): string[] {
  const { counts, best } = summaryOf(store, sweep);
  return [
    oneLine(sweep.name),
    stateText(store, sweep, true),
    `${counts.complete + counts.pruned + counts.failed} of ${trialCount(sweep.spec)}`,
    best?.value == null ? "" : `${oneLine(sweep.spec.metric!)}=${formatNumber(best.value)}`,
    sweep.spec.method,
    formatAgo(sweep.created, Date.now()),
  ];
}

function summaryOf(store: Store, sweep: Sweep) {
  const { metric } = sweep.spec;
  const best = metric === undefined ? null : store.sweeps.best(sweep.id, directionOf(sweep.spec));
  return { ...sweep, counts: store.sweeps.counts(sweep.id), best };
}

function stateText(store: Store, sweep: Sweep, inShort = false): string {
  if (sweep.state !== "running") return inShort || !sweep.reason ? sweep.state : `${sweep.state}: ${sweep.reason}`;
  const driver = store.sweeps.driver(sweep.id);
  if (driver && isAlive(driver)) return "running";
  return inShort
    ? "interrupted"
    : `interrupted: its process is gone. \`modeltrail sweep resume ${sweep.name}\` goes on.`;
}

/** Those with a value first, the best of them at the top. */
function bestFirst({ spec }: Sweep, trials: Trial[]): Trial[] {
  const sign = directionOf(spec) === "minimize" ? 1 : -1;
  const rank = ({ state, value }: Trial) =>
    state === "complete" && value !== null ? sign * value : Number.POSITIVE_INFINITY;
  // Infinities are no difference of each other.
  return trials.toSorted((one, other) =>
    rank(one) === rank(other) ? one.number - other.number : rank(one) - rank(other),
  );
}

function withRuns(store: Store, trials: Trial[]): (Trial & { run: string | null })[] {
  const ids = trials.flatMap(({ job }) => job ?? []);
  const runs = new Map(store.jobs.getMany(ids).map(({ id, run }) => [id, run]));
  return trials.map((trial) => ({ ...trial, run: runs.get(trial.job ?? "") ?? null }));
}
