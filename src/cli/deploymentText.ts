/** Deployments and their rollouts in words, for the command line. */
import {
  type Deployment,
  isUnfinished,
  type Rollout,
  type RolloutStepName,
  type Served,
  type ServedState,
} from "../domain/deployment";
import { formatAgo, formatDuration } from "../domain/format";
import { oneLine, print, type Style, styled, table } from "./print";

const STATE_STYLES: Record<ServedState, Style> = {
  starting: "blue",
  live: "green",
  degraded: "yellow",
  down: "red",
  gone: "red",
  unreachable: "yellow",
};

export function stateText(deployment: Pick<Deployment, "routes" | "handle" | "served">): string {
  const { routes, served } = deployment;
  if (isUnfinished(deployment)) return styled("unfinished", "yellow");
  if (routes.length === 0) return styled("not deployed", "dim");
  if (!served) return styled("not looked at", "dim");
  return styled(served.state, STATE_STYLES[served.state]);
}

/** What is wrong and what to do about it; empty when nothing is. */
export function problemText(deployment: Pick<Deployment, "name" | "routes" | "handle" | "served">): string {
  const { name, routes, served } = deployment;
  if (isUnfinished(deployment)) {
    return `Its first change goes on, or broke off and may have left something on its target. To clear that away: modeltrail deployments undeploy ${oneLine(name)}`;
  }
  return routes.length > 0 && served?.detail ? oneLine(served.detail) : "";
}

/** "3 (90 %), challenger 4 (10 %)". */
export function routesText(routes: Deployment["routes"]): string {
  return routes
    .map(({ version, role, percent }) => {
      const share = percent === 100 && role === "champion" ? "" : ` (${percent} %)`;
      return `${role === "champion" ? "" : `${role} `}${version}${share}`;
    })
    .join(", ");
}

export function deploymentTable(deployments: readonly Deployment[]): string {
  const rows = deployments.map((deployment) => {
    const { name, model, target, routes, served } = deployment;
    return [
      oneLine(name),
      oneLine(model),
      routesText(routes),
      oneLine(target),
      stateText(deployment),
      routes.length === 0 ? "" : trafficText(served),
      routes.length === 0 ? "" : (served?.endpoint ?? ""),
    ];
  });
  return table([["DEPLOYMENT", "MODEL", "VERSION", "TARGET", "STATE", "TRAFFIC", "ENDPOINT"], ...rows]);
}

/** "12 requests/s, p99 14 ms"; empty where the target does not count. */
export function trafficText(served: Served | null): string {
  const traffic = served?.traffic;
  if (!traffic) return "";
  const rate = traffic.seconds > 0 ? traffic.requests / traffic.seconds : 0;
  return [
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} requests/s`,
    ...(traffic.p99 === null ? [] : [`p99 ${traffic.p99.toFixed(1)} ms`]),
    ...(traffic.errors > 0 ? [styled(`${traffic.errors} errors`, "red")] : []),
  ].join(", ");
}

const OUTCOME_STYLES: Record<NonNullable<Rollout["outcome"]>, Style> = {
  live: "green",
  stopped: "dim",
  reverted: "yellow",
  failed: "red",
};

export function rolloutTable(rollouts: readonly Rollout[], now: number): string {
  const rows = rollouts.map(({ kind, routes, actor, outcome, reason, started, ended }) => [
    formatAgo(started, now),
    kind,
    routesText(routes),
    outcome ? styled(outcome, OUTCOME_STYLES[outcome]) : styled("going on", "blue"),
    ended === null ? "" : formatDuration(ended - started),
    oneLine(actor),
    oneLine(reason ?? ""),
  ]);
  return table([["WHEN", "CHANGE", "VERSION", "OUTCOME", "TOOK", "WHO", "WHY"], ...rows]);
}

const MARKS = { running: "…", done: "✓", failed: "✗", skipped: "-" } as const;
const MARK_STYLES = { running: "dim", done: "green", failed: "red", skipped: "dim" } as const;
const NAME_WIDTH = 13;

type Step = { name: RolloutStepName; state: string; detail: string };

/** Prints each step as it ends; what goes on is shown where a line can be taken back. */
export function stepPrinter(json: boolean | undefined): (step: Step) => void {
  if (json) return (step) => print(JSON.stringify({ event: "step", ...step }));
  return ({ name, state, detail }) => {
    const { stdout } = process;
    const kind = state as keyof typeof MARKS;
    const line = `${styled(MARKS[kind], MARK_STYLES[kind])} ${name.padEnd(NAME_WIDTH)} ${oneLine(detail)}`;
    if (stdout.isTTY) stdout.write(`\r\x1b[K${state === "running" ? line.slice(0, stdout.columns) : `${line}\n`}`);
    else if (state !== "running") print(line);
  };
}
