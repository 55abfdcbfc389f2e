/** How a job stands, read from what Slurm's programs print. */

export interface SlurmState {
  /** `waiting`: not begun. `over`: nothing of it runs, and nothing will. */
  phase: "waiting" | "running" | "over";
  /** Slurm's own word, e.g. "OUT_OF_MEMORY". */
  state: string;
  /** Why it waits or ended, for people; null when there is nothing to say. */
  reason: string | null;
  /** Of the batch script, as far as they are told. */
  exitCode: number | null;
  signal: number | null;
}

const WAITING = new Set([
  "PENDING",
  "REQUEUED",
  "REQUEUE_HOLD",
  "REQUEUE_FED",
  "CONFIGURING",
  "RESV_DEL_HOLD",
  "SPECIAL_EXIT",
]);
const RUNNING = new Set(["RUNNING", "COMPLETING", "SUSPENDED", "SIGNALING", "STAGE_OUT", "STOPPED", "RESIZING"]);

/** How a job that has ended did, when it is more than an exit code. */
const ENDS: Readonly<Record<string, string>> = {
  OUT_OF_MEMORY: "out of memory",
  TIMEOUT: "time limit of Slurm",
  NODE_FAIL: "its node failed",
  BOOT_FAIL: "its node did not boot",
  CANCELLED: "cancelled in Slurm",
  REVOKED: "cancelled in Slurm",
  PREEMPTED: "preempted by another job of Slurm",
  DEADLINE: "its deadline in Slurm passed",
  LAUNCH_FAILED: "Slurm could not launch it",
};

/** Why a job waits, where Slurm's word for it says little. */
const WAITS: Readonly<Record<string, string>> = {
  Priority: "other jobs go first",
  Resources: "waits for resources",
  Dependency: "waits for another job",
  DependencyNeverSatisfied: "waits for a job that failed",
  BeginTime: "its begin time has not come",
  JobHeldUser: "held by its user (scontrol release)",
  JobHeldAdmin: "held by an administrator",
  Licenses: "waits for a license",
  PartitionDown: "its partition is down",
  PartitionTimeLimit: "it asks for more time than its partition allows",
  PartitionNodeLimit: "it asks for more nodes than its partition allows",
  ReqNodeNotAvail: "a node that it needs is not available",
  JobArrayTaskLimit: "as many of its sweep as may run do",
  AssocGrpCpuLimit: "its account uses all the CPUs that it may",
  QOSMaxJobsPerUserLimit: "as many jobs of its user as may run do",
  None: "",
};

/** From one line of `scontrol show job --oneliner`. Null when it is none. */
export function parseScontrol(line: string): SlurmState | null {
  const field = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S*)`).exec(line)?.[1];
  const state = field("JobState");
  if (state === undefined) return null;
  return describe(state, field("Reason") ?? "None", field("ExitCode"));
}

/** From `sacct --parsable2 --noheader --format=State,ExitCode`. Null when it knows nothing of the job. */
export function parseSacct(text: string): SlurmState | null {
  const [state = "", exitCode] = text.trim().split("\n")[0]!.split("|");
  // "CANCELLED by 1000"
  const word = state.split(" ")[0]!;
  return word === "" ? null : describe(word, "None", exitCode);
}

/** From `squeue --noheader --format=%T|%r`. Null when it does not list the job. */
export function parseSqueue(text: string): SlurmState | null {
  const [state = "", reason = "None"] = text.trim().split("\n")[0]!.split("|");
  return state === "" ? null : describe(state, reason, undefined);
}

function describe(state: string, why: string, exit: string | undefined): SlurmState {
  const phase = WAITING.has(state) ? "waiting" : RUNNING.has(state) ? "running" : "over";
  const [code, signal] = (exit ?? "").split(":").map(Number);
  return {
    phase,
    state,
    reason: phase === "waiting" ? waitReason(why) : phase === "over" ? endReason(state, why) : null,
    exitCode: phase === "over" && exit !== undefined && Number.isInteger(code) ? code! : null,
    signal: phase === "over" && signal ? signal : null,
  };
}

function waitReason(why: string): string | null {
  const word = why.replace(/[(),]/g, "");
  const said = Object.hasOwn(WAITS, word) ? WAITS[word]! : `${word.replaceAll("_", " ")} (Slurm)`;
  return said === "" ? null : said;
}

function endReason(state: string, why: string): string | null {
  if (Object.hasOwn(ENDS, state)) return ENDS[state]!;
  if (state === "FAILED" && why === "JobLaunchFailure") return ENDS.LAUNCH_FAILED!;
  return null;
}

/** What Slurm itself writes into a job's output, and what that says beyond the state, which some sites' set-up keeps vague. */
export function reasonInOutput(text: string): string | null {
  if (/exceeded (?:job |step )?memory limit|oom[-_ ]kill|Out Of Memory/i.test(text)) return "out of memory";
  if (/DUE TO TIME LIMIT/i.test(text)) return ENDS.TIMEOUT!;
  if (/DUE TO NODE FAILURE/i.test(text)) return ENDS.NODE_FAIL!;
  if (/DUE TO PREEMPTION/i.test(text)) return ENDS.PREEMPTED!;
  return null;
}
