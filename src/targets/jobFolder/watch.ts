/** A scheduler's word on a job, beside what its agent says. */
import { setTimeout as wait } from "node:timers/promises";
import type { TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import type { LastStatus } from "./follow";

/** Between questions: soon at first, for short jobs; then rarely, for schedulers have many users. */
const SOON_MS = 500;
const RARE_MS = 10_000;
const GROWTH = 1.5;
/** How long what the agent has said may be on its way when the scheduler says that the job is over. */
const LATE_MS = 10_000;

export interface SchedulerWatch {
  /** Aborts when the job is over and its agent has had the time to say so, or when the scheduler cannot be asked. */
  readonly over: AbortSignal;
  /** How it ended, once `over` has aborted. Throws why the scheduler cannot be asked. */
  end(): LastStatus;
  /** The agent speaks: that it runs is known. */
  seen(): void;
  stop(): void;
}

export function watchScheduler(
  ask: (signal: AbortSignal) => Promise<TargetStatus>,
  { onStatus, signal }: { onStatus(status: TargetStatus): void; signal: AbortSignal },
): SchedulerWatch {
  const over = new AbortController();
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  let end: LastStatus | undefined;
  let running = false;

  async function look(): Promise<LastStatus> {
    for (let ms = SOON_MS; ; ms = Math.min(ms * GROWTH, RARE_MS)) {
      await wait(ms, undefined, { signal: either });
      const status = await ask(either).catch((error) => {
        if (error instanceof HostUnreachable) return null;
        throw error;
      });
      if (status?.state === "ended" || status?.state === "gone") return status;
      if (status && !running) onStatus(status);
    }
  }

  async function run(): Promise<void> {
    const last = await look();
    await wait(LATE_MS, undefined, { signal: either });
    end = last;
    over.abort(new Error("the scheduler says that the job is over"));
  }

  run().catch((error) => {
    if (!either.aborted) over.abort(error);
  });

  return {
    over: over.signal,
    end() {
      if (!end) throw over.signal.reason;
      return end;
    },
    seen() {
      running = true;
    },
    stop() {
      stopped.abort();
    },
  };
}
