import type { Host } from "../host/contract";

const NO_SLURM =
  /sbatch: (?:command )?not found|sbatch: No such file|\bENOENT$|Could not establish a configuration source/i;

/** Why sbatch has failed, in a sentence that begins with `what`: "Slurm refused the job". */
export function explainSbatch(
  what: string,
  host: Host,
  { exitCode, stderr }: { exitCode: number; stderr: string },
): string {
  if (exitCode === 127 || NO_SLURM.test(stderr.trim())) {
    return `There is no Slurm on ${host.name}. Give the login node of the cluster as \`host\` of the target.`;
  }
  const lines = stderr
    .split("\n")
    .map((line) =>
      line.replace(/^(?:sbatch: (?:error: )?|allocation failure: |Batch job submission failed: )+/, "").trim(),
    )
    .filter((line) => line !== "");
  return `${what}: ${[...new Set(lines)].join(" ") || "it does not say why"}`;
}
