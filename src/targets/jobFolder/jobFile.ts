import { VARIABLES } from "../../snapshot/environment";
import type { JobPlan } from "../contract";
import type { Activation } from "./contract";

export interface JobFileOptions {
  activate?: Activation | null;
  /** For the agent's `stream`: bytes of a file, and of all files, that go into the log. */
  stream?: { file?: number; total?: number };
}

/** A job as the agent reads it (job.json), see python/agent/prepare_job.py. */
export function jobFile(plan: JobPlan, { activate = null, stream }: JobFileOptions = {}): object {
  const { id, run, command, cwd, project, env, limits } = plan;
  return {
    ...{ id, run, command, cwd, project, env, activate, stream },
    limits: { seconds: limits.seconds, memory: limits.memory },
    variables: [...VARIABLES],
  };
}
