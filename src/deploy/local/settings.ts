/** From a deployment's settings to what the gateway and the app that serves are told. */
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { ReadyBundle, ServingPlan } from "../contract";
import type { GatewaySettings } from "../gateway/files";
import { hashToken } from "../gateway/token";

const LIMITS = { body: 10_000_000, time: 60, concurrent: 128 };
const HOST = "127.0.0.1";
/** Shadow copies, and what is on its way from callers who went away, come on top of what the gateway lets in. */
const SPARE = 32;

/** `before`: the port where it listens already, which it keeps unless it is told another. */
export function gatewaySettings({ settings, routes, token }: ServingPlan, before?: number): GatewaySettings {
  const { host = HOST, port, limits = {}, log = {} } = settings;
  return {
    host,
    port: port ?? before ?? 0,
    tokenHash: token === null ? null : hashToken(token),
    limits: {
      body: limits.body ?? LIMITS.body,
      time: limits.time ?? LIMITS.time,
      concurrent: limits.concurrent ?? LIMITS.concurrent,
    },
    log,
    input: routes[0]!.ready.manifest.input,
  };
}

/** Of `python -m modeltrail_serve`; where it listens is said by who starts it. */
export function serverArguments({ folder }: ReadyBundle, { limits = {}, workers = 1 }: DeploymentSettings): string[] {
  const options: [name: string, value: number | undefined][] = [
    ["--workers", workers],
    ["--max-body", limits.body],
    ["--max-rows", limits.rows],
    ["--max-seconds", limits.time],
    ["--max-concurrent", (limits.concurrent ?? LIMITS.concurrent) + SPARE],
  ];
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return ["--bundle", folder, ...given];
}
