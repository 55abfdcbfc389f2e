/** A scheduler's word on a job, beside what its agent says. */
import { setTimeout as wait } from "node:timers/promises";
import type { TargetStatus } from "../contract";
import { HostUnreachable } from "../host/contract";
import type { LastStatus } from "./follow";

/** Ms between questions: soon at first, for short jobs; then rarely, for schedulers have many users. */
const DELAYS = {
  soon: 500,
  rare: 10_000,
  /** How long what the agent has said may be on its way when the scheduler says that the job is over. */
  late: 10_000,
};
const GROWTH = 1.5;

export interface SchedulerWatch {
  /** Aborts when the job is over and its agent has had the time to say so, or when the scheduler cannot be asked. */
  readonly over: AbortSignal;
  /** How it ended, once `over` has aborted. Throws why the scheduler cannot be asked. */
  end(): LastStatus;
  /** The agent speaks: that it runs is known. */
  seen(): void;
  /** The agent's process is gone: it will say no more, and the scheduler should know why. */
  agentGone(): void;
  stop(): void;
}

export function watchScheduler(
  ask: (signal: AbortSignal) => Promise<TargetStatus>,
  { onStatus, signal }: { onStatus(status: TargetStatus): void; signal: AbortSignal },
  delays = DELAYS,
): SchedulerWatch {
  const over = new AbortController();
  const stopped = new AbortController();
  const gone = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  let end: LastStatus | undefined;
  let running = false;

  /** Cut short when the agent is gone; after that, what is asked is asked soon. */
  async function pause(ms: number): Promise<void> {
    if (gone.signal.aborted) return wait(Math.min(ms, delays.soon), undefined, { signal: either });
    const sooner = AbortSignal.any([either, gone.signal]);
    await wait(ms, undefined, { signal: sooner }).catch(() => either.throwIfAborted());
  }

  async function look(): Promise<LastStatus> {
    for (let ms = delays.soon; ; ms = Math.min(ms * GROWTH, delays.rare)) {
      await pause(ms);
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
    if (!gone.signal.aborted) await pause(delays.late);
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
    agentGone() {
      gone.abort();
    },
    stop() {
      stopped.abort();
    },
  };
}
