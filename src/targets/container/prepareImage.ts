/** Which image a job's settings mean, and having it. */
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { JobPlan } from "../contract";
import { neededPackages } from "../packages";
import type { ContainerSettings } from "./createArguments";
import type { Engine } from "./engine";
import { buildContainerfile, buildEnvironment, getImage, type Image, type ImageOptions } from "./image";

/** When nothing here says which Python it is to be. */
const LATEST = "3";

export async function prepareImage(
  engine: Engine,
  plan: JobPlan,
  settings: ContainerSettings,
  { env, storeFolder, ...options }: ImageOptions & { env: NodeJS.ProcessEnv; storeFolder: string },
): Promise<Image> {
  const { image, build, network } = settings;
  if (image !== undefined && build === undefined) return getImage(engine, image, options);
  if (build?.file !== undefined) {
    const file = path.posix.normalize(build.file.replaceAll("\\", "/"));
    if (file.startsWith("../") || path.posix.isAbsolute(file)) {
      throw new UserError(`${build.file} is outside of the project: \`build.file\` is relative to it.`);
    }
    const tag = image ?? `localhost/modeltrail-job:${plan.id}`;
    return buildContainerfile(engine, { folder: path.join(plan.stage, plan.project), file, tag, network }, options);
  }
  const needed = await neededPackages(plan, { env, storeFolder, signal: options.signal });
  const version = needed.python?.split(".").slice(0, 2).join(".") ?? LATEST;
  const base = build?.base ?? image ?? `docker.io/library/python:${version}-slim`;
  const { requirements } = needed;
  return buildEnvironment(engine, { base, packages: build?.packages ?? [], requirements, env, network }, options);
}
