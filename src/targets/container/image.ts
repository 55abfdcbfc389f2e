/** The image that a job runs in: a given one, or one that is built. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { pipSettings, recipeOf } from "./containerfile";
import { type Engine, EngineError } from "./engine";

export interface Image {
  /** As it is asked for. */
  reference: string;
  /** The very content: "registry/name@sha256:…" where a registry knows it, else its id, "sha256:…". */
  digest: string;
}

/** "registry/name@sha256:…", or, of an image that no registry has, "name@sha256:…" by its id. */
export const nameOf = ({ reference, digest }: Image) => (digest.includes("@") ? digest : `${reference}@${digest}`);

const Inspected = z.array(z.object({ Id: z.string(), RepoDigests: z.optional(z.nullable(z.array(z.string()))) }));

export interface ImageOptions {
  signal: AbortSignal;
  onProgress(line: string): void;
}

/** Undefined when it is not on the engine's machine. */
export async function findImage(engine: Engine, reference: string, signal: AbortSignal): Promise<Image | undefined> {
  try {
    const [found] = Inspected.parse(await engine.json(["image", "inspect", reference], { signal }));
    if (!found) return undefined;
    // One image may be known under several names, and by several registries.
    const name = reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
    const digests = found.RepoDigests ?? [];
    const digest = digests.find((one) => one.startsWith(`${name}@`)) ?? digests[0];
    const isLocal = digest === undefined || digest.startsWith("localhost/");
    return { reference, digest: isLocal ? withAlgorithm(found.Id) : digest };
  } catch (error) {
    // Not there; anything else, its user is told when it is got.
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** Podman leaves it out. */
const withAlgorithm = (id: string) => (id.startsWith("sha256:") ? id : `sha256:${id}`);

/** Gets the image where it is not there yet. Throws UserError when it cannot be had. */
export async function getImage(engine: Engine, reference: string, options: ImageOptions): Promise<Image> {
  const { signal, onProgress } = options;
  const present = await findImage(engine, reference, signal);
  if (present) return present;
  onProgress(`getting the image ${reference}`);
  await engine.run(["pull", reference], { signal, ...progressOf(onProgress) });
  return found(engine, reference, signal);
}

async function found(engine: Engine, reference: string, signal: AbortSignal): Promise<Image> {
  const image = await findImage(engine, reference, signal);
  if (!image) throw new UserError(`${engine.name} has got the image ${reference}, and does not know it.`);
  return image;
}

export interface EnvironmentImage {
  base: string;
  /** Of the base's distribution. */
  packages: readonly string[];
  /** Lines of a requirements file. */
  requirements: readonly string[];
  env: NodeJS.ProcessEnv;
  network?: string | undefined;
}

/** Builds an image with these packages, once for each set of them. */
export async function buildEnvironment(
  engine: Engine,
  { base, packages, requirements, env, network }: EnvironmentImage,
  options: ImageOptions,
): Promise<Image> {
  const { signal, onProgress } = options;
  const pip = pipSettings(env);
  const { digest } = await getImage(engine, base, options);
  const { files, tag } = recipeOf({ base: digest.includes("@") ? digest : base, digest, packages, requirements, pip });
  const present = await findImage(engine, tag, signal);
  if (present) return present;
  onProgress(`building an image: ${base} with ${requirements.length} packages`);
  const folder = await mkdtemp(path.join(os.tmpdir(), "modeltrail-image-"));
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(folder, name), text)));
    const args = Object.entries(pip).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
    await build(engine, ["--file", path.join(folder, "Containerfile"), ...args, folder], tag, network, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return found(engine, tag, signal);
}

/** Builds a folder that has its own Dockerfile. `args`: more words for `build`. */
export async function buildFolder(
  engine: Engine,
  {
    folder,
    args,
    tag,
    network,
  }: { folder: string; args: readonly string[]; tag: string; network?: string | undefined },
  options: ImageOptions,
): Promise<Image> {
  await build(engine, ["--file", path.join(folder, "Dockerfile"), ...args, folder], tag, network, options);
  return found(engine, tag, options.signal);
}

/** Builds a project's own recipe, with its folder around it. The engine's own cache tells what has changed. */
export async function buildContainerfile(
  engine: Engine,
  { folder, file, tag, network }: { folder: string; file: string; tag: string; network?: string | undefined },
  options: ImageOptions,
): Promise<Image> {
  options.onProgress(`building an image: ${file}`);
  await build(engine, ["--file", path.join(folder, file), folder], tag, network, options);
  return found(engine, tag, options.signal);
}

async function build(
  engine: Engine,
  args: readonly string[],
  tag: string,
  network: string | undefined,
  { signal, onProgress }: ImageOptions,
): Promise<void> {
  const how = network === undefined ? [] : ["--network", network];
  await engine.run(["build", "--tag", tag, ...how, ...args], { signal, ...progressOf(onProgress) });
}

/** Whole lines of what the engine writes while it works. */
function progressOf(onProgress: (line: string) => void) {
  let rest = "";
  const take = (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split(/[\r\n]+/);
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) onProgress(line.trimEnd());
  };
  return { onOutput: take, onMessage: take };
}
