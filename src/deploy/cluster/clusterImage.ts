/** The image that a cluster runs a bundle in: one that somebody has pushed, or one that is built here and pushed. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../domain/errors";
import { createEngine, type Engine, EngineError } from "../../targets/container/engine";
import { imageName } from "../bundle/containerFiles";
import { imageOf } from "../cloud/imageOf";
import { bundleImage } from "../container/bundleImage";
import { removeImages } from "../container/remove";
import type { ReadyBundle, ReadyRoute, ServingPlan } from "../contract";

export interface ImageSettings {
  image?: string | undefined;
  registry?: string | undefined;
  build?: { program?: string | undefined; base?: string | undefined } | undefined;
}

export interface ImageOptions {
  env: NodeJS.ProcessEnv;
  /** Told of an image that was built here for it. */
  onBuilt(reference: string): void;
  onStep(detail: string): void;
  signal: AbortSignal;
}

const DIGEST = /sha256:[0-9a-f]{64}/;

/** What builds and pushes images for this target. */
export function engineOf({ build }: ImageSettings, env: NodeJS.ProcessEnv): Engine {
  return createEngine({ program: build?.program ?? "docker", env });
}

/** As pods ask for it: by digest when it was pushed from here. Throws UserError that says what to do when it cannot be had. */
export async function clusterImage(
  bundle: ReadyBundle,
  settings: ImageSettings,
  options: ImageOptions,
): Promise<string> {
  const { image, registry } = settings;
  if (image !== undefined || registry === undefined) return namedImage(bundle, settings);
  const engine = engineOf(settings, options.env);
  const base = settings.build?.base;
  const built = await bundleImage(
    engine,
    bundle,
    { kind: "docker", build: base === undefined ? {} : { base } },
    options,
  );
  options.onBuilt(built.reference);
  return push(engine, built.reference, pushedName(registry, bundle), options);
}

/** Images by the bundle that they were made of. */
export type KnownImages = Readonly<Record<string, string>>;

/** What is served as it was before has the very image that it had, also where a name means another by now. */
export async function imageOfRoute(
  { version, ready }: Pick<ReadyRoute, "version" | "ready">,
  { fresh }: Pick<ServingPlan, "fresh">,
  known: KnownImages,
  make: () => Promise<string>,
): Promise<{ image: string; known: KnownImages }> {
  const before = known[ready.hash];
  const image = before !== undefined && !fresh?.includes(version) ? before : await make();
  const others = Object.entries(known).filter(([hash]) => hash !== ready.hash);
  return { image, known: Object.fromEntries([...others.slice(1 - MOST_KNOWN), [ready.hash, image]]) };
}

/** Those that were built for a change that failed: nobody knows of them any more. */
export async function removeMade(
  { before, after }: Record<"before" | "after", readonly string[]>,
  settings: ImageSettings,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const made = after.filter((image) => !before.includes(image));
  if (made.length > 0)
    await removeImages(engineOf(settings, env), made, AbortSignal.timeout(REMOVE_MS)).catch(() => {});
}

/** So many bundles back, the image of the same name is taken. */
const MOST_KNOWN = 30;

export const NO_IMAGE =
  "The cluster needs an image to run. Give the target a `registry`, where the bundle's image is pushed to from here, or name an `image` that you have pushed; with the kind kubernetes, below `serving`.";

type Named = Pick<ReadyBundle, "hash" | "manifest">;

/** How it is called, whether it has been pushed or not. Throws UserError when settings do not say. */
export function namedImage(bundle: Named, { image, registry }: ImageSettings): string {
  if (image !== undefined) return imageOf(image, bundle);
  if (registry !== undefined) return pushedName(registry, bundle);
  throw new UserError(NO_IMAGE);
}

function pushedName(registry: string, bundle: Named): string {
  const place = registry.replace(/\/+$/, "");
  return imageOf(`${place}/${imageName(bundle.manifest.model)}:{hash}`, bundle);
}

async function push(engine: Engine, local: string, name: string, { onStep, signal }: ImageOptions): Promise<string> {
  onStep(`Pushing ${name}`);
  const folder = await mkdtemp(join(tmpdir(), "modeltrail-push-"));
  try {
    await engine.run(["tag", local, name], { signal });
    const file = join(folder, "digest");
    const words = engine.isPodman ? ["--digestfile", file] : [];
    const said = await engine.run(["push", ...words, name], { signal });
    const digest = DIGEST.exec(engine.isPodman ? await readFile(file, "utf8") : said)?.[0];
    if (!digest) throw new UserError(`${engine.name} has pushed ${name}, and does not say its digest.`);
    return `${name.replace(/:[^/:]*$/, "")}@${digest}`;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new UserError(`The bundle's image could not be pushed to ${name}. ${adviceFor(error.said)}${error.message}`, {
      cause: error,
    });
  } finally {
    // The bundle's own tag is enough to find it here.
    await engine.run(["image", "rm", name], { signal: AbortSignal.timeout(UNTAG_MS) }).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}

const UNTAG_MS = 10_000;
const REMOVE_MS = 60_000;

function adviceFor(said: string): string {
  if (/unauthorized|authentication required|denied|no basic auth/i.test(said)) {
    return "Sign in to the registry, for example with: docker login. ";
  }
  return /no such host|connection refused|i\/o timeout|dial tcp/i.test(said) ? "The registry cannot be reached. " : "";
}
