/** What is kept of a deployment at SageMaker: where it is, and what it served when the last change had come to its end. */
import * as z from "zod/mini";
import type { ServingHandle } from "../contract";
import { newEndpointName } from "./names";
import { type SageMakerSettings, Variant } from "./variants";

const Served = z.object({
  /** The endpoint's configuration. */
  config: z.string(),
  variants: z.array(Variant),
});
export type Served = z.infer<typeof Served>;

export const SageMakerHandle = z.object({
  endpoint: z.string(),
  account: z.string(),
  region: z.string(),
  /** "s3://bucket/folder/endpoint/", where its bundles are; null: they are in their images. */
  bundles: z.nullable(z.string()),
  /** Null until the first version is served. */
  served: z.nullable(Served),
  /** What it served before that: kept, so that going back is quick. */
  former: z.nullable(Served),
});
export type SageMakerHandle = z.infer<typeof SageMakerHandle>;

/** Where it is deployed it stays, whatever the settings say by now. */
export function handleOf(
  known: ServingHandle | null,
  settings: SageMakerSettings,
  deployment: string,
  { account, region }: Pick<SageMakerHandle, "account" | "region">,
): SageMakerHandle {
  if (known) return SageMakerHandle.parse(known);
  const endpoint = settings.endpoint ?? newEndpointName(deployment);
  const bundles = settings.bucket === undefined ? null : `${settings.bucket}/${endpoint}/`;
  return { endpoint, account, region, bundles, served: null, former: null };
}
