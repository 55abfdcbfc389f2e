/** A target whose jobs live in folders of a machine, each looked after by an agent there. */
import { UserError } from "../../domain/errors";
import type { FollowOptions, JobHandle, JobPlan, Problem } from "../contract";
import { agentVersion, askAgent } from "./agent";
import { checkMachine } from "./check";
import { collectFiles } from "./collect";
import type { Activation, JobFolderOptions, Place } from "./contract";
import { followJob, type LastStatus } from "./follow";
import { jobFile } from "./jobFile";
import { prepareJob } from "./prepare";
import type { AgentStatus } from "./status";

const DEFAULT_FOLDER = "~/.modeltrail/jobs";

export interface SubmitOptions {
  activate?: Activation | null;
  keep(handle: JobHandle): void;
  onProgress(line: string): void;
  signal: AbortSignal;
}

/** What a Target is made of; see its contract for each. */
export interface JobFolder {
  check(plan: JobPlan, options: { activate?: Activation | null; signal: AbortSignal }): Promise<Problem[]>;
  submit(plan: JobPlan, options: SubmitOptions): Promise<JobHandle>;
  follow(plan: JobPlan, handle: JobHandle, options: FollowOptions): Promise<LastStatus>;
  collect(plan: Pick<JobPlan, "stage">, handle: JobHandle, signal: AbortSignal): Promise<Problem[]>;
  /**
   * False when the job runs on another machine than ours, so that only whoever started it there can end it: its agent was told,
   * but has not said that it is over.
   */
  cancel(plan: Pick<JobPlan, "id">, handle: JobHandle, signal: AbortSignal): Promise<boolean>;
  clean(plan: Pick<JobPlan, "id">, handle: JobHandle, signal: AbortSignal): Promise<void>;
}

export function createJobFolder(options: JobFolderOptions): JobFolder {
  const { host, folder = DEFAULT_FOLDER, python = "python3" } = options;

  const placeOf = ({ id }: Pick<JobPlan, "id">): Place => ({
    folder: `${folder}/${id}`,
    agent: `${folder}/.agent-${agentVersion()}`,
    python,
  });

  return {
    check: (plan, { activate = null, signal }) => checkMachine(host, { folder, python, activate }, plan, signal),

    async submit(plan, { activate, keep, onProgress, signal }) {
      const place = placeOf(plan);
      keep({ ...place });
      const start = options.start === undefined;
      const ready = await prepareJob(host, place, plan, {
        job: jobFile(plan, { activate }),
        start,
        onProgress,
        signal,
      });
      const found = { ...place, folder: ready };
      if (!options.start) return { ...found };
      keep({ ...found });
      return { ...found, ...(await options.start(found, { signal })) };
    },

    follow: (plan, handle, followOptions) =>
      followJob(host, placeIn(handle), plan, { ...followOptions, watch: options.watch }),

    collect: (plan, handle, signal) => collectFiles(host, placeIn(handle), plan, { ...options, signal }),

    async cancel(_plan, handle, signal) {
      const answer = await askAgent<{ status: AgentStatus; left: number[] }>(host, placeIn(handle), "cancel", {
        signal,
      });
      if (answer.left.length > 0) {
        const left = answer.left.join(", ");
        throw new UserError(
          `Process ${left} of this job on ${host.name} could not be ended. You may lack the permission to.`,
        );
      }
      return answer.status.state !== "running";
    },

    async clean(_plan, handle, signal) {
      await askAgent(host, placeIn(handle), "clean", { signal });
    },
  };
}

function placeIn(handle: JobHandle): Place {
  return handle as unknown as Place;
}
