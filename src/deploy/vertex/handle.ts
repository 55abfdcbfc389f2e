/** What finds a deployment on Vertex AI again. */
import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { RouteRole } from "../../domain/deployment";
import { imageName } from "../bundle/containerFiles";

/** One version in one form: a model of Vertex AI, deployed to the endpoint. */
export const Part = z.object({
  version: z.int(),
  /** What it is made of; the same for the same. */
  signature: z.string(),
  /** Ids of our own choice, so that they are known before there is anything. */
  model: z.string(),
  deployed: z.string(),
  /** Where its bundle is; null: in its image. */
  artifacts: z.nullable(z.string()),
});
export type Part = z.infer<typeof Part>;

export const VertexHandle = z.object({
  name: z.string(),
  project: z.string(),
  region: z.string(),
  /** Its id. It is ours alone: whatever is on it is a part, or left by somebody who died. */
  endpoint: z.string(),
  parts: z.array(Part),
  routes: z.array(z.object({ version: z.int(), role: RouteRole, deployed: z.string() })),
});
export type VertexHandle = z.infer<typeof VertexHandle>;

export function newHandle(name: string, { project, region }: { project: string; region: string }): VertexHandle {
  return { name, project, region, endpoint: newEndpoint(name), parts: [], routes: [] };
}

/** At most 63 of a-z, 0-9 and `-`, and a letter first. */
function newEndpoint(name: string): string {
  return `mt-${imageName(name).slice(0, 30)}-${randomBytes(5).toString("hex")}`;
}

/** Where a version is asked before callers get to it. */
export const checkEndpointOf = ({ endpoint }: Pick<VertexHandle, "endpoint">): string => `${endpoint}-check`;

/** Names of a Part's own: a model's may have what an endpoint's may, a deployed model's is a number of up to 10 digits. */
export function newNames({ endpoint }: VertexHandle, version: number): Pick<Part, "model" | "deployed"> {
  const bytes = randomBytes(6);
  return { model: `${endpoint}-${version}-${bytes.toString("hex").slice(0, 6)}`, deployed: numberOf(bytes) };
}

/** Nine digits, the first of them no 0. */
function numberOf(bytes: Buffer): string {
  return String(100_000_000 + (bytes.readUIntBE(0, 6) % 900_000_000));
}
