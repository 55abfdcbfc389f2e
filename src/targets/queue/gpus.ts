/** The GPUs of this machine that queued jobs may have. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { LocalSettings } from "../../domain/targets";
import { findProgram } from "../../snapshot/findProgram";

const TIMEOUT_MS = 10_000;

/** As CUDA_VISIBLE_DEVICES names them: those of the settings, else of `env`, else all that `nvidia-smi` knows. */
export async function findGpus(settings: LocalSettings["gpus"], env: NodeJS.ProcessEnv): Promise<string[]> {
  if (typeof settings === "number") return Array.from({ length: settings }, (_, index) => String(index));
  if (settings) return settings.map(String);
  if (env.CUDA_VISIBLE_DEVICES !== undefined) return namedGpus(env.CUDA_VISIBLE_DEVICES);
  const program = findProgram("nvidia-smi", env);
  if (!program) return [];
  try {
    const { stdout } = await promisify(execFile)(program, ["--query-gpu=index", "--format=csv,noheader"], {
      timeout: TIMEOUT_MS,
      env,
    });
    return stdout.split("\n").flatMap((line) => /^\s*(\d+)\s*$/.exec(line)?.[1] ?? []);
  } catch {
    return [];
  }
}

/** "-1" and "" mean none to CUDA, and it reads no further than to the first that it does not understand. */
function namedGpus(variable: string): string[] {
  const named: string[] = [];
  for (const name of variable.split(",").map((part) => part.trim())) {
    if (name === "" || name.startsWith("-")) break;
    named.push(name);
  }
  return named;
}

/** What a job with these GPUs finds; the numbers of `nvidia-smi` are those of the bus. */
export function gpuVariables(gpus: readonly string[]): Record<string, string> {
  if (gpus.length === 0) return {};
  return { CUDA_DEVICE_ORDER: "PCI_BUS_ID", CUDA_VISIBLE_DEVICES: gpus.join(",") };
}
