/** Making and starting a job's container. */
import { existsSync } from "node:fs";
import { UserError } from "../../domain/errors";
import type { JobPlan } from "../contract";
import {
  type ContainerCommand,
  type ContainerPlace,
  type ContainerSettings,
  containerName,
  createArguments,
} from "./createArguments";
import { type Engine, EngineError } from "./engine";
import type { Image } from "./image";
import { removeContainer } from "./lifecycle";
import { inspectContainer, isUnstarted } from "./state";

export interface ContainerStart extends Pick<ContainerCommand, "argv" | "mounts"> {
  plan: JobPlan;
  settings: ContainerSettings;
  image: Image;
  /** Of the engine, see EngineInfo. */
  rootless: boolean;
  /** Of ours, for what is left where a container is started: Podman writes a file `oom`. */
  folder: string;
  /** Brings into the container what it needs, before it starts. */
  fill?(name: string): Promise<void>;
}

const REMOVE_MS = 20_000;

/** As far as that was not done. */
export async function startContainer(
  engine: Engine,
  { plan, settings, image, rootless, argv, mounts, folder, fill }: ContainerStart,
  signal: AbortSignal,
): Promise<void> {
  const name = containerName(plan.id);
  let container = await inspectContainer(engine, name, signal);
  if (!container) {
    const words = createArguments(plan, settings, placeOfContainers(engine, rootless), {
      image: image.reference,
      argv,
      mounts,
    });
    await engine.run(["container", "create", ...words], { signal });
    container = await inspectContainer(engine, name, signal);
  }
  if (!container || !isUnstarted(container)) return;
  try {
    await fill?.(name);
    await engine.run(["container", "start", name], { signal, cwd: folder });
  } catch (error) {
    await removeContainer(engine, plan.id, AbortSignal.timeout(REMOVE_MS));
    throw error instanceof EngineError ? new UserError(explainStart(error, settings, image)) : error;
  }
}

/** What matters of this machine to what a container may do. */
export function placeOfContainers({ isPodman }: Engine, rootless: boolean): ContainerPlace {
  const { uid, gid } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const user = uid === undefined || gid === undefined ? undefined : { uid, gid };
  return { isPodman, rootless, user, labelled: existsSync("/sys/fs/selinux/enforce") };
}

function explainStart(error: EngineError, { python = "python3" }: ContainerSettings, { reference }: Image): string {
  if (/executable file.*not found|no such file or directory/i.test(error.said) && error.said.includes(python)) {
    return `The image ${reference} has no ${python}. Jobs need Python 3.8 or newer in it: name another with \`python\`, or another image.`;
  }
  return error.message;
}
