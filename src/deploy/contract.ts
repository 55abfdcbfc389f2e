/** What every place to serve has to offer. One folder in this room for each kind. */
import type { BundleManifest } from "../domain/bundle";
import type { Route, Served } from "../domain/deployment";
import type { DeploymentSettings } from "../domain/deploymentSettings";
import type { Problem } from "../targets/contract";

/** The wire by which a place speaks to a container or process of ours; what the compatibility check speaks before. */
export type ServingContract = "mlflow" | "kserve" | "sagemaker" | "vertex" | "azureml";

/** A bundle that lies ready on this machine. */
export interface ReadyBundle {
  /** Its hash. */
  hash: string;
  folder: string;
  manifest: BundleManifest;
}

/** A version to serve, with its bundle. */
export interface ReadyRoute extends Route {
  ready: ReadyBundle;
}

/** What a deployment is to be. All of it is on this machine. */
export interface ServingPlan {
  /** The deployment's name. */
  name: string;
  settings: DeploymentSettings;
  /** One champion first. */
  routes: readonly ReadyRoute[];
  /** Versions that are asked for as they are now; the others go on as they were served, also where a name means another image by now. */
  fresh?: readonly number[];
  /** A token that callers have to show; never kept in the database or in a handle. Null: none is asked for. */
  token: string | null;
}

/** Enough to find it again from another process or after a restart: JSON, kept in the store, without secrets. */
export type ServingHandle = Readonly<Record<string, unknown>>;

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** A way to speak with what is served, whichever way the place has. */
export interface Access {
  /** For messages, curl and Python; null where there is no plain address. */
  url: string | null;
  /** A path of the serving app, such as "/invocations". Throws UserError when nothing answers. */
  request(
    path: string,
    options?: {
      method?: string;
      headers?: Readonly<Record<string, string>>;
      body?: string | Buffer;
      signal?: AbortSignal;
    },
  ): Promise<Answer>;
}

export interface ApplyOptions {
  /** Of what it served until now; null for the first time. */
  handle: ServingHandle | null;
  /**
   * Going back after a change that failed: the handle from before it. What settings leave to the target, such as a free port, is to
   * be as it was then.
   */
  former?: ServingHandle;
  /** Stores what is known so far, before anything is started that would be lost without it. */
  keep(handle: ServingHandle): void;
  onStep(step: "start" | "switch" | "stop", detail: string): void;
  /**
   * Asks the new version something, before any caller gets to it where the place can do that (else right after). Throws when it
   * does not serve well: then `apply` leaves what was served as it was, takes away what it has begun, and throws the same.
   */
  verify(route: ReadyRoute, access: Access): Promise<void>;
  signal: AbortSignal;
}

/** All methods throw UserError for what the user can do something about. */
export interface ServingTarget {
  /** As in `modeltrail.yaml`, or `local`. */
  readonly name: string;
  readonly kind: string;
  readonly contract: ServingContract;
  /** Whether it can share requests between champion and challenger, and copy them to shadows. */
  readonly splits: boolean;
  readonly shadows: boolean;
  /** Ms that going back to what was served before may take there; default 5 minutes. */
  readonly revertLimit?: number;
  /** Ms for which what it said last will do for who looks on and on; default 0: a place that is quick to ask. */
  readonly statusPace?: number;
  /** What would fail. Quick (seconds) and without effect; never asks for a password. */
  check(plan: ServingPlan, signal: AbortSignal): Promise<Problem[]>;
  /**
   * Makes the deployment serve just these routes, without a failed request where the place can, and resolves when it does.
   * What is served already stays. Called again after its process died, it finds what it began.
   */
  apply(plan: ServingPlan, options: ApplyOptions): Promise<ServingHandle>;
  /** As the target says now; never throws for a target that does not answer (`unreachable`). */
  status(handle: ServingHandle, signal: AbortSignal): Promise<Served>;
  /** To the endpoint, as callers reach it. */
  access(handle: ServingHandle, token: string | null): Access;
  /** The newest lines of what its processes printed, oldest first. */
  log(handle: ServingHandle, lines: number, signal: AbortSignal): Promise<string[]>;
  /** Ends and removes all of it; no error when it is gone already. */
  undeploy(handle: ServingHandle, signal: AbortSignal): Promise<void>;
}
