/** `modeltrail deploy` */
import { deployVersion } from "../../deploy/operations/change";
import type { OperationContext } from "../../deploy/operations/context";
import { findDestination } from "../../deploy/operations/destination";
import type { Rollout, RouteRole } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import { resolveVersion } from "../../registry/resolveVersion";
import type { Store } from "../../store/contract";
import { askTrust } from "../askTrust";
import { stepPrinter } from "../deploymentText";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, print, styled } from "../print";

export interface DeployCommandOptions {
  to: string;
  as?: string;
  role: RouteRole;
  percent?: string;
  override?: string;
  trust?: boolean;
  load: boolean;
  manifest?: string | true;
  workflow?: string | true;
  json?: boolean;
}

export async function deployCommand(model: string, options: DeployCommandOptions): Promise<void> {
  const percent = options.percent === undefined ? undefined : share(options.percent);
  if (options.override?.trim() === "") throw new UserError("--override needs a reason: it goes into the audit log.");
  await withStore(async (store) => {
    const version = resolveVersion(store, model);
    const destination = await findDestination(store, version.model, options.to, options.as);
    const { manifest } = options;
    if (manifest !== undefined) {
      const { manifestCommand } = await import("./deployManifest");
      return await manifestCommand(store, destination, version, { ...options, manifest });
    }
    const { role, override, load, workflow } = options;
    if (workflow !== undefined) {
      if (role !== "champion") throw new UserError("A workflow deploys one version, for all requests: without --role.");
      const { workflowCommand } = await import("./deployWorkflow");
      return await workflowCommand(store, destination, version, { ...options, workflow });
    }
    const rollout = await changing(store, options, (context) =>
      deployVersion(context, destination, version, {
        role,
        load,
        ...(percent === undefined ? {} : { percent }),
        ...(override === undefined ? {} : { override }),
      }),
    );
    tellEnd(store, rollout, options.json);
  });
}

/** With what changes need at the command line. */
export function changing(
  store: Store,
  { trust, json }: { trust?: boolean | undefined; json?: boolean | undefined },
  action: (context: OperationContext) => Promise<Rollout>,
): Promise<Rollout> {
  return interruptible((signal) =>
    action({ store, env: process.env, trust: askTrust(trust), onStep: stepPrinter(json), signal }),
  );
}

/** Prints what came of it; throws UserError, in words, when it did not become what was asked for. */
export function tellEnd(store: Store, rollout: Rollout, json: boolean | undefined): void {
  const { deployment: name, outcome, reason, routes } = rollout;
  const deployment = store.deployments.get(name);
  const endpoint = outcome === "live" ? (deployment?.served?.endpoint ?? null) : null;
  if (json) {
    print(JSON.stringify({ event: "end", deployment: name, outcome, reason, routes, endpoint }));
    if (outcome !== "live" && outcome !== "stopped") process.exitCode = 1;
  } else if (outcome === "stopped") {
    print(`${oneLine(name)} is not served any more.`);
  } else if (outcome === "live") {
    print(`${styled("Live:", "green")} ${oneLine(name)}${endpoint ? ` at ${endpoint}` : ""}`);
    print(styled(`Try it: modeltrail deployments try ${name}`, "dim"));
  } else if (outcome === "failed") {
    throw new UserError(`${reason} Look at it: modeltrail deployments show ${name}`);
  } else {
    const served = deployment?.routes[0];
    throw new UserError(
      `${reason} ${served ? `Version ${served.version} is served, as before.` : "Nothing is served, as before."}`,
    );
  }
}

/** Throws UserError for what is no share. */
export function share(text: string): number {
  const value = Number(text.replace(/\s*%$/, ""));
  if (text.trim() !== "" && value >= 0 && value <= 100) return value;
  throw new UserError(`--percent is a number from 0 to 100, not "${text}".`);
}
