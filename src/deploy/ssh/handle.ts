/** Where an endpoint is on its machine: what is kept of it here. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import * as z from "zod/mini";
import type { ServingHandle } from "../contract";

const Address = z.object({ host: z.string(), port: z.number() });
export type RemoteAddress = z.infer<typeof Address>;

const Handle = z.object({
  /** The name that led to its machine when it was deployed last. */
  host: z.string(),
  /** The endpoint's folder there. */
  folder: z.string(),
  /** What its processes carry in their environment, so that they are found whatever happened. */
  mark: z.string(),
  /** Where callers come to on that machine; null before the first time. */
  address: z.nullable(Address),
  /** From elsewhere; null: it listens at that machine's loopback address only. */
  url: z.nullable(z.string()),
});
export type RemoteHandle = z.infer<typeof Handle>;

export const readHandle = (handle: ServingHandle): RemoteHandle => Handle.parse(handle);

/** `jobs`: the folder of all jobs there, beside which endpoints have theirs. */
export const endpointsFolder = (jobs = "~/.modeltrail/jobs"): string =>
  path.posix.join(path.posix.dirname(jobs), "deployments");

/** Of an endpoint that is yet to be: another project or machine may have a deployment of the same name there. */
export function newHandle(endpoints: string, name: string, host: string): RemoteHandle {
  const key = randomBytes(6).toString("hex");
  return { host, folder: `${endpoints}/${name}-${key}`, mark: `endpoint-${key}`, address: null, url: null };
}

/** When nothing of it is where the target leads: `null` where it was deployed to that very machine, as far as its name says. */
export function whereElse({ host }: RemoteHandle, now: string): string | null {
  if (host === now) return null;
  return `It was deployed to ${host}, and its target leads to ${now} by now, where nothing of it is. Name ${host} again in modeltrail.yaml to undeploy it there; \`modeltrail deployments undeploy --forget\` leaves it as it is.`;
}
