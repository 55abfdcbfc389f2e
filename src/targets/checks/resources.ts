/** Whether a machine has what a job needs of it. */
import { statfs } from "node:fs/promises";
import { formatSize } from "../../domain/format";
import type { Problem } from "../contract";

/** `place`: "this machine", a host. */
export function checkGpus(wanted: number, available: number, place: string): Problem[] {
  if (wanted <= available) return [];
  const has = available === 0 ? "none" : String(available);
  return [
    {
      severity: "error",
      message: `The job needs ${wanted} GPU${wanted > 1 ? "s" : ""}, and ${place} has ${has} to give.`,
    },
  ];
}

/** Less is not enough for a run's own notes. */
const LEAST_BYTES = 64 << 20;

/** `needed`: bytes that are known to be written. */
export async function checkDisk(folder: string, needed = 0): Promise<Problem[]> {
  const disk = await statfs(folder).catch(() => null);
  if (!disk) return [];
  const free = disk.bavail * disk.bsize;
  if (free >= needed + LEAST_BYTES) return [];
  const message = `The disk of ${folder} has ${formatSize(free)} free, and the job needs ${formatSize(needed + LEAST_BYTES)}. Free space: modeltrail gc`;
  return [{ severity: "error", message }];
}
