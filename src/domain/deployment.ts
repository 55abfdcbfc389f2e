/** A model version served on a target under a name, and how it came to be. */
import * as z from "zod/mini";
import { DeploymentSettings } from "./deploymentSettings";

/** What a version does in a deployment. `shadow`: it gets copies of requests, and nobody gets its answers. */
export const RouteRole = z.enum(["champion", "challenger", "shadow"]);
export type RouteRole = z.infer<typeof RouteRole>;

/** Which version is to answer which part of the requests. One champion; at most one challenger; any number of shadows. */
export const Route = z.object({
  model: z.string(),
  version: z.int(),
  /** The bundle's hash: its folder in the store's `bundles/`. */
  bundle: z.string(),
  role: RouteRole,
  /** Of all requests; those of champion and challenger together are 100. For a shadow: how many are copied to it. */
  percent: z.number().check(z.minimum(0), z.maximum(100)),
});
export type Route = z.infer<typeof Route>;

/** What changes a deployment. Each is one rollout. */
export const RolloutKind = z.enum(["deploy", "rollback", "traffic", "undeploy"]);
export type RolloutKind = z.infer<typeof RolloutKind>;

/** In this order; a rollout has those that it needs. */
export const RolloutStepName = z.enum([
  "gates",
  "bundle",
  "compatibility",
  "start",
  "smoke",
  "load",
  "switch",
  "confirm",
  "stop",
  "revert",
]);
export type RolloutStepName = z.infer<typeof RolloutStepName>;

export const RolloutStep = z.object({
  name: RolloutStepName,
  state: z.enum(["running", "done", "failed", "skipped"]),
  /** One sentence: what is being done, what came of it, or why it failed or was left out. */
  detail: z.string(),
  /** Ms since the epoch. */
  started: z.number(),
  ended: z.nullable(z.number()),
});
export type RolloutStep = z.infer<typeof RolloutStep>;

/**
 * `live`: what was asked for is served. `stopped`: nothing is served any more, as asked. `reverted`: it failed, and what was
 * served before is served again (nothing, when there was nothing). `failed`: it failed, and so did going back, or that is not
 * known: the state of the deployment has to be looked at.
 */
export const RolloutOutcome = z.enum(["live", "stopped", "reverted", "failed"]);
export type RolloutOutcome = z.infer<typeof RolloutOutcome>;

export const Rollout = z.object({
  id: z.string(),
  deployment: z.string(),
  kind: RolloutKind,
  /** What it is to serve; empty for `undeploy`. */
  routes: z.array(Route),
  actor: z.string(),
  steps: z.array(RolloutStep),
  /** Null while it goes on. */
  outcome: z.nullable(RolloutOutcome),
  /** Why it did not become live. */
  reason: z.nullable(z.string()),
  started: z.number(),
  ended: z.nullable(z.number()),
});
export type Rollout = z.infer<typeof Rollout>;

/**
 * How it stands on its target, when that was last asked. `starting`: being brought up. `live`: all that it should serve is
 * served. `degraded`: some of it. `down`: nothing answers. `gone`: the target does not know it (any more). `unreachable`: the
 * target itself does not answer.
 */
export const ServedState = z.enum(["starting", "live", "degraded", "down", "gone", "unreachable"]);
export type ServedState = z.infer<typeof ServedState>;

export const ServedVersion = z.object({
  version: z.int(),
  role: RouteRole,
  percent: z.number(),
  ready: z.boolean(),
});

/** What an endpoint did within a time, as far as the target counts it. */
export const Traffic = z.object({
  /** Seconds that it is about. */
  seconds: z.number(),
  requests: z.number(),
  /** Answered with 5xx, or not at all. */
  errors: z.number(),
  /** Ms; null without requests, or where the target does not tell. */
  p50: z.nullable(z.number()),
  p95: z.nullable(z.number()),
  p99: z.nullable(z.number()),
});
export type Traffic = z.infer<typeof Traffic>;

export const Served = z.object({
  state: ServedState,
  /** What is wrong, for the user; null when nothing is. */
  detail: z.nullable(z.string()),
  endpoint: z.nullable(z.string()),
  versions: z.array(ServedVersion),
  traffic: z.nullable(Traffic),
});
export type Served = z.infer<typeof Served>;

export const Deployment = z.object({
  name: z.string(),
  model: z.string(),
  /** The name of a target of modeltrail.yaml, or `local`. */
  target: z.string(),
  /** What it should serve: those of the last rollout that became live. Empty: undeployed. */
  routes: z.array(Route),
  /** How it serves them: the settings of that rollout. Null: undeployed, or deployed before they were kept. */
  settings: z.nullable(DeploymentSettings),
  /** What the target needs to find it again: opaque JSON, never with secrets. */
  handle: z.nullable(z.unknown()),
  /** As last seen, and when; null: never looked at. */
  served: z.nullable(Served),
  seen: z.nullable(z.number()),
  created: z.number(),
  /** The store's revision at its last change. */
  revision: z.number(),
});
export type Deployment = z.infer<typeof Deployment>;

/** It is to serve nothing, and a change that broke off, or goes on, may have left something on its target. */
export const isUnfinished = ({ routes, handle }: Pick<Deployment, "routes" | "handle">) =>
  routes.length === 0 && handle !== null;
