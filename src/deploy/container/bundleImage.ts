/** The image that a bundle is served in: a given one that has its packages, or one that is built of the bundle. */
import { createHash } from "node:crypto";
import { UserError } from "../../domain/errors";
import { pipSettings } from "../../targets/container/containerfile";
import type { ContainerSettings } from "../../targets/container/createArguments";
import { type Engine, EngineError } from "../../targets/container/engine";
import { buildFolder, findImage, getImage, type Image } from "../../targets/container/image";
import { imageName } from "../bundle/containerFiles";
import type { ReadyBundle } from "../contract";

/** Where a bundle is in a container, as its Dockerfile says. */
export const BUNDLE_INSIDE = "/opt/bundle";

export interface BundleImage extends Image {
  /** The bundle is not in it. */
  isGiven: boolean;
  /** It was built just now. */
  isNew: boolean;
}

export interface BundleImageOptions {
  env: NodeJS.ProcessEnv;
  onStep(detail: string): void;
  signal: AbortSignal;
}

/** Built once for each bundle and base. Throws UserError that says what to do when it cannot be had. */
export async function bundleImage(
  engine: Engine,
  bundle: ReadyBundle,
  { image, build, network }: ContainerSettings,
  { env, onStep, signal }: BundleImageOptions,
): Promise<BundleImage> {
  const options = { signal, onProgress: onStep };
  if (image !== undefined && build === undefined) {
    return { ...(await getImage(engine, image, options)), isGiven: true, isNew: false };
  }
  const base = build?.base ?? image;
  const tag = await tagOf(engine, bundle, base, options);
  const present = await findImage(engine, tag, signal);
  if (present) return { ...present, isGiven: false, isNew: false };
  const { model, version } = bundle.manifest;
  onStep(`Building an image of ${model}/${version}`);
  const variables = { ...pipSettings(env), ...(base === undefined ? {} : { BASE: base }) };
  const args = Object.entries(variables).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const words = ["--label", `modeltrail.bundle=${bundle.hash}`, ...args];
  const onProgress = (line: string) => {
    if (/^(?:STEP \d+\/\d+|#\d+ \[)/.test(line)) onStep(`Building an image of ${model}/${version}: ${line}`);
  };
  try {
    const built = await buildFolder(
      engine,
      { folder: bundle.folder, args: words, tag, network },
      { signal, onProgress },
    );
    return { ...built, isGiven: false, isNew: true };
  } catch (error) {
    throw error instanceof EngineError ? new UserError(explainBuild(error), { cause: error }) : error;
  }
}

async function tagOf(
  engine: Engine,
  { hash, manifest }: ReadyBundle,
  base: string | undefined,
  options: Parameters<typeof getImage>[2],
): Promise<string> {
  // Another base of the same name makes another image.
  const digest = base === undefined ? "" : (await getImage(engine, base, options)).digest;
  const ofBase = digest === "" ? "" : `-${createHash("sha256").update(digest).digest("hex").slice(0, 8)}`;
  return `localhost/modeltrail-serve-${imageName(manifest.model)}:${hash.slice(0, 16)}${ofBase}`;
}

/** The first that fits holds. */
const REASONS: readonly [pattern: RegExp, advice: string][] = [
  [
    /externally-managed-environment/i,
    "The Python of the base image refuses packages. Give the target a `build.base` like python:3.11-slim, whose pip may install them.",
  ],
  [
    /No matching distribution|Could not find a version|Temporary failure in name resolution|Failed to establish a new connection|NewConnectionError/i,
    "Its packages could not be had. Without a network, give the target an `image` that has them already, or set PIP_INDEX_URL to an index that is reached from here.",
  ],
  [
    /short-name|manifest unknown|pull access denied|no such host|dial tcp|initializing source/i,
    "Its base image could not be had. Name one that is here, or in a registry that is reached from here, as `build.base` of the target.",
  ],
];

function explainBuild({ message, said }: EngineError): string {
  const [, advice] = REASONS.find(([pattern]) => pattern.test(said)) ?? [];
  return advice ? `The bundle's image could not be built. ${advice}\n${message}` : message;
}
