/** What the command's processes use while it runs, as metrics `system/…`. */

import type { MetricPoint } from "../../domain/run";
import { now } from "../clock";
import { watchGpus } from "./gpu";
import { type ProcessUsage, readTree } from "./processTree";

const FIRST_INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 5_000;
const GROWTH = 1.4;
const MEBIBYTE = 1 << 20;

export interface Sampler {
  stop(): void;
}

/**
 * Samples `pid` and its descendants: `system/cpu_percent` (100 is one core), `system/memory_mb` (MiB), and per GPU
 * `system/gpu_N_percent` and `system/gpu_N_memory_mb`. Steps count the samples.
 */
export function startSampler(pid: number, env: NodeJS.ProcessEnv, onPoints: (points: MetricPoint[]) => void): Sampler {
  let interval = FIRST_INTERVAL_MS;
  let step = 0;
  let stopped = false;
  let gpus: ReturnType<typeof watchGpus> | undefined;
  let last = { at: now(), tree: [] as ProcessUsage[] };
  let timer = setTimeout(sample, interval);

  function give(values: Record<string, number>): void {
    const time = Date.now();
    const known = Object.entries(values).filter(([, value]) => Number.isFinite(value));
    onPoints(known.map(([key, value]) => ({ key: `system/${key}`, value, step, time })));
  }

  async function look(): Promise<void> {
    if (stopped) return;
    // Not before a run is old enough for it to be worth a process.
    gpus ??= watchGpus(env, ({ index, percent, memory }) => {
      give({ [`gpu_${index}_percent`]: percent, [`gpu_${index}_memory_mb`]: memory });
    });
    const tree = await readTree(pid);
    if (tree.length === 0 || stopped) return;
    const at = now();
    give({
      cpu_percent: cpuPercent(last.tree, tree, at - last.at),
      memory_mb: tree.reduce((sum, { memory }) => sum + memory, 0) / MEBIBYTE,
    });
    last = { at, tree };
    step++;
  }

  function sample(): void {
    void look().finally(() => {
      if (stopped) return;
      interval = Math.min(interval * GROWTH, LONGEST_INTERVAL_MS);
      timer = setTimeout(sample, interval);
    });
  }

  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      gpus?.stop();
    },
  };
}

/**
 * CPU time of the tree per time that passed. A child that ended and was waited for lives on in its parent's time, so the
 * sum over the living only ever grows; what left the tree altogether cannot make it negative.
 */
export function cpuPercent(before: ProcessUsage[], after: ProcessUsage[], elapsedMs: number): number {
  const total = (tree: ProcessUsage[]) => tree.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return (Math.max(0, total(after) - total(before)) / elapsedMs) * 100;
}
