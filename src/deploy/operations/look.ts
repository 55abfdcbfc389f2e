/** How deployments stand, asked of their targets, and ways to speak with them. */
import type { Deployment } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Store } from "../../store/contract";
import { openBundle } from "../bundle/bundleFolder";
import type { Access, ReadyBundle, ServingHandle } from "../contract";
import { openServingTarget, type ServingContext } from "../targets";
import { deploymentToken } from "../token";
import { needDeployment, settingsOf } from "./destination";

const LOOK_MS = 20_000;

export interface LookOptions {
  /** They look on and on: a target that is costly to ask is left alone for a while. */
  isWatching?: boolean;
}

/** Asks the target how this one stands, and keeps it. Nothing is asked of one that serves nothing. */
export async function look(context: ServingContext, name: string, options: LookOptions = {}): Promise<Deployment> {
  const { store } = context;
  const deployment = needDeployment(store, name);
  if (deployment.handle === null) return deployment;
  const served = await ask(context, deployment, options).catch((error: Error) => ({
    state: "unreachable" as const,
    detail: error.message,
    endpoint: deployment.served?.endpoint ?? null,
    versions: [],
    traffic: null,
  }));
  if (served) store.deployments.saw(name, served);
  return needDeployment(store, name);
}

/** Null: what was seen last will do. */
async function ask(context: ServingContext, { target, handle, seen }: Deployment, { isWatching = false }: LookOptions) {
  const place = await openServingTarget(target, context);
  const { statusPace = 0 } = place;
  if (isWatching && seen !== null && Date.now() - seen < statusPace) return null;
  return place.status(handle as ServingHandle, AbortSignal.timeout(LOOK_MS));
}

/** All of them, at the same time. */
export function lookAtAll(context: ServingContext, options: LookOptions = {}): Promise<Deployment[]> {
  return Promise.all(context.store.deployments.list().map(({ name }) => look(context, name, options)));
}

/** Speaks with the endpoint as callers do, with the deployment's token. Throws UserError when it is not deployed. */
export async function accessTo(context: ServingContext, name: string): Promise<Access> {
  const { store } = context;
  const deployment = needDeployed(store, name);
  const place = await openServingTarget(deployment.target, context);
  return place.access(deployment.handle as ServingHandle, await tokenOf(store, name));
}

/** Null: it asks for none. What modeltrail.yaml says by now holds from the next change on. */
export async function tokenOf(store: Store, name: string): Promise<string | null> {
  const { token } = needDeployment(store, name).settings ?? (await settingsOf(store, name));
  return token ? deploymentToken(store.folder, name) : null;
}

/** The champion's bundle. */
export function championBundle(store: Store, name: string): Promise<ReadyBundle> {
  return openBundle(store.folder, needDeployed(store, name).routes[0]!.bundle);
}

/** The newest lines that its processes printed. */
export async function deploymentLog(context: ServingContext, name: string, lines: number): Promise<string[]> {
  const deployment = needDeployment(context.store, name);
  if (deployment.handle === null) throw new UserError(`${name} is not deployed: nothing prints.`);
  const place = await openServingTarget(deployment.target, context);
  return place.log(deployment.handle as ServingHandle, lines, AbortSignal.timeout(LOOK_MS));
}

function needDeployed(store: Store, name: string): Deployment {
  const deployment = needDeployment(store, name);
  if (deployment.routes.length > 0 && deployment.handle !== null) return deployment;
  throw new UserError(`${name} is not deployed. Deploy a model: modeltrail deploy ${deployment.model} --to ${name}`);
}
