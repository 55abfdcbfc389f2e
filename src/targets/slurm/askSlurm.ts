/** Questions to Slurm on the machine where its programs are. */
import type { Host } from "../host/contract";
import { parseSacct, parseScontrol, parseSqueue, reasonInOutput, type SlurmState } from "./states";

/** What each program may know, from the one that tells most. Slurm forgets a job minutes after its end, if there is no accounting. */
const QUESTIONS: readonly { argv(job: string): string[]; parse(text: string): SlurmState | null }[] = [
  { argv: (job) => ["scontrol", "show", "job", "--oneliner", job], parse: parseScontrol },
  {
    argv: (job) => ["sacct", "--parsable2", "--noheader", "--allocations", `--jobs=${job}`, "--format=State,ExitCode"],
    parse: parseSacct,
  },
  { argv: (job) => ["squeue", "--noheader", "--states=all", `--jobs=${job}`, "--format=%T|%r"], parse: parseSqueue },
];

/**
 * How a job stands; null when Slurm does not know it (any more), and `undefined` when Slurm itself does not answer, which is no
 * statement about the job. Throws HostUnreachable.
 */
export async function askSlurm(host: Host, job: string, signal: AbortSignal): Promise<SlurmState | null | undefined> {
  let answered = false;
  for (const { argv, parse } of QUESTIONS) {
    const { exitCode, stdout, stderr } = await host.exec(argv(job), { signal });
    if (exitCode === 0) {
      const state = parse(stdout.toString("utf8"));
      if (state) return state;
      answered = true;
    } else if (/Invalid job id/i.test(stderr)) answered = true;
  }
  return answered ? null : undefined;
}

/** Adds what Slurm wrote into the job's output `file`, where its state says less. */
export async function explainEnd(
  host: Host,
  state: SlurmState,
  file: string,
  signal: AbortSignal,
): Promise<SlurmState> {
  if (state.phase !== "over" || state.state === "COMPLETED") return state;
  const { stdout } = await host.exec(["tail", "-c", "8192", file], { signal });
  const reason = reasonInOutput(stdout.toString("utf8"));
  return reason === null ? state : { ...state, reason };
}

/** Ends a job, waiting or running; that it has ended already is no error. */
export async function scancel(host: Host, jobs: readonly string[], signal: AbortSignal): Promise<void> {
  await host.exec(["scancel", "--quiet", ...jobs], { signal });
}
