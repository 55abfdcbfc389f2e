import { expect, test } from "vitest";
import { parseSacct, parseScontrol, parseSqueue, reasonInOutput } from "./states";

const line = (state: string, reason: string, exit = "0:0") =>
  `JobId=7 JobName=a UserId=me(1) JobState=${state} Reason=${reason} Dependency=(null) Restarts=0 ExitCode=${exit} RunTime=00:00:01`;

test.each([
  [line("PENDING", "Resources"), { phase: "waiting", reason: "waits for resources", exitCode: null }],
  [line("PENDING", "None"), { phase: "waiting", reason: null }],
  [line("PENDING", "QOSMaxGRESPerUser"), { phase: "waiting", reason: "QOSMaxGRESPerUser (Slurm)" }],
  [line("PENDING", "toString"), { phase: "waiting", reason: "toString (Slurm)" }],
  [line("REQUEUED", "None"), { phase: "waiting" }],
  [line("RUNNING", "None"), { phase: "running", reason: null, exitCode: null }],
  [line("COMPLETING", "NonZeroExitCode", "3:0"), { phase: "running", exitCode: null }],
  [line("COMPLETED", "None"), { phase: "over", reason: null, exitCode: 0, signal: null }],
  [line("FAILED", "NonZeroExitCode", "3:0"), { phase: "over", reason: null, exitCode: 3, signal: null }],
  [line("CANCELLED", "None", "0:15"), { phase: "over", reason: "cancelled in Slurm", signal: 15 }],
  [line("TIMEOUT", "TimeLimit", "0:15"), { phase: "over", reason: "time limit of Slurm" }],
  [line("OUT_OF_MEMORY", "OutOfMemory", "0:125"), { phase: "over", reason: "out of memory" }],
  [line("NODE_FAIL", "NodeDown", "1:0"), { phase: "over", reason: "its node failed" }],
  [line("PREEMPTED", "None"), { phase: "over", reason: "preempted by another job of Slurm" }],
  [line("FAILED", "JobLaunchFailure", "0:9"), { phase: "over", reason: "Slurm could not launch it", signal: 9 }],
])("%s", (text, state) => {
  expect(parseScontrol(text)).toMatchObject(state);
});

test("what sacct and squeue know", () => {
  expect(parseSacct("CANCELLED by 1000|0:15\n")).toMatchObject({ state: "CANCELLED", reason: "cancelled in Slurm" });
  expect(parseSacct("COMPLETED|0:0\n")).toMatchObject({ phase: "over", exitCode: 0 });
  expect(parseSacct("\n")).toBeNull();
  expect(parseSqueue("PENDING|(Priority)\n")).toMatchObject({ phase: "waiting", reason: "other jobs go first" });
  expect(parseSqueue("")).toBeNull();
  expect(parseScontrol("slurm_load_jobs error: Invalid job id specified")).toBeNull();
});

test("what Slurm writes into the output of a job", () => {
  expect(reasonInOutput("slurmstepd: error: Detected 1 oom_kill event in StepId=1.batch.")).toBe("out of memory");
  expect(reasonInOutput("StepId=2.batch exceeded memory limit (215384064 > 52428800), being killed")).toBe(
    "out of memory",
  );
  expect(reasonInOutput("*** JOB 3 ON n1 CANCELLED AT … DUE TO TIME LIMIT ***")).toBe("time limit of Slurm");
  expect(reasonInOutput("*** JOB 3 ON n1 CANCELLED AT … DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***")).toBe(
    "its node failed",
  );
  expect(reasonInOutput("nothing of interest")).toBeNull();
});
