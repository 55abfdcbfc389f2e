/** What SageMaker calls a model: an image, with the bundle's archive in S3 that it finds at /opt/ml/model. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { runChild } from "../../targets/host/child";
import { imageOf } from "../cloud/imageOf";
import type { ReadyBundle } from "../contract";
import { isMissing, isThere } from "./aws";
import type { Place } from "./endpoint";
import type { SageMakerHandle } from "./handle";
import { modelName } from "./names";
import type { SageMakerSettings } from "./variants";

/** Where SageMaker unpacks the archive. */
const INSIDE = "/opt/ml/model";

export interface ModelOptions {
  onStep(detail: string): void;
  signal: AbortSignal;
}

/** Sends the bundle and makes the model, as far as that was not done before; the model's name. */
export async function keepModel(
  place: Place,
  settings: SageMakerSettings,
  { endpoint, bundles }: SageMakerHandle,
  bundle: ReadyBundle,
  { onStep, signal }: ModelOptions,
): Promise<string> {
  const { role, env = {}, subnets, securityGroups = [] } = settings;
  const { version, model } = bundle.manifest;
  const archive = bundles === null ? null : archiveOf(bundles, bundle.hash);
  // An image that has a bundle of its own is not to take that for this one.
  const found = archive === null ? {} : { PYTHONPATH: INSIDE, PYTHONSAFEPATH: "1" };
  const content = {
    ExecutionRoleArn: role,
    PrimaryContainer: {
      Image: imageOf(settings.image, bundle),
      ...(archive === null ? {} : { ModelDataUrl: archive }),
      Environment: { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1", ...found, ...env },
    },
    ...(subnets ? { VpcConfig: { Subnets: subnets, SecurityGroupIds: securityGroups } } : {}),
  };
  // Without the archive's hash in it, the image of another bundle may have the same name.
  const name = modelName(endpoint, version, { ...content, bundle: bundle.hash });
  if (archive !== null) await sendBundle(place, bundle, archive, { onStep, signal });
  const options = { signal, what: `make a model of ${model}/${version}` };
  try {
    await place.aws.ask("sagemaker", "create-model", { ModelName: name, ...content }, options);
  } catch (error) {
    // What has this name is the same.
    if (!isThere(error)) throw error;
  }
  return name;
}

const archiveOf = (bundles: string, hash: string): string => `${bundles}${hash}/model.tar.gz`;

/** From what an object is called below a deployment's bundles to the hash of its bundle; null: it is somebody else's. */
export const bundleIn = (name: string): string | null => /^([0-9a-f]+)\/model\.tar\.gz$/.exec(name)?.[1] ?? null;

/** As S3's API has it. */
export function placeInS3(address: string): { Bucket: string; Key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(address)!;
  return { Bucket: bucket!, Key: key! };
}

async function sendBundle(
  { aws }: Place,
  bundle: ReadyBundle,
  archive: string,
  { onStep, signal }: ModelOptions,
): Promise<void> {
  const asking = { signal, what: `look for the bundle at ${archive}` };
  const isSent = await aws.ask("s3api", "head-object", placeInS3(archive), asking).then(
    () => true,
    (error) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  if (isSent) return;
  const { model, version } = bundle.manifest;
  onStep(`Sending the bundle of ${model}/${version} to S3`);
  const folder = await mkdtemp(path.join(tmpdir(), "modeltrail-archive-"));
  try {
    const file = path.join(folder, "model.tar.gz");
    await pack(bundle, file, signal);
    await aws.send(file, archive, { signal, what: `take the bundle at ${archive}` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The bundle's files at the archive's root. */
export async function pack({ folder }: Pick<ReadyBundle, "folder">, file: string, signal: AbortSignal): Promise<void> {
  const argv = ["tar", "-czf", file, "--exclude", "__pycache__", "-C", folder, "."];
  const { exitCode, stderr, startError } = await runChild(argv, { signal, detached: true });
  if (startError) throw new UserError(`Bundles are packed by tar, which could not be started (${startError}).`);
  if (exitCode !== 0) throw new UserError(`The bundle in ${folder} could not be packed: ${stderr.trim()}`);
}
