/** Jobs in words. */
import path from "node:path";
import { formatAgo, formatCommand, formatDuration, formatNumber, formatSize } from "../../domain/format";
import type { JobOutcome } from "../../domain/job";
import { LOCAL } from "../../domain/localTarget";
import { codeBlock, escapeMarkdown, shorten } from "../markdown";
import type { JobView } from "../worker/jobs/api";

const LONGEST_LABEL = 60;
const LONGEST_COMMAND = 500;

/** What it is called, or what it runs: the program only where that tells more than the script. */
export function jobLabel({ name, command }: Pick<JobView, "name" | "command">): string {
  if (name) return name;
  const [program = "", ...words] = command;
  const short = /^(?:python|pypy)[\w.]*$/i.test(path.basename(program)) && words.length > 0;
  return shorten(formatCommand(short ? words : [path.basename(program), ...words]), LONGEST_LABEL);
}

/** In one line beside its label. */
export function jobDescription(job: JobView, now: number): string {
  const target = job.target === LOCAL ? undefined : job.target;
  return [target, ...facts(job, now)].filter(Boolean).join(" · ");
}

function facts(job: JobView, now: number): (string | undefined)[] {
  const { state, reason, priority, ended } = job;
  switch (state) {
    case "queued":
      return [
        priority === 0 ? undefined : `priority ${priority}`,
        job.gpus > 0 ? gpus(job.gpus) : undefined,
        reason ?? undefined,
      ];
    case "starting":
      return [job.cancelling ? "being cancelled" : "starting", reason ?? undefined];
    case "waiting":
      return [job.cancelling ? "being cancelled" : "waiting for its target", reason ?? undefined];
    case "running":
    case "collecting":
      return [phase(job), elapsed(job, now), progress(job), cost(job, now), reason ?? undefined];
    case "ended":
      return [
        outcomeInWords(job.outcome),
        elapsed(job, now),
        cost(job, now),
        ended === null ? undefined : formatAgo(ended, now),
      ];
  }
}

function phase({ state, cancelling }: JobView): string | undefined {
  if (cancelling) return "being cancelled";
  return state === "collecting" ? "bringing results back" : undefined;
}

const gpus = (count: number) => (count === 1 ? "1 GPU" : `${count} GPUs`);

/** With the limit that it runs against. */
function elapsed({ started, ended, limits }: JobView, now: number): string | undefined {
  if (started === null) return undefined;
  const time = formatDuration((ended ?? now) - started);
  return limits.seconds === undefined || ended !== null ? time : `${time} of ${formatDuration(limits.seconds * 1000)}`;
}

function progress({ progress }: JobView): string | undefined {
  if (!progress) return undefined;
  const value = `${formatNumber(progress.value)} ${progress.metric}`;
  return progress.step === null ? value : `step ${formatNumber(progress.step)} · ${value}`;
}

/** So far; of what an hour costs nothing is said, nothing. */
export function costSoFar({ costPerHour, started, ended }: JobView, now: number): number | null {
  return costPerHour === null || started === null ? null : (costPerHour * ((ended ?? now) - started)) / 3_600_000;
}

function cost(job: JobView, now: number): string | undefined {
  const spent = costSoFar(job, now);
  if (spent === null) return undefined;
  const limit = job.limits.cost;
  return limit === undefined || job.ended !== null
    ? `cost ${spent.toFixed(2)}`
    : `cost ${spent.toFixed(2)} of ${limit}`;
}

export function outcomeInWords(outcome: JobOutcome | null): string {
  return outcome === "refused" ? "not started" : (outcome ?? "ended");
}

/** Markdown. */
export function jobTooltip(job: JobView, now: number): string {
  const { id, target, state, outcome, reason, limits, gpus: devices, created, started, ended, cwd } = job;
  const status = state === "ended" ? outcomeInWords(outcome) : state;
  const limit = [
    limits.seconds === undefined ? undefined : `time ${formatDuration(limits.seconds * 1000)}`,
    limits.memory === undefined ? undefined : `memory ${formatSize(limits.memory)}`,
    limits.cost === undefined ? undefined : `cost ${limits.cost}`,
  ].filter(Boolean);
  const at = (what: string, time: number | null) =>
    time === null ? undefined : `${what} ${new Date(time).toLocaleString()}`;
  const lines = [
    `**${escapeMarkdown(jobLabel(job))}** — ${status} on ${escapeMarkdown(target)}`,
    reason && escapeMarkdown(reason),
    codeBlock(shorten(formatCommand(job.command), LONGEST_COMMAND), "sh"),
    escapeMarkdown(cwd),
    [at("Added", created), at("began", started), at("ended", ended)].filter(Boolean).join(", "),
    [elapsed(job, now), progress(job), cost(job, now)]
      .filter(Boolean)
      .map((text) => escapeMarkdown(text!))
      .join(" · "),
    limit.length > 0 && `Limits: ${limit.join(", ")}`,
    devices > 0 && gpus(devices),
    `Job ${id.slice(0, 8)}`,
  ];
  return lines.filter(Boolean).join("\n\n");
}
