/** Following a job by nothing but its log, which may be cut, read again, and lose pieces. */
import { mkdirSync } from "node:fs";
import type { FollowOptions, JobPlan, TargetStatus } from "../contract";
import { createCopies } from "../frames/copies";
import type { Frame } from "../frames/frame";
import { createFrameReader } from "../frames/frameReader";
import { HostUnreachable } from "../host/contract";
import { createBackoff } from "../jobFolder/backoff";
import type { ChangedFiles } from "../jobFolder/collect";
import type { LastStatus } from "../jobFolder/follow";
import { onChange } from "../jobFolder/onChange";
import { type AgentStatus, statusOf } from "../jobFolder/status";
import type { StreamSource } from "./contract";
import { incomingFolder, namesIn, writeIncoming } from "./incoming";
import { createSeenNumbers } from "./numbers";

/** Clocks differ, and logs are asked for by the second: so much is read again. */
const OVERLAP_MS = 30_000;
/** Of what others say in the log, so much is told when the job does not say its end itself. */
const NOISE_LINES = 5;

type Plan = Pick<JobPlan, "logPath" | "spool" | "stage">;

/**
 * Resolves with the end of the job. What is missing then is told by `collectStream`. It reads the log from its beginning, so any
 * process can do it at any time.
 */
export async function followStream(plan: Plan, source: StreamSource, options: FollowOptions): Promise<LastStatus> {
  const { onStatus, onLost, signal } = options;
  mkdirSync(plan.spool, { recursive: true });
  const hearing = createHearing(plan, onStatus);
  const backoff = createBackoff();
  const tellLost = onChange(onLost);
  let since: number | null = null;
  // Once more from the beginning, when the end is there and something before it is not.
  let lastTry = false;
  for (;;) {
    try {
      const begun = Date.now();
      hearing.begin();
      for await (const chunk of source.read(since, signal)) {
        signal.throwIfAborted();
        tellLost(null);
        if (hearing.push(chunk)) backoff.reset();
        if (hearing.isWhole()) return hearing.finish();
      }
      since = begun - OVERLAP_MS;
      const status = hearing.last() ?? (await source.status(signal));
      tellLost(null);
      if (status.state === "ended" || status.state === "gone") {
        if (lastTry) return hearing.finish(status);
        lastTry = true;
        since = null;
        continue;
      }
      onStatus(status);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HostUnreachable)) throw error;
      tellLost(error.message);
    }
    await backoff.wait(signal);
  }
}

interface Hearing {
  /** The log is read anew. */
  begin(): void;
  /** Whether there was anything new. */
  push(chunk: Uint8Array): boolean;
  /** The job's own word on its end, once that is here. */
  last(): LastStatus | null;
  /** Whether that is here, and all before it. */
  isWhole(): boolean;
  /** Notes what is missing. `otherwise`: how the job ended when it does not say so itself. */
  finish(otherwise?: LastStatus): LastStatus;
}

function createHearing(plan: Plan, onStatus: (status: TargetStatus) => void): Hearing {
  const { files } = incomingFolder(plan);
  const copies = createCopies(plan, namesIn(plan.spool), files);
  const seen = createSeenNumbers();
  let noise: string[] = [];
  let session: string | null = null;
  let startedAgain = false;
  let changed: ChangedFiles | null = null;
  let last: { number: number; status: LastStatus } | null = null;

  function hear({ session: from, number, kind, name, offset, payload }: Frame): void {
    session ??= from;
    if (from !== session) {
      startedAgain = true;
      return;
    }
    seen.add(number);
    if (kind === "data") copies.place(name, offset, payload);
    if (kind === "files") changed = JSON.parse(payload.toString());
    if (kind !== "status" && kind !== "last") return;
    const status = statusOf(JSON.parse(payload.toString()) as AgentStatus, true);
    if (status?.state === "ended" || status?.state === "gone") last = { number, status };
    else if (status) onStatus(status);
  }

  function createReader(): ReturnType<typeof createFrameReader> {
    noise = [];
    return createFrameReader({
      onFrame: hear,
      onNoise(line) {
        noise = [...noise, line].slice(-NOISE_LINES);
      },
    });
  }

  let reader = createReader();

  function finish(otherwise?: LastStatus): LastStatus {
    const missing = copies.giveUp();
    const lost = last ? seen.missingBelow(last.number) : 0;
    if (lost > 0) missing.push(`${lost} of ${last!.number} pieces of the job's log were lost.`);
    if (!last) missing.push("The log ends before the job does.");
    if (startedAgain) missing.push("The job was started again by its target. What it did then is not recorded.");
    writeIncoming(plan, { changed, missing });
    // One that never spoke may have said why in words: no Python in the image, a folder that is not there.
    return last?.status ?? (session === null ? explain(otherwise!, noise) : otherwise!);
  }

  return {
    begin() {
      reader = createReader();
    },
    push(chunk) {
      const before = seen.count();
      reader.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return seen.count() > before;
    },
    last: () => last?.status ?? null,
    isWhole: () => last !== null && !copies.hasHoles() && seen.missingBelow(last.number) === 0,
    finish,
  };
}

function explain(status: LastStatus, noise: string[]): LastStatus {
  if (noise.length === 0 || status.reason) return status;
  return { ...status, reason: `its log says: ${noise.join(" ").slice(0, 500)}` };
}
