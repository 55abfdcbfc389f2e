/** What finds a deployment on Azure ML again. */
import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { RouteRole } from "../../domain/deployment";
import { imageName } from "../bundle/containerFiles";
import type { AzureSettings } from "./az";

/** One version in one form. */
export const Part = z.object({
  version: z.int(),
  /** What it is made of; the same for the same. */
  signature: z.string(),
  /** Its name at the endpoint. */
  deployment: z.string(),
});
export type Part = z.infer<typeof Part>;

export const AzureHandle = z.object({
  name: z.string(),
  workspace: z.string(),
  resourceGroup: z.string(),
  subscription: z.nullable(z.string()),
  endpoint: z.string(),
  /** Where callers send their requests; null before it is made. */
  url: z.nullable(z.string()),
  parts: z.array(Part),
  routes: z.array(z.object({ version: z.int(), role: RouteRole, deployment: z.string() })),
});
export type AzureHandle = z.infer<typeof AzureHandle>;

export function newHandle(name: string, settings: AzureSettings): AzureHandle {
  const { workspace, resourceGroup, subscription = null, endpoint = newEndpoint(name) } = settings;
  return { name, workspace, resourceGroup, subscription, endpoint, url: null, parts: [], routes: [] };
}

/** At most 32 letters, digits and `-`, a letter first; others of the region have theirs, too. */
function newEndpoint(name: string): string {
  const slug = imageName(name).slice(0, 18).replace(/-+$/, "");
  return `mt-${slug}-${randomBytes(5).toString("hex")}`;
}

export const newDeployment = (version: number): string => `v${version}-${randomBytes(4).toString("hex")}`;
