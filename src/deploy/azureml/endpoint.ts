/** Endpoints of Azure ML and what is deployed to them. */
import * as z from "zod/mini";
import { insist } from "../cloud/insist";
import { ask, type Workspace } from "./az";

const Shares = z.pipe(
  z.nullish(z.record(z.string(), z.number())),
  z.transform((shares) => shares ?? {}),
);
const Endpoint = z.nullable(z.object({ scoring_uri: z.nullish(z.string()), traffic: Shares, mirror_traffic: Shares }));
const Deployments = z.nullable(z.array(z.object({ name: z.string(), provisioning_state: z.nullish(z.string()) })));

export interface EndpointState {
  url: string | null;
  /** Per cent of the requests and of the copies, by a deployment's name. */
  traffic: Readonly<Record<string, number>>;
  mirrored: Readonly<Record<string, number>>;
  /** What each deployment has come to: "Succeeded", "Creating", "Failed", … */
  deployments: ReadonlyMap<string, string>;
}

/** What has come to an end as it should. */
export const SUCCEEDED = "Succeeded";

/** Undefined when there is none. What `show` says of one that is not there differs from version to version. */
export async function describeEndpoint(
  place: Workspace,
  name: string,
  signal: AbortSignal,
): Promise<EndpointState | undefined> {
  const what = "say how the endpoint stands";
  const query = `[?name=='${name}'] | [0]`;
  const told = Endpoint.parse(await ask(place, ["online-endpoint", "list", "--query", query], what, signal));
  if (!told) return undefined;
  const listed = await ask(place, ["online-deployment", "list", "--endpoint-name", name], what, signal);
  const deployments = (Deployments.parse(listed) ?? []).map((one) => [one.name, one.provisioning_state ?? ""] as const);
  return {
    ...{ url: told.scoring_uri ?? null, traffic: told.traffic, mirrored: told.mirror_traffic },
    deployments: new Map(deployments),
  };
}

/** `file`: what describes it. Resolves with its address when it is there. */
export async function createEndpoint(place: Workspace, file: string, signal: AbortSignal): Promise<string | null> {
  const told = await ask(place, ["online-endpoint", "create", "--file", file], "make an endpoint", signal);
  return Endpoint.parse(told)?.scoring_uri ?? null;
}

/** Without requests. Resolves when it is up. */
export async function createDeployment(place: Workspace, file: string, what: string, signal: AbortSignal) {
  await ask(place, ["online-deployment", "create", "--file", file], what, signal);
}

/** Shares come to 100; those of copies may be for one deployment only, up to 50. */
export async function setTraffic(
  place: Workspace,
  name: string,
  { traffic, mirrored }: Pick<EndpointState, "traffic" | "mirrored">,
  signal: AbortSignal,
): Promise<void> {
  const told = (shares: Readonly<Record<string, number>>) =>
    Object.entries(shares)
      .map(([deployment, percent]) => `${deployment}=${percent}`)
      .join(" ");
  const copies = Object.keys(mirrored).length > 0 ? ["--mirror-traffic", told(mirrored)] : [];
  const words = ["online-endpoint", "update", "--name", name, "--traffic", told(traffic), ...copies];
  await ask(place, words, "share the requests", signal);
}

/** One that is there. */
export async function deleteDeployment(place: Workspace, endpoint: string, name: string, signal: AbortSignal) {
  const words = ["online-deployment", "delete", "--name", name, "--endpoint-name", endpoint, "--yes"];
  await insist(() => ask(place, words, "remove a version", signal), signal);
}

/** With all that is deployed to it. No error when it is gone. */
export async function removeEndpoint(place: Workspace, name: string, signal: AbortSignal): Promise<void> {
  const query = `[?name=='${name}'].name`;
  const what = "list the endpoints";
  const listed = await ask(place, ["online-endpoint", "list", "--query", query], what, signal);
  if (!Array.isArray(listed) || listed.length === 0) return;
  const words = ["online-endpoint", "delete", "--name", name, "--yes"];
  await insist(() => ask(place, words, "remove the endpoint", signal), signal);
}

/** The newest lines of what a deployment printed, oldest first. */
export async function readLog(
  place: Workspace,
  endpoint: string,
  name: string,
  lines: number,
  signal: AbortSignal,
): Promise<string[]> {
  const words = ["online-deployment", "get-logs", "--name", name, "--endpoint-name", endpoint];
  const told = await ask(place, [...words, "--lines", String(lines)], "read the log", signal);
  return typeof told === "string" ? told.trimEnd().split(/\r?\n/) : [];
}
