/** Containers of an engine that has none of our files: the job is copied in, and comes home through the container's log. */
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { unpackProgram, writeBundle } from "../bundle/writeBundle";
import type { JobHandle, JobPlan } from "../contract";
import { jobFile } from "../jobFolder/jobFile";
import { chunksOf } from "../stream/chunks";
import type { StreamSource } from "../stream/contract";
import { type ContainerSettings, containerName } from "./createArguments";
import type { Engine } from "./engine";
import { type Image, nameOf } from "./image";
import { containerStatus } from "./lifecycle";
import { startContainer } from "./startContainer";
import { inspectContainer, isUnstarted } from "./state";

/** Bytes of a file, and of all files, that come home. */
const STREAMED = { file: 256 << 20, total: 1 << 30 };
/** In the container. */
const FOLDER = "/modeltrail";

export const isCopied = (handle: JobHandle) => handle.copied === true;

interface CopiedJob {
  settings: ContainerSettings;
  image: Image;
  rootless: boolean;
  keep(handle: JobHandle): void;
  onProgress(line: string): void;
  signal: AbortSignal;
}

export async function submitCopied(engine: Engine, plan: JobPlan, job: CopiedJob): Promise<JobHandle> {
  const { settings, image, rootless, keep, onProgress, signal } = job;
  const handle = { copied: true, container: containerName(plan.id), image: nameOf(image) };
  keep(handle);
  const folder = await mkdtemp(path.join(os.tmpdir(), "modeltrail-container-"));
  try {
    const argv = [settings.python ?? "python3", `${FOLDER}/${path.basename(unpackProgram())}`];
    const fill = async (name: string) => {
      const bundle = path.join(folder, "bundle.zip");
      await writeBundle(bundle, { job: jobFile(plan, { stream: STREAMED }), stage: plan.stage, signal });
      await copyFile(unpackProgram(), path.join(folder, path.basename(unpackProgram())));
      // The image's own user is to read them, whoever that is.
      for (const [file, mode] of [
        [bundle, 0o644],
        [folder, 0o755],
      ] as const)
        await chmod(file, mode);
      onProgress(`Sending the project to ${engine.name}`);
      await engine.run(["container", "cp", folder, `${name}:${FOLDER}`], { signal });
    };
    await startContainer(engine, { plan, settings, image, rootless, argv, mounts: [], folder, fill }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return handle;
}

export function logOf(engine: Engine, name: string, job: string): StreamSource {
  const container = containerName(job);
  return {
    name,
    async *read(since, signal) {
      const found = await inspectContainer(engine, container, signal);
      if (!found || isUnstarted(found)) return;
      const from = since === null ? [] : ["--since", new Date(since).toISOString()];
      yield* chunksOf(async (onOutput, end) => {
        const args = ["container", "logs", "--follow", ...from, container];
        await engine.run(args, { signal: end, onOutput, onMessage: onOutput });
      }, signal);
    },
    status: (signal) => containerStatus(engine, job, signal),
  };
}
