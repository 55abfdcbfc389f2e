/** `modeltrail gc`: what uses how much space, and freeing what is not needed any more. */
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { parseSize } from "../../domain/parseSize";
import { type FreeReport, freeSpace } from "../../space/free";
import { planFreeing, type SpacePlan } from "../../space/plan";
import { readRules, type SpaceRules } from "../../space/rules";
import type { SpaceUsage } from "../../space/usage";
import { withStore } from "../open";
import { oneLine, pairs, print, styled, table } from "../print";

export interface GcOptions {
  dryRun?: boolean;
  budget?: string;
  keepDays?: string;
  json?: boolean;
}

/** More runs are counted, not named. */
const NAMED_RUNS = 20;
const NAMED_EXPERIMENTS = 10;

export async function gcCommand(options: GcOptions): Promise<void> {
  await withStore(async (store) => {
    const plan = await planFreeing(store, withOptions(await readRules(store.root), options));
    if (!options.json) print(`${usageText(plan.usage)}\n\n${planText(plan, options.dryRun === true)}`);
    const report = options.dryRun ? null : await freeSpace(store, plan, { onStep: showStep });
    if (options.json) print(toJson({ ...plan, report }, 2));
    else if (report) print(reportText(plan, report));
  });
}

function withOptions(rules: SpaceRules, { budget, keepDays }: GcOptions): SpaceRules {
  const bytes = budget === undefined ? rules.budget : parseSize(budget);
  if (bytes === undefined) throw new UserError(`"${budget}" is no size. Give one like 10GB or 500MB.`);
  const days = keepDays === undefined ? rules.keepDeletedDays : Number(keepDays);
  if (!(days >= 0) || keepDays === "") {
    throw new UserError(`"${keepDays}" is no number of days. Give one like 30, or 0 for all deleted runs.`);
  }
  return { ...rules, budget: bytes, keepDeletedDays: days };
}

/** A line that the next one takes the place of, for people only. */
function showStep(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${step}…\r`);
}

function usageText({ folder, total, kinds, deleted, repositories, experiments }: SpaceUsage): string {
  const names: [keyof SpaceUsage["kinds"], string][] = [
    ["data", "data"],
    ["artifacts", "artifacts"],
    ["logs", "logs"],
    ["database", "database"],
    ["code", "code (outside git)"],
    ["other", "named by no run"],
    ["served", "bundles, deployments"],
    ["temporary", "temporary"],
  ];
  const lines: [string, string][] = names.map(([kind, name]) => [name, formatSize(kinds[kind])]);
  if (deleted > 0) lines.push(["of deleted runs", formatSize(deleted)]);
  for (const { gitDir, size } of repositories) {
    if (size !== null) lines.push(["snapshots in git", `${formatSize(size)} in ${oneLine(gitDir)}`]);
  }
  const rows = experiments
    .slice(0, NAMED_EXPERIMENTS)
    .map(({ experiment, runs, deleted: gone, data, artifacts, own }) => [
      oneLine(experiment),
      String(runs),
      String(gone),
      formatSize(own),
      formatSize(data.shared + artifacts.shared),
    ]);
  const left = experiments.length - rows.length;
  return [
    styled(`${folder} takes ${formatSize(total)}`, "bold"),
    pairs(lines),
    "",
    table([["EXPERIMENT", "RUNS", "DELETED", "OWN", "SHARED"], ...rows]),
    ...(left > 0 ? [`and ${left} more`] : []),
  ].join("\n");
}

function planText({ rules, runs, objects, leftovers, bytes, excess }: SpacePlan, dryRun: boolean): string {
  const lines: string[] = [];
  const nothing = runs.length === 0 && objects.count === 0 && leftovers.length === 0;
  if (nothing) lines.push("Nothing to free.");
  else lines.push(styled(`${dryRun ? "Would free" : "Freeing"} ${formatSize(bytes)}`, "bold"));
  for (const run of runs.slice(0, NAMED_RUNS)) {
    lines.push(`  ${oneLine(run.name)} (${oneLine(run.experiment)}): ${formatSize(run.bytes)}, ${run.reason}`);
  }
  if (runs.length > NAMED_RUNS) lines.push(`  and ${runs.length - NAMED_RUNS} more runs`);
  if (objects.count > 0) lines.push(`  files that no run names: ${objects.count}, ${formatSize(objects.bytes)}`);
  if (leftovers.length > 0) {
    const size = formatSize(leftovers.reduce((sum, one) => sum + one.size, 0));
    lines.push(`  left over by processes that were killed: ${leftovers.length}, ${size}`);
  }
  if (excess > 0) {
    lines.push(
      `Still ${formatSize(excess)} over the budget of ${formatSize(rules.budget!)}. Delete runs that you can do without (modeltrail rm RUN), then free again.`,
    );
  }
  if (dryRun && runs.length > 0)
    lines.push("To keep one of these runs: modeltrail restore-run RUN, or modeltrail pin RUN.");
  return lines.join("\n");
}

function reportText({ runs }: SpacePlan, report: FreeReport): string {
  const lines = [
    `Freed ${formatSize(report.bytes)}: ${count(report.runs.length, "run")}, ${count(report.objects, "file")}.`,
  ];
  const stayed = runs.length - report.runs.length;
  if (stayed > 0) lines.push(`${count(stayed, "run")} had changed meanwhile and stayed.`);
  if (report.waiting > 0) {
    lines.push(`${formatSize(report.waiting)} more can be freed when the runs that are running now have ended.`);
  }
  return [...lines, ...report.notes].join("\n");
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}
