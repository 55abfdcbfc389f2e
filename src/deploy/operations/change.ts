/** Changes of deployments: each is one rollout, told in the audit log. */
import { rmSync } from "node:fs";
import type { Deployment, Rollout, RolloutKind, RouteRole } from "../../domain/deployment";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { deploymentFolder } from "../deploymentFolder";
import { rollOut, type WantedRoute } from "../rollout/rollOut";
import { sameRoutes, withVersion } from "../rollout/routes";
import type { OperationContext } from "./context";
import { type Destination, needDeployment, settingsOf } from "./destination";
import { makeTools } from "./tools";

export interface DeployOptions {
  role: RouteRole;
  /** Of the requests for a challenger, of the copies for a shadow. */
  percent?: number;
  /** Why it is deployed though gates fail. */
  override?: string;
  /** False: without the load test. */
  load?: boolean;
}

/** Serves the version there. The rollout as it ended; throws UserError for what cannot be begun. */
export async function deployVersion(
  context: OperationContext,
  { name, settings }: Destination,
  version: ModelVersion,
  { role, percent, override, load = true }: DeployOptions,
): Promise<Rollout> {
  const { store } = context;
  const served = store.deployments.get(name)?.routes ?? [];
  const share = percent ?? (role === "challenger" ? settings.challenger : undefined);
  const changed = withVersion(served, version, role, share).map((route) =>
    // What it was served with before may be out of date: the bundle is made anew.
    route.version === version.version ? { ...route, bundle: "" } : route,
  );
  const routes = role === "champion" ? withAliases(store, settings, version, changed) : changed;
  const isServed = (one: number) => one !== version.version && served.some((route) => route.version === one);
  const rollout = await change(context, {
    kind: "deploy",
    name,
    model: version.model,
    settings: load ? settings : { ...settings, load: undefined },
    routes,
    checked: routes.map((route) => route.version).filter((one) => !isServed(one)),
    override,
  });
  if (rollout.outcome === "live" && role === "champion") nameFirstChampion(store, version);
  return rollout;
}

/** Versions that modeltrail.yaml wants beside every champion, as far as their aliases name any. */
function withAliases(
  store: Store,
  settings: DeploymentSettings,
  { model, version }: ModelVersion,
  routes: WantedRoute[],
): WantedRoute[] {
  const versionOf = (alias: string) => store.registry.versionOfAlias(model, alias)?.version;
  const free = (other: number | undefined): other is number =>
    other !== undefined && other !== version && !routes.some((route) => route.version === other);
  let all = routes;
  const challenger = settings.challenger === undefined ? undefined : versionOf("challenger");
  if (free(challenger)) all = withVersion(all, { model, version: challenger }, "challenger", settings.challenger);
  for (const alias of settings.shadow ?? []) {
    const shadow = versionOf(alias);
    if (free(shadow)) all = withVersion(all, { model, version: shadow }, "shadow");
  }
  return all;
}

/** From then on gates can compare with it. */
function nameFirstChampion(store: Store, { model, version }: ModelVersion): void {
  if (!store.registry.versionOfAlias(model, "champion")) store.registry.setAlias(model, "champion", version);
}

/** What is gone back to: this version alone, or what the change of this id served. Neither: what was served before. */
export interface Earlier {
  version?: number | undefined;
  rollout?: string | undefined;
}

/** Serves again what was served before. Gates are not asked: it passed them when it was deployed. */
export async function rollBack(context: OperationContext, name: string, earlier: Earlier = {}): Promise<Rollout> {
  const { store } = context;
  const deployment = needDeployment(store, name);
  const routes = earlierRoutes(store, deployment, earlier);
  return change(context, { ...(await base(store, deployment)), kind: "rollback", routes, checked: [] });
}

const champions = (routes: Deployment["routes"]) => routes.filter(({ role }) => role === "champion");

/** Changes that are looked through for one to go back to. */
const MOST_CHANGES = 10_000;

function earlierRoutes(store: Store, { name, model, routes: now }: Deployment, earlier: Earlier): Deployment["routes"] {
  const { version, rollout } = earlier;
  const all = store.deployments.rollouts(name, { limit: MOST_CHANGES });
  const lived = all.filter(({ outcome, routes }) => outcome === "live" && routes.length > 0);
  const found = lived.find(({ id, routes }) => {
    if (rollout !== undefined) return id === rollout;
    if (version === undefined) return !sameRoutes(routes, now);
    return champions(routes).some((route) => route.version === version);
  });
  if (found && version !== undefined) return champions(found.routes).map((route) => ({ ...route, percent: 100 }));
  if (found) return found.routes;
  if (rollout !== undefined) throw new UserError(`${name} has no change "${rollout}" that became live.`);
  if (version === undefined) throw new UserError(`Nothing else was served by ${name} before.`);
  const deploy = `modeltrail deploy ${model}/${version} --to ${name}`;
  throw new UserError(`Version ${version} was never served by ${name}. Deploy it: ${deploy}`);
}

/** Shares the requests otherwise; `next`: from what is served to what is to be. */
export async function changeTraffic(
  context: OperationContext,
  name: string,
  next: (routes: Deployment["routes"]) => WantedRoute[],
): Promise<Rollout> {
  const { store } = context;
  const deployment = needDeployment(store, name);
  if (deployment.routes.length === 0) throw new UserError(`${name} is not deployed.`);
  const routes = next(deployment.routes);
  return change(context, { ...(await base(store, deployment)), kind: "traffic", routes, checked: [] });
}

/** Brings up what should be served and is not. */
export function restart(context: OperationContext, name: string): Promise<Rollout> {
  return changeTraffic(context, name, (routes) => [...routes]);
}

/** `forget`: also when the target does not answer; what is there stays there. */
export async function undeploy(context: OperationContext, name: string, forget = false): Promise<Rollout> {
  const { store } = context;
  const deployment = needDeployment(store, name);
  if (deployment.routes.length === 0 && deployment.handle === null) throw new UserError(`${name} is not deployed.`);
  const asked = { ...(await base(store, deployment)), kind: "undeploy" as const, routes: [], checked: [] };
  return change(context, asked, forget);
}

/** Removes an undeployed one with its history and its log of predictions; what is in the audit log stays there. */
export function removeDeployment(store: Store, name: string): void {
  const { model, target } = needDeployment(store, name);
  store.deployments.remove(name);
  rmSync(deploymentFolder(store.folder, name), { recursive: true, force: true });
  store.audit.add({ action: "deployment.remove", subject: `deployments/${name}`, evidence: { model, target } });
}

interface Asked {
  kind: RolloutKind;
  name: string;
  model: string;
  settings: DeploymentSettings;
  routes: readonly WantedRoute[];
  checked: readonly number[];
  override?: string | undefined;
}

async function change(context: OperationContext, asked: Asked, forget = false): Promise<Rollout> {
  const { store, signal } = context;
  const { name, settings, kind, override } = asked;
  const before = store.deployments.get(name)?.routes ?? [];
  const tools = await makeTools(context, name, settings);
  if (forget) tools.target = { ...tools.target, undeploy: async () => {} };
  const tell = ({ id, outcome, reason, routes }: Rollout) =>
    store.audit.add({
      action: kind,
      subject: `deployments/${name}`,
      reason: override ?? null,
      evidence: {
        rollout: id,
        target: settings.target,
        outcome,
        ...(reason ? { why: reason } : {}),
        before,
        after: routes,
      },
    });
  const [newest] = store.deployments.rollouts(name, { limit: 1 });
  try {
    const rollout = await rollOut(
      tools,
      { ...asked, deployment: name, ...(override === undefined ? {} : { override }) },
      signal,
    );
    tell(rollout);
    return rollout;
  } catch (error) {
    // A fault of ours in the middle: what was begun is told, too.
    const [begun] = store.deployments.rollouts(name, { limit: 1 });
    if (begun && begun.id !== newest?.id && begun.outcome !== null) tell(begun);
    throw error;
  }
}

async function base(store: Store, { name, model }: Deployment): Promise<Pick<Asked, "name" | "model" | "settings">> {
  return { name, model, settings: await settingsOf(store, name) };
}
