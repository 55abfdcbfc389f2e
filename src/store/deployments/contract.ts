/** Deployments: what is to be served where, and each change of that. */
import type { Deployment, Rollout, RolloutOutcome, RolloutStep, Route, Served } from "../../domain/deployment";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { ProcessIdentity } from "../contract";

/** `settings`: with which it is to serve its routes. */
export type BegunRollout = Pick<Rollout, "deployment" | "kind" | "routes" | "actor"> & {
  settings?: DeploymentSettings;
};

export interface DeploymentStore {
  /** By name. */
  list(): Deployment[];
  get(name: string): Deployment | null;
  /** Makes it when it is not there. Throws UserError when it is there with another model or target. */
  ensure(deployment: Pick<Deployment, "name" | "model" | "target">): Deployment;
  /** With its history. Only what serves nothing can be removed. */
  remove(name: string): void;

  /**
   * Begins a change. Throws UserError that names who does it when one goes on: there is one at a time. One whose process is gone
   * ends `failed` here.
   */
  begin(rollout: BegunRollout, by: ProcessIdentity): Rollout;
  /** What it is to serve, when the bundles are known. */
  setRoutes(rollout: string, routes: readonly Route[]): void;
  /** Begins a step, or says more of the one of this name that goes on. */
  step(rollout: string, step: Pick<RolloutStep, "name" | "state" | "detail">): void;
  /** `live` and `stopped` set the deployment's routes and settings. */
  end(rollout: string, outcome: RolloutOutcome, reason: string | null): void;
  rollout(id: string): Rollout | null;
  /** The newest first. */
  rollouts(deployment: string, options?: { limit?: number; before?: string }): Rollout[];
  /** The one that goes on, and whether its process lives. */
  current(deployment: string): { rollout: Rollout; alive: boolean } | null;

  setHandle(name: string, handle: unknown): void;
  /** What its target says of it now. */
  saw(name: string, served: Served): void;
  /** Names of those that changed after this revision, how many there are, and the revision to ask with next. */
  changesSince(revision: number): { revision: number; names: string[]; total: number };
  /** Hashes of bundles that a deployment serves, or served in a rollout that can be rolled back to. */
  bundles(): string[];
}
