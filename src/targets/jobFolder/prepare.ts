/** Bringing a job to its machine. What was sent for an earlier job of the project and is still the same is not sent again. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import type { JobPlan } from "../contract";
import type { Host } from "../host/contract";
import { askAgent } from "./agent";
import type { Place } from "./contract";
import { listStage } from "./stageList";

type PrepareAnswer = { missing: string[] } | { full: { free: number; need: number } } | { ready: string };

export interface PrepareOptions {
  /** See jobFile.ts. */
  job: object;
  /** Start it as well. */
  start: boolean;
  onProgress(line: string): void;
  signal: AbortSignal;
}

/** Others may send other versions of the files at the same time: then once more; and in the end past them. */
const ROUNDS = 4;

/** Gives the job's folder there, absolute. Throws UserError when there is no room, HostUnreachable when the link is cut. */
export async function prepareJob(host: Host, place: Place, plan: JobPlan, options: PrepareOptions): Promise<string> {
  const stage = await listStage(plan.stage);
  const mirror = mirrorFolder(place, plan);
  for (let round = 1; round <= ROUNDS; round++) {
    const shared = round < ROUNDS ? mirror : null;
    const request = { job: options.job, ...stage, mirror: shared, start: options.start };
    const input = JSON.stringify(request);
    const answer = await askAgent<PrepareAnswer>(host, place, "prepare", { input, signal: options.signal });
    if ("ready" in answer) return answer.ready;
    if ("full" in answer) throw new UserError(noRoom(host, place, answer.full));
    await send(host, shared ?? `${place.folder}/work`, plan, answer.missing, options);
  }
  throw new UserError(
    `The files of the job could not be brought to ${host.name}: they went on changing. Start it again.`,
  );
}

async function send(
  host: Host,
  to: string,
  plan: JobPlan,
  files: string[],
  { onProgress, signal }: PrepareOptions,
): Promise<void> {
  const what = files.length === 1 ? "1 file" : `${files.length} files`;
  onProgress(`Sending ${what} to ${host.name}`);
  let told = Date.now();
  await host.push(plan.stage, to, {
    files,
    signal,
    onProgress(bytes) {
      if (Date.now() - told < 1_000) return;
      told = Date.now();
      onProgress(`Sending ${what} to ${host.name}: ${formatSize(bytes)}`);
    },
  });
}

/** What this machine has sent of this project. */
function mirrorFolder({ folder }: Place, plan: JobPlan): string {
  const stages = plan.stage.includes(plan.id)
    ? plan.stage.slice(0, plan.stage.indexOf(plan.id))
    : path.dirname(plan.stage);
  const key = createHash("sha256").update(`${hostname()}\n${stages}`).digest("hex").slice(0, 16);
  return `${path.posix.dirname(folder)}/.sent/${key}`;
}

function noRoom(host: Host, { folder }: Place, { free, need }: { free: number; need: number }): string {
  const room = `${formatSize(free)} free, ${formatSize(need)} needed`;
  return `The disk of ${path.posix.dirname(folder)} on ${host.name} is too full for this job (${room}). Free space there, or give another \`folder\`.`;
}
