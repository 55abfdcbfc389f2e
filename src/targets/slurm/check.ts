import type { Problem } from "../contract";
import type { Host } from "../host/contract";
import { type BatchJob, type SlurmSettings, sbatchArguments } from "./batch";

/** What Slurm says of the resources, without queueing anything: a partition that is none, more than a node has, no account. */
export async function checkSlurm(
  host: Host,
  job: BatchJob,
  settings: SlurmSettings,
  signal: AbortSignal,
): Promise<Problem[]> {
  const argv = ["sbatch", "--test-only", ...sbatchArguments([job], settings)];
  const { exitCode, stderr } = await host.exec(argv, { input: "#!/bin/sh\n", signal });
  if (exitCode === 0) return [];
  if (exitCode === 127) {
    const message = `There is no sbatch on ${host.name}. Give the login node of the cluster as \`host\` of the target.`;
    return [{ severity: "error", message }];
  }
  const said = stderr
    .split("\n")
    .map((line) => line.replace(/^(?:sbatch: (?:error: )?|allocation failure: )+/, "").trim())
    .filter((line) => line !== "");
  return [{ severity: "error", message: `Slurm would refuse this job: ${said.join(" ") || "it does not say why"}` }];
}
