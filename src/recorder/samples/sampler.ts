/** What the command's processes use while it runs, as metrics `system/…`. */
import type { MetricPoint } from "../../domain/run";
import { watchGpus } from "./gpu";
import { type ProcessUsage, readTree } from "./processTree";

const FIRST_INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 5_000;
const GROWTH = 1.05;
const MEBIBYTE = 1 << 20;

export interface Sampler {
  /** The points since the last call. Steps count the samples. */
  take(): MetricPoint[];
  stop(): void;
}

/**
 * Samples `pid` and its descendants: `system/cpu_percent` (100 is one core), `system/memory_mb` (MiB), and per GPU
 * `system/gpu_N_percent` and `system/gpu_N_memory_mb`.
 */
export function startSampler(pid: number, env: NodeJS.ProcessEnv): Sampler {
  const points: MetricPoint[] = [];
  let interval = FIRST_INTERVAL_MS;
  let step = 0;
  let gpus: ReturnType<typeof watchGpus> | undefined;
  let last = { at: performance.now(), tree: [] as ProcessUsage[] };
  let timer = setTimeout(sample, interval);

  function add(key: string, value: number): void {
    if (Number.isFinite(value)) points.push({ key: `system/${key}`, value, step, time: Date.now() });
  }

  async function look(): Promise<void> {
    // Not before a run is old enough for it to be worth a process.
    gpus ??= watchGpus(env, ({ index, percent, memory }) => {
      add(`gpu_${index}_percent`, percent);
      add(`gpu_${index}_memory_mb`, memory);
    });
    const tree = await readTree(pid);
    if (tree.length === 0) return;
    const at = performance.now();
    add("cpu_percent", cpuPercent(last.tree, tree, at - last.at));
    add("memory_mb", tree.reduce((sum, { memory }) => sum + memory, 0) / MEBIBYTE);
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

  let stopped = false;
  return {
    take: () => points.splice(0),
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
