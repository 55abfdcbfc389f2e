/** Taking away what a deployment has at SageMaker and in S3. */
import * as z from "zod/mini";
import { type Aws, isMissing } from "./aws";
import { type Place, removeEndpoint } from "./endpoint";
import type { SageMakerHandle, Served } from "./handle";
import { bundleIn, placeInS3 } from "./model";
import { isConfigOf, isModelOf, tryName } from "./names";

/** All of it; no error for what is gone already. */
export async function removeAll(place: Place, handle: SageMakerHandle, signal: AbortSignal): Promise<void> {
  const tried = { ...place, endpoint: tryName(handle.endpoint) };
  await Promise.all([removeEndpoint(tried, signal), removeEndpoint(place, signal)]);
  await tidy(place, handle, [], signal);
}

/** What none of these needs. */
export async function tidy(
  place: Place,
  handle: SageMakerHandle,
  kept: readonly Served[],
  signal: AbortSignal,
): Promise<void> {
  const { aws } = place;
  const variants = kept.flatMap((one) => one.variants);
  const configs = kept.map(({ config }) => config);
  const models = variants.map(({ model }) => model);
  // Each question is a program that takes its time to start.
  await Promise.all([
    removeOthers(configs, configsOf(place, signal), (EndpointConfigName) =>
      remove(aws, "delete-endpoint-config", { EndpointConfigName }, signal),
    ),
    removeOthers(models, modelsOf(place, signal), (ModelName) => remove(aws, "delete-model", { ModelName }, signal)),
    removeBundles(aws, handle, new Set(variants.map(({ bundle }) => bundle)), signal),
  ]);
}

async function removeOthers(
  kept: readonly string[],
  listed: Promise<string[]>,
  removeOne: (name: string) => Promise<void>,
): Promise<void> {
  await Promise.all((await listed).filter((name) => !kept.includes(name)).map(removeOne));
}

async function remove(aws: Aws, operation: string, input: object, signal: AbortSignal): Promise<void> {
  const what = `${operation.replaceAll("-", " ")} ${Object.values(input).join(" ")}`;
  await aws.ask("sagemaker", operation, input, { signal, what }).catch((error) => {
    if (!isMissing(error)) throw error;
  });
}

const Configs = z.object({ EndpointConfigs: z.array(z.object({ EndpointConfigName: z.string() })) });
const Models = z.object({ Models: z.array(z.object({ ModelName: z.string() })) });

async function configsOf({ aws, endpoint }: Place, signal: AbortSignal): Promise<string[]> {
  const options = { signal, what: "list the configurations of endpoints" };
  const listed = await aws.ask("sagemaker", "list-endpoint-configs", { NameContains: endpoint }, options);
  const names = Configs.parse(listed).EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName);
  return names.filter((name) => isConfigOf(endpoint, name));
}

async function modelsOf({ aws, endpoint }: Place, signal: AbortSignal): Promise<string[]> {
  const options = { signal, what: "list the models" };
  const listed = await aws.ask("sagemaker", "list-models", { NameContains: endpoint }, options);
  const names = Models.parse(listed).Models.map(({ ModelName }) => ModelName);
  return names.filter((name) => isModelOf(endpoint, name));
}

const Objects = z.nullable(z.object({ Contents: z.optional(z.array(z.object({ Key: z.string() }))) }));

/** An endpoint may be called as a folder of the bucket that has other things in it: they are left alone. */
async function removeBundles(
  aws: Aws,
  { bundles }: SageMakerHandle,
  kept: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  if (bundles === null) return;
  const { Bucket, Key } = placeInS3(bundles);
  try {
    const options = { signal, what: `list the bundles at ${bundles}` };
    const listed = Objects.parse(await aws.ask("s3api", "list-objects-v2", { Bucket, Prefix: Key }, options));
    for (const one of listed?.Contents ?? []) {
      const hash = bundleIn(one.Key.slice(Key.length));
      if (hash === null || kept.has(hash)) continue;
      const what = `remove the bundle at s3://${Bucket}/${one.Key}`;
      await aws.ask("s3api", "delete-object", { Bucket, Key: one.Key }, { signal, what });
    }
  } catch (error) {
    // The bucket itself is gone.
    if (!isMissing(error)) throw error;
  }
}
