/** What a target is given of a job. */
import type { Job } from "../../domain/job";
import { autologMode } from "../../recorder/endpoint/autolog";
import { spoolFolder } from "../../recorder/spoolFolder";
import type { Store } from "../../store/contract";
import type { JobPlan } from "../contract";
import type { StageFacts, StageFolder } from "../stage/stageFolder";

interface PlanParts {
  stage: StageFolder;
  facts: StageFacts;
  command: readonly string[];
  /** What the project says of MLflow's autologging. */
  autolog: boolean | null;
}

export function planOf(store: Store, job: Job, run: string, { stage, facts, command, autolog }: PlanParts): JobPlan {
  const mode = autologMode(autolog, { ...process.env, ...job.env });
  return {
    id: job.id,
    run,
    name: store.getSummaries([run])[0]!.name,
    command,
    cwd: facts.cwd,
    project: facts.project,
    stage: stage.work,
    logPath: store.logPath(run),
    spool: spoolFolder(store.runFolder(run)),
    env: {
      ...travelling(job.env),
      // The tracer gives the command a place for what it logs with MLflow: there is no way back to an endpoint of ours.
      ...(hasServer(job.env) ? {} : TRACKING),
      ...(mode ? { MODELTRAIL_AUTOLOG: mode } : {}),
    },
    gpus: job.gpus,
    limits: job.limits,
  };
}

/** Where in the project the command's MLflow client logs to, on the target. Relative, with `/`. */
export const TRACKED_FOLDER = ".modeltrail/mlflow";

/** Of the variables of whoever asked for the job, those that mean something on another machine. */
function travelling(env: Readonly<Record<string, string>>): Record<string, string> {
  const isOurs = (name: string) => THIS_MACHINE.test(name) || (name === "MLFLOW_TRACKING_URI" && !hasServer(env));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

/** Where programs, libraries and their files are here, its locales, and its GPUs. */
const THIS_MACHINE =
  /^(?:PATH|VIRTUAL_ENV|CONDA_\w+|PYTHON(?:PATH|HOME|USERBASE|STARTUP|EXECUTABLE|PYCACHEPREFIX|PLATLIBDIR)|(?:LD|DYLD)_\w*PATH|TMPDIR|\w+_(?:HOME|PATH|DIR)|CUDA_VISIBLE_DEVICES|LANG|LC_\w+|TZ)$/i;

/** Whether the user has a tracking server that others than this machine can reach too. */
export function hasServer({ MLFLOW_TRACKING_URI: uri = "" }: Readonly<Record<string, string>>): boolean {
  return /^https?:\/\//.test(uri) && !/^https?:\/\/(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/.test(uri);
}

/** For MLflow 3.7 and later, which asks to be told that a folder will do; and for all, who tell nobody. */
const TRACKING = {
  MODELTRAIL_MLFLOW_FOLDER: TRACKED_FOLDER,
  MLFLOW_ALLOW_FILE_STORE: "true",
  MLFLOW_DISABLE_TELEMETRY: "true",
};
