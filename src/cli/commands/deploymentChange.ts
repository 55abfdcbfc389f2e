/** `modeltrail deployments rollback`, `traffic`, `start`, `undeploy` and `remove` */
import { changeTraffic, removeDeployment, restart, rollBack, undeploy } from "../../deploy/operations/change";
import type { OperationContext } from "../../deploy/operations/context";
import type { WantedRoute } from "../../deploy/rollout/rollOut";
import { withChallengerAsChampion, withoutVersion, withPercent } from "../../deploy/rollout/routes";
import type { Deployment, Rollout } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Store } from "../../store/contract";
import { withStore } from "../open";
import { oneLine, print } from "../print";
import { count } from "../sweepOptions";
import { changing, share, tellEnd } from "./deploy";

interface ChangeOptions {
  json?: boolean;
}

type RollbackOptions = ChangeOptions & { to?: string; change?: string };

export async function rollbackCommand(name: string, options: RollbackOptions): Promise<void> {
  const earlier = { version: count("--to", options.to), rollout: options.change };
  await withStore((store) => change(store, options, (context) => rollBack(context, name, earlier)));
}

interface TrafficOptions extends ChangeOptions {
  percent?: string;
  promote?: boolean;
  stop?: string;
}

export async function trafficCommand(name: string, options: TrafficOptions): Promise<void> {
  const next = nextRoutes(options);
  await withStore((store) => change(store, options, (context) => changeTraffic(context, name, next)));
}

/** Throws UserError unless just one change is asked for. */
function nextRoutes({ percent, promote, stop }: TrafficOptions): (routes: Deployment["routes"]) => WantedRoute[] {
  const asked = Number(percent !== undefined) + Number(promote === true) + Number(stop !== undefined);
  if (asked !== 1) throw new UserError("Say what is to change: --percent SHARE, --promote or --stop VERSION.");
  if (promote) return withChallengerAsChampion;
  if (percent !== undefined) {
    const part = share(percent);
    return (routes) => withPercent(routes, part);
  }
  const version = count("--stop", stop)!;
  return (routes) => withoutVersion(routes, version);
}

export async function startCommand(name: string, options: ChangeOptions): Promise<void> {
  await withStore((store) => change(store, options, (context) => restart(context, name)));
}

export async function undeployCommand(name: string, options: ChangeOptions & { forget?: boolean }): Promise<void> {
  await withStore((store) => change(store, options, (context) => undeploy(context, name, options.forget)));
}

async function change(
  store: Store,
  options: ChangeOptions,
  action: (context: OperationContext) => Promise<Rollout>,
): Promise<void> {
  tellEnd(store, await changing(store, options, action), options.json);
}

export async function removeDeploymentCommand(name: string): Promise<void> {
  await withStore((store) => {
    removeDeployment(store, name);
    print(`Removed ${oneLine(name)} with its history and its log of predictions.`);
  });
}
