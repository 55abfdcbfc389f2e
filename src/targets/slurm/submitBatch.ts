/** Handing jobs to sbatch so that none is handed over twice, whoever dies in between. */
import { UserError } from "../../domain/errors";
import type { Host } from "../host/contract";
import { type BatchJob, batchScript, type SlurmSettings, sbatchArguments, slurmIds } from "./batch";
import { explainSbatch } from "./refusal";

/** In a job's folder: Slurm's id of it. */
const ID_FILE = "slurm.id";

/**
 * On the machine itself, where a lost link does not end it. The first of the folders in $1…$n says whether it was done before;
 * what sbatch prints is kept in it, then told.
 */
const SUBMIT = `
count=$1
shift
if [ ! -s "$1/${ID_FILE}" ]; then
  folder=$1
  shift "$count"
  cd -- "$folder" || exit 1
  sbatch "$@" >"${ID_FILE}.part" || exit 1
  mv -- "${ID_FILE}.part" "${ID_FILE}" || exit 1
  cat -- "${ID_FILE}"
else
  cat -- "$1/${ID_FILE}"
fi
`;

/** Gives Slurm's ids in the order of the jobs. Throws UserError with what sbatch says when it refuses. */
export async function submitBatch(
  host: Host,
  jobs: readonly BatchJob[],
  settings: SlurmSettings,
  { agent, signal }: { agent: readonly string[]; signal: AbortSignal },
): Promise<string[]> {
  const folders = jobs.map(({ folder }) => folder);
  const words = ["sh", "-c", SUBMIT, "sh", String(folders.length), ...folders, ...sbatchArguments(jobs, settings)];
  const result = await host.exec(words, {
    input: batchScript(jobs, agent, settings.setup),
    signal,
  });
  if (result.exitCode !== 0) throw new UserError(explainSbatch("Slurm refused the job", host, result));
  return slurmIds(result.stdout.toString("utf8"), jobs.length);
}

/** The id of a job that was handed over by somebody who could not keep it; null when it was not. */
export async function findId(host: Host, folder: string, signal: AbortSignal): Promise<string | null> {
  const { exitCode, stdout } = await host.exec(["cat", "--", `${folder}/${ID_FILE}`], { signal });
  return exitCode === 0 ? slurmIds(stdout.toString("utf8"), 1)[0]! : null;
}
