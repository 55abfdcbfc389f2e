/** Ends a run that takes more than it may, where nobody else does. */
import { formatDuration, formatNumber, formatSize } from "../domain/format";
import type { JobLimits } from "../domain/job";

export interface LimitOptions {
  limits: JobLimits;
  /** What an hour costs; without it there is no limit of cost. */
  costPerHour?: number;
  /** Called once, with the sentence that says which limit it was. */
  onOver(reason: string): void;
}

export interface LimitWatch {
  /** Bytes that the run's processes have now. */
  memory(bytes: number): void;
  stop(): void;
}

/** Timers cannot be set for longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The command has begun just now, or did `elapsedMs` ago. */
export function watchLimits({ limits, costPerHour, onOver }: LimitOptions, elapsedMs = 0): LimitWatch {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const end = (reason: string) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    onOver(reason);
  };
  const deadline = deadlineOf(limits, costPerHour);
  const began = Date.now() - elapsedMs;
  function arm(): void {
    const left = began + deadline!.ms - Date.now();
    if (left > 0) {
      timer = setTimeout(arm, Math.min(left, LONGEST_TIMER_MS));
      // The command keeps us alive, not its limit.
      timer.unref();
    } else end(deadline!.reason);
  }
  if (deadline) arm();
  return {
    memory(bytes) {
      if (limits.memory !== undefined && bytes > limits.memory) {
        end(`Stopped at its limit of memory: ${formatSize(bytes)} of ${formatSize(limits.memory)}.`);
      }
    },
    stop() {
      over = true;
      clearTimeout(timer);
    },
  };
}

/** Ms after which time is up, or the money is spent; null when neither is limited. */
export function deadlineOf(limits: JobLimits, costPerHour: number | undefined): { ms: number; reason: string } | null {
  const deadlines: { ms: number; reason: string }[] = [];
  if (limits.seconds !== undefined) {
    const ms = limits.seconds * 1_000;
    deadlines.push({ ms, reason: `Stopped at its limit of time, ${formatDuration(ms)}.` });
  }
  if (limits.cost !== undefined && costPerHour) {
    const ms = (limits.cost / costPerHour) * 3_600_000;
    deadlines.push({ ms, reason: `Stopped at its limit of cost, ${formatNumber(limits.cost)}.` });
  }
  return deadlines.sort((a, b) => a.ms - b.ms)[0] ?? null;
}
