/** Deployments and their changes in words. */
import type {
  Rollout,
  RolloutOutcome,
  RolloutStep,
  RolloutStepName,
  Route,
  ServedState,
  Traffic,
} from "../../domain/deployment";
import { formatAgo, formatDuration, formatNumber } from "../../domain/format";
import { LOCAL } from "../../domain/localTarget";
import { escapeMarkdown } from "../markdown";
import type { DeploymentView } from "../worker/deployments/api";

/**
 * `changing`: a change goes on. `stopped`: nothing is to be served. `unfinished`: the same, and a change that broke off may have
 * left something on the target. `unknown`: never looked at.
 */
export type DeploymentState = ServedState | "changing" | "stopped" | "unfinished" | "unknown";

export function deploymentState({ busy, routes, served, isUnfinished }: DeploymentView): DeploymentState {
  if (busy) return "changing";
  if (isUnfinished) return "unfinished";
  if (routes.length === 0) return "stopped";
  return served?.state ?? "unknown";
}

const STATE_WORDS: Record<DeploymentState, string> = {
  changing: "changing",
  stopped: "not deployed",
  unfinished: "unfinished",
  unknown: "not looked at yet",
  starting: "starting",
  live: "live",
  degraded: "degraded",
  down: "down",
  gone: "gone from its target",
  unreachable: "target cannot be reached",
};

export const stateInWords = (state: DeploymentState) => STATE_WORDS[state];

/** In one line beside its name. */
export function deploymentDescription(deployment: DeploymentView): string {
  const { model, target, name, routes, served, rollout, busy } = deployment;
  const state = deploymentState(deployment);
  const step = busy ? rollout?.steps.findLast(({ ended }) => ended === null) : undefined;
  return [
    step ? `${STEP_WORDS[step.name].toLowerCase()}…` : STATE_WORDS[state],
    routesInWords(routes),
    model === name ? undefined : model,
    target === LOCAL ? undefined : target,
    state === "live" || state === "degraded" ? rateInWords(served?.traffic ?? null) : undefined,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** E.g. "version 3" or "versions 3 (90 %), 4 (10 %)". */
function routesInWords(routes: readonly Route[]): string {
  const answering = routes.filter(({ role }) => role !== "shadow");
  if (answering.length === 0) return "";
  if (answering.length === 1) return `version ${answering[0]!.version}`;
  return `versions ${answering.map(({ version, percent }) => `${version} (${percent} %)`).join(", ")}`;
}

/** Few words, for beside a name; empty when nothing was asked. */
function rateInWords(traffic: Traffic | null): string {
  if (!traffic || traffic.requests === 0) return "";
  const rate = `${formatNumber(Number((traffic.requests / traffic.seconds).toPrecision(2)))}/s`;
  const errors = traffic.errors === 0 ? undefined : errorsInWords(traffic);
  return [rate, traffic.p95 === null ? undefined : `p95 ${milliseconds(traffic.p95)}`, errors]
    .filter(Boolean)
    .join(", ");
}

export function trafficInWords(traffic: Traffic): string {
  const { seconds, requests, p50, p95, p99 } = traffic;
  const count = requests === 1 ? "1 request" : `${requests.toLocaleString()} requests`;
  const latencies = (["p50", "p95", "p99"] as const).flatMap((name) => {
    const value = { p50, p95, p99 }[name];
    return value === null ? [] : [`${name} ${milliseconds(value)}`];
  });
  const during = `${count} in ${formatDuration(seconds * 1000)}`;
  return requests === 0 ? during : [during, errorsInWords(traffic), ...latencies].join(" · ");
}

function errorsInWords({ errors, requests }: Traffic): string {
  if (errors === 0) return "no errors";
  return `${errors === 1 ? "1 error" : `${errors.toLocaleString()} errors`} (${formatNumber((100 * errors) / requests)} %)`;
}

/** `formatDuration` rounds to whole seconds: too coarse for an answer. */
export const milliseconds = (ms: number) =>
  ms < 1000 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms / 1000).toPrecision(2))} s`;

export function routeDescription(route: Route, { served }: Pick<DeploymentView, "served">): string {
  const { version, role, percent } = route;
  const seen = served?.versions.find((one) => one.version === version && one.role === role);
  const share = role === "shadow" ? `copies of ${percent} %` : `${percent} % of requests`;
  return [role, share, seen ? (seen.ready ? "ready" : "not ready") : undefined].filter(Boolean).join(" · ");
}

const STEP_WORDS: Record<RolloutStepName, string> = {
  gates: "Gates",
  bundle: "Bundle",
  compatibility: "Compatibility",
  start: "Start",
  smoke: "Smoke Test",
  load: "Load Test",
  switch: "Switch",
  confirm: "Confirm",
  stop: "Stop",
  revert: "Roll Back",
};
/** What a step is called. */
export const stepInWords = (name: RolloutStepName) => STEP_WORDS[name];

const OUTCOME_WORDS: Record<RolloutOutcome, string> = {
  live: "live",
  stopped: "undeployed",
  reverted: "rolled back by itself",
  failed: "failed",
};

/** What the change was to do. */
export function rolloutLabel({ kind, routes }: Pick<Rollout, "kind" | "routes">): string {
  const what = routesInWords(routes);
  switch (kind) {
    case "deploy":
      return `Deploy ${what}`;
    case "rollback":
      return `Roll back to ${what}`;
    case "traffic":
      return `Traffic to ${what}`;
    case "undeploy":
      return "Undeploy";
  }
}

/** What came of it, and why. `busy`: it goes on. */
export function rolloutDescription(rollout: Rollout, busy: boolean, now: number) {
  const { outcome, reason, steps, started, ended, actor } = rollout;
  // What was never begun on the target needed no going back.
  const isHeld = outcome === "reverted" && !steps.some(({ name }) => name === "start");
  const state = isHeld ? "held back" : outcome ? OUTCOME_WORDS[outcome] : busy ? "in progress" : "ended without a word";
  const name = actor.replace(/\s*<[^>]*>\s*$/, "");
  return [state, reason, formatAgo(ended ?? started, now), name].filter(Boolean).join(" · ");
}

export function stepDescription({ state, detail, started, ended }: RolloutStep): string {
  const time = ended !== null && ended - started >= 1000 ? formatDuration(ended - started) : undefined;
  return [state === "skipped" ? "left out" : undefined, detail, time].filter(Boolean).join(" · ");
}

/** Words that menus ask for. */
export function deploymentContext(deployment: DeploymentView): string {
  const { routes, busy, served, isUnfinished } = deployment;
  const words = [
    "deployment",
    busy ? "busy" : "idle",
    routes.length > 0 ? "deployed" : isUnfinished ? "unfinished" : "undeployed",
    ...(served?.endpoint ? ["endpoint"] : []),
  ];
  return words.join(".");
}

/** Those that were live once can be gone back to, and those that gates held back be deployed anyway. */
export function rolloutContext(rollout: Rollout): string {
  if (heldBy(rollout) !== undefined) return "rollout.held";
  return rollout.outcome === "live" && rollout.routes.length > 0 ? "rollout.live" : "rollout";
}

/** What gates say that held it back; undefined: they did not. */
export function heldBy({ outcome, steps }: Rollout): string | undefined {
  if (outcome !== "reverted") return undefined;
  return steps.find(({ name, state }) => name === "gates" && state === "failed")?.detail;
}

/** What a change was to bring, beside what is `served`. */
export function newRoute({ routes }: Pick<Rollout, "routes">, served: readonly Route[]): Route | undefined {
  const isServed = ({ version, role }: Route) => served.some((one) => one.version === version && one.role === role);
  return routes.find((route) => !isServed(route)) ?? routes.find(({ role }) => role === "champion");
}

/** Markdown. */
export function deploymentTooltip(deployment: DeploymentView, now: number): string {
  const { name, model, target, served, seen, routes } = deployment;
  const state = deploymentState(deployment);
  const lines = [
    `**${escapeMarkdown(name)}** — ${stateInWords(state)}`,
    state === "unfinished"
      ? `A change broke off and may have left something on its target: undeploy it to clear that away.`
      : undefined,
    served?.detail ? escapeMarkdown(served.detail) : undefined,
    escapeMarkdown(`Model ${model} on ${target === LOCAL ? "this machine" : target}`),
    ...routes.map((route) => escapeMarkdown(`Version ${route.version}: ${routeDescription(route, deployment)}`)),
    served?.endpoint ? escapeMarkdown(served.endpoint) : undefined,
    served?.traffic ? escapeMarkdown(trafficInWords(served.traffic)) : undefined,
    seen === null ? undefined : `Looked at ${formatAgo(seen, now)}`,
  ];
  return lines.filter(Boolean).join("\n\n");
}
