import type { Problem } from "../contract";
import type { Host } from "../host/contract";
import { type BatchJob, type SlurmSettings, sbatchArguments } from "./batch";
import { explainSbatch } from "./refusal";

/** What Slurm says of the resources, without queueing anything: a partition that is none, more than a node has, no account. */
export async function checkSlurm(
  host: Host,
  job: BatchJob,
  settings: SlurmSettings,
  signal: AbortSignal,
): Promise<Problem[]> {
  const argv = ["sbatch", "--test-only", ...sbatchArguments([job], settings)];
  const result = await host.exec(argv, { input: "#!/bin/sh\n", signal });
  if (result.exitCode === 0) return [];
  return [{ severity: "error", message: explainSbatch("Slurm would refuse this job", host, result) }];
}
