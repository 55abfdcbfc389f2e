/** What is done to a job's container, whatever way its files come in and out. */
import type { TargetStatus } from "../contract";
import { containerName } from "./createArguments";
import type { Engine } from "./engine";
import { endOfContainer, inspectContainer, isOver, isUnstarted } from "./state";

/** The agent gives its command two graces of 5 s, and puts away what it knows. */
export const STOP_SECONDS = 20;

export async function containerStatus(engine: Engine, job: string, signal: AbortSignal): Promise<TargetStatus> {
  const container = await inspectContainer(engine, containerName(job), signal);
  if (!container) return { state: "gone", reason: "its container was removed" };
  if (isUnstarted(container)) return { state: "waiting", reason: null };
  return isOver(container) ? endOfContainer(container) : { state: "running" };
}

export async function stopContainer(engine: Engine, job: string, signal: AbortSignal): Promise<void> {
  const name = containerName(job);
  const container = await inspectContainer(engine, name, signal);
  if (!container || isOver(container)) return;
  if (isUnstarted(container)) return removeContainer(engine, job, signal);
  try {
    await engine.run(["container", "stop", "--time", String(STOP_SECONDS), name], { signal });
  } catch (error) {
    const now = await inspectContainer(engine, name, signal);
    if (now && !isOver(now)) throw error;
  }
}

/** It, and what it left in anonymous volumes. */
export async function removeContainer(engine: Engine, job: string, signal: AbortSignal): Promise<void> {
  const name = containerName(job);
  if (!(await inspectContainer(engine, name, signal))) return;
  try {
    await engine.run(["container", "rm", "--force", "--volumes", name], { signal });
  } catch (error) {
    if (await inspectContainer(engine, name, signal)) throw error;
  }
}
