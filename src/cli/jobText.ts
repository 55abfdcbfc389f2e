/** Jobs as the command line shows them. */
import { formatAgo, formatCommand, formatDuration, formatNumber, formatSize } from "../domain/format";
import type { Job } from "../domain/job";
import { oneLine, type Style, styled, table } from "./print";

const STYLES: Record<string, Style> = {
  running: "blue",
  finished: "green",
  failed: "red",
  killed: "yellow",
  lost: "yellow",
  refused: "red",
};
const WIDTH = 60;

/** What an hour costs, by target. */
export type Prices = Readonly<Record<string, number | undefined>>;

export function jobTable(jobs: readonly Job[], prices: Prices, now: number): string {
  const rows = jobs.map((job) => [
    job.id.slice(0, 8),
    job.target,
    stateText(job),
    formatAgo(job.created, now),
    elapsedText(job, now),
    costText(job, prices[job.target], now),
    oneLine(describeJob(job)),
  ]);
  return table([["ID", "TARGET", "STATE", "ASKED", "TOOK", "COST", "COMMAND"], ...rows]);
}

/** Its state, or how it ended. */
export function stateText({ state, outcome, cancelling }: Job): string {
  const word = outcome ?? (cancelling ? "cancelling" : state);
  return styled(word, STYLES[word] ?? "dim");
}

/** E.g. "3 min 05 s of 2 h 00 min"; empty for one that has not begun. */
export function elapsedText({ started, ended, limits, state }: Job, now: number): string {
  if (started === null) return "";
  const took = formatDuration((ended ?? now) - started);
  const limit =
    limits.seconds === undefined || state === "ended" ? "" : ` of ${formatDuration(limits.seconds * 1_000)}`;
  return took + limit;
}

/** What it has cost so far, with its limit; empty where nothing costs. */
export function costText(job: Job, perHour: number | undefined, now: number): string {
  if (!perHour || job.started === null) return "";
  const cost = (((job.ended ?? now) - job.started) / 3_600_000) * perHour;
  const limit = job.limits.cost === undefined ? "" : ` of ${formatNumber(job.limits.cost)}`;
  return `${cost.toFixed(2)}${limit}`;
}

function describeJob({ command, name, reason, limits, gpus }: Job): string {
  const line = formatCommand(command);
  const notes = [
    name,
    gpus > 0 ? `${gpus} GPU${gpus > 1 ? "s" : ""}` : null,
    limits.memory === undefined ? null : `up to ${formatSize(limits.memory)}`,
    reason,
  ].filter((note) => note !== null);
  const short = line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
  return notes.length === 0 ? short : `${short}  ${styled(`(${notes.join("; ")})`, "dim")}`;
}
