/** `modeltrail reproduce RUN` */
import { UserError } from "../../domain/errors";
import { formatNumber } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { ReproducedMetric, Reproduction } from "../../domain/reproduction";
import { settleRuns } from "../../recorder/recover";
import { VERDICT_WORDS } from "../../reproduce/judge";
import { reproduce } from "../../reproduce/reproduce";
import { DEFAULT_TOLERANCE } from "../../reproduce/tolerance";
import type { Store } from "../../store/contract";
import { withStore } from "../open";
import { oneLine, print, styled } from "../print";

export interface ReproduceOptions {
  environment?: boolean;
  to?: string;
  keep?: boolean;
  overwrite?: boolean;
  tolerance?: string;
  json?: boolean;
}

/** What this command ends with when the result is not the same; when the run could not be run again it is 1, as ever. */
export const DIFFERENT = 3;
/** So many lines of a kind are printed before the rest is only counted. */
const LISTED = 12;

export async function reproduceCommand(reference: string, options: ReproduceOptions): Promise<void> {
  const tolerance = parseTolerance(options.tolerance);
  const stopped = new AbortController();
  process.once("SIGINT", () => stopped.abort(new UserError("Stopped before the run was run again.")));
  await withStore(async (store) => {
    const reproduction = await reproduce(store, store.resolveRun(reference), {
      modeltrail: [process.execPath, process.argv[1]!],
      to: options.to,
      keep: options.keep,
      overwrite: options.overwrite,
      environment: options.environment,
      tolerance,
      env: process.env,
      output: options.json ? "stderr" : "inherit",
      onProgress: (line) => console.error(`modeltrail: ${oneLine(line)}`),
      settle: settleRuns,
      signal: stopped.signal,
    });
    print(options.json ? toJson(reproduction, 2) : describe(store, reproduction));
    if (reproduction.verdict === "different") process.exitCode = DIFFERENT;
  });
}

function parseTolerance(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOLERANCE;
  const tolerance = Number(text);
  if (text.trim() === "" || !(tolerance >= 0 && tolerance < 1)) {
    throw new UserError(`"${text}" is no tolerance. Give --tolerance a relative difference from 0 to 1, such as 1e-6.`);
  }
  return tolerance;
}

function describe(store: Store, reproduction: Reproduction): string {
  const { verdict, reasons, outputs, metrics, inputs, folder, tolerance } = reproduction;
  const [first, second] = store.getSummaries([reproduction.run, reproduction.child]);
  const style = verdict === "different" ? "red" : "green";
  const lines = [
    `${styled(VERDICT_WORDS[verdict], style)}: ${oneLine(second!.name)} repeats ${oneLine(first!.name)}`,
    ...reasons.map((reason) => `  ${oneLine(reason)}`),
    ...listed(outputs.filter(isWorthSaying).map((output) => `${output.verdict}: ${output.path}`)),
    ...listed(metrics.filter(isWorthSaying).map(metricLine)),
    ...hostLines(inputs, reasons),
    `  ${[count(outputs, "output"), count(metrics, "metric")].join("; ")}${verdict === "within-tolerance" ? `, or within ${formatNumber(tolerance)}` : ""}.`,
  ];
  if (folder !== null) lines.push(`  It ran in ${folder}`);
  return lines.join("\n");
}

const isWorthSaying = ({ verdict }: { verdict: string }) => verdict !== "same" && verdict !== "not-judged";

function listed(lines: string[]): string[] {
  const rest = lines.length - LISTED;
  const shown = lines.slice(0, LISTED).map((line) => `  ${oneLine(line)}`);
  return rest > 0 ? [...shown, `  and ${rest} more (--json lists all)`] : shown;
}

function metricLine({ name, verdict, before, after, difference }: ReproducedMetric): string {
  const values = [before, after].map((summary) => (summary ? formatNumber(summary.last) : "none")).join(" → ");
  const apart = difference !== null && difference > 0 ? `, up to ${formatNumber(difference)} apart` : "";
  const points = before && after && before.count !== after.count ? `, ${before.count} → ${after.count} points` : "";
  return `${verdict}: ${name} ${values}${apart}${points}`;
}

/** Another machine is worth a word even where the result is the same. */
function hostLines(inputs: Reproduction["inputs"], said: readonly string[]): string[] {
  const hosts = inputs.filter(({ part, message }) => part === "host" && !said.includes(message));
  return hosts.map(({ message }) => `  ${oneLine(message)}`);
}

/** E.g. "3 of 4 outputs are the same". */
function count(parts: readonly { verdict: string }[], name: string): string {
  const judged = parts.filter(({ verdict }) => verdict !== "not-judged");
  if (judged.length === 0) return `there are no ${name}s`;
  const good = judged.filter(({ verdict }) => verdict === "same" || verdict === "within-tolerance");
  const all = `${judged.length} ${name}s`;
  if (judged.length === 1) return good.length === 1 ? `the ${name} is the same` : `the ${name} is not the same`;
  if (good.length === judged.length)
    return judged.length === 2 ? `both ${name}s are the same` : `all ${all} are the same`;
  return `${good.length} of ${all} ${good.length === 1 ? "is" : "are"} the same`;
}
