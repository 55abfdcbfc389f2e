/** From routes to what SageMaker calls the variants of an endpoint, and its configuration. */
import * as z from "zod/mini";
import { RouteRole } from "../../domain/deployment";
import type { ServingOf } from "../../domain/targets";
import type { ReadyRoute } from "../contract";
import { configName } from "./names";

export type SageMakerSettings = ServingOf<"sagemaker">;

/** A version as an endpoint has it. */
export const Variant = z.object({
  name: z.string(),
  /** SageMaker's own thing of that name: image, bundle, role. */
  model: z.string(),
  bundle: z.string(),
  version: z.int(),
  role: RouteRole,
  percent: z.number(),
});
export type Variant = z.infer<typeof Variant>;

const VariantBody = z.looseObject({
  VariantName: z.string(),
  ModelName: z.string(),
  InitialVariantWeight: z.optional(z.number()),
});
type VariantBody = z.infer<typeof VariantBody>;

/** What CreateEndpointConfig takes, as far as it is ours; DescribeEndpointConfig tells the same. */
export const ConfigBody = z.object({
  ProductionVariants: z.array(VariantBody),
  ShadowProductionVariants: z.optional(z.array(VariantBody)),
});
export type ConfigBody = z.infer<typeof ConfigBody>;

/**
 * Whether SageMaker itself watches a change. It can only where versions take each other's place under one name, and so a new
 * one is not tried beside the old one but at an endpoint of its own; as is what has no instances, which takes one version only.
 */
export const triesApart = ({ alarms = [], serverless }: SageMakerSettings): boolean =>
  alarms.length > 0 || serverless !== undefined;

/** `models`: of each route, in the same order. */
export function variantsOf(
  { alarms = [] }: SageMakerSettings,
  routes: readonly ReadyRoute[],
  models: readonly string[],
  endpoint: string,
): Variant[] {
  return routes.map(({ version, role, percent, ready }, index) => {
    const model = models[index]!;
    // Metrics and logs are by variant: each version has its own, where it can have.
    const name = alarms.length > 0 ? role : model.slice(endpoint.length + 1);
    return { name, model, bundle: ready.hash, version, role, percent };
  });
}

export const INSTANCE_TYPE = "ml.m5.large";
const SERVERLESS = { memory: 2048, concurrency: 5 };

function bodyOf(settings: SageMakerSettings, { name, model }: Variant, weight: number): VariantBody {
  const { instanceType = INSTANCE_TYPE, instanceCount = 1, serverless, startTime } = settings;
  const { memory = SERVERLESS.memory, concurrency = SERVERLESS.concurrency } = serverless ?? {};
  const size = serverless
    ? { ServerlessConfig: { MemorySizeInMB: memory, MaxConcurrency: concurrency } }
    : { InstanceType: instanceType, InitialInstanceCount: instanceCount };
  const time = startTime === undefined ? {} : { ContainerStartupHealthCheckTimeoutInSeconds: Math.round(startTime) };
  return { VariantName: name, ModelName: model, InitialVariantWeight: weight, ...size, ...time };
}

/** What is to be served in the end. A shadow gets as many copies as its weight is of the champion's. */
export function wholeConfig(settings: SageMakerSettings, variants: readonly Variant[]): ConfigBody {
  const bodies = (isShadow: boolean) =>
    variants
      .filter(({ role }) => (role === "shadow") === isShadow)
      .map((variant) => bodyOf(settings, variant, variant.percent));
  const shadows = bodies(true);
  return { ProductionVariants: bodies(false), ...(shadows.length > 0 ? { ShadowProductionVariants: shadows } : {}) };
}

/** What is served, and beside it what is to be tried, which gets no request but those that name it. */
export function trialConfig(
  settings: SageMakerSettings,
  served: ConfigBody | null,
  fresh: readonly Variant[],
): ConfigBody {
  const tried = fresh.map((variant) => {
    // Of all weights, one has to be more than 0.
    const isNeeded = served === null && variant.role === "champion";
    return bodyOf(settings, variant, isNeeded ? 100 : 0);
  });
  return { ProductionVariants: [...(served?.ProductionVariants ?? []), ...tried] };
}

/** Each on its own, where nobody calls. */
export function apartConfig(settings: SageMakerSettings, fresh: readonly Variant[]): ConfigBody {
  return { ProductionVariants: fresh.map((variant) => bodyOf(settings, variant, 100)) };
}

/** With the weights that callers' requests are shared by; what has none is left out. */
export function withWeights(config: ConfigBody, weights: ReadonlyMap<string, number>): ConfigBody {
  const weighed = config.ProductionVariants.flatMap((body) => {
    const weight = weights.get(body.VariantName);
    return weight === undefined ? [] : [{ ...body, InitialVariantWeight: weight }];
  });
  return { ...config, ProductionVariants: weighed };
}

/** By the variants' names. */
export const weightsOf = (variants: readonly Variant[]): Map<string, number> =>
  new Map(variants.filter(({ role }) => role !== "shadow").map(({ name, percent }) => [name, percent]));

export function nameOfConfig(endpoint: string, config: ConfigBody): string {
  const { ProductionVariants, ShadowProductionVariants = [] } = config;
  const weights = ProductionVariants.map(({ InitialVariantWeight }) => InitialVariantWeight ?? 1);
  const shape = ProductionVariants.map(({ InitialVariantWeight: _, ...rest }) => rest);
  return configName(endpoint, [shape, ShadowProductionVariants], weights);
}
