/** What NVIDIA GPUs do, from one `nvidia-smi` that goes on telling. */
import { type ChildProcess, spawn } from "node:child_process";
import { findProgram } from "../../snapshot/findProgram";

const QUERY = ["--query-gpu=index,uuid,utilization.gpu,memory.used", "--format=csv,noheader,nounits"];
const INTERVAL_S = 5;

export interface GpuSample {
  index: number;
  /** 0 to 100; NaN where the device does not tell. */
  percent: number;
  /** MiB. */
  memory: number;
}

/** Calls `onSample` every few seconds for each GPU that the command may use; null where there is no nvidia-smi. */
export function watchGpus(env: NodeJS.ProcessEnv, onSample: (sample: GpuSample) => void): { stop(): void } | null {
  const program = findProgram("nvidia-smi", env);
  if (!program) return null;
  const visible = visibleDevices(env);
  const child: ChildProcess = spawn(program, [...QUERY, "-l", String(INTERVAL_S)], {
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
  });
  child.on("error", () => {});
  let rest = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const sample = parseLine(line, visible);
      if (sample) onSample(sample);
    }
  });
  return { stop: () => child.kill("SIGKILL") };
}

/** "0, GPU-5d…, 93, 20312"; null for anything else, and for a device that the command does not see. */
export function parseLine(line: string, visible: string[] | null): GpuSample | null {
  const [index, uuid, percent, memory] = line.split(",").map((field) => field.trim());
  if (!index || !uuid || memory === undefined || !/^\d+$/.test(index)) return null;
  if (visible && !visible.some((name) => name === index || (name !== "" && uuid.startsWith(name)))) return null;
  return { index: Number(index), percent: toNumber(percent!), memory: toNumber(memory) };
}

/** Null: all of them. CUDA_VISIBLE_DEVICES lists indices or beginnings of UUIDs. */
export function visibleDevices(env: NodeJS.ProcessEnv): string[] | null {
  return env.CUDA_VISIBLE_DEVICES?.split(",").map((name) => name.trim()) ?? null;
}

/** "[N/A]" is NaN. */
function toNumber(text: string): number {
  return /^\d/.test(text) ? Number(text) : Number.NaN;
}
