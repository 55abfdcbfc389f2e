/** Elements of the Jobs view. */
import type { JobCounts, JobGroup, JobView } from "../worker/jobs/api";

interface Base {
  /** Unique in the view. */
  id: string;
  root: string;
  parent: JobsNode | undefined;
}

/** Where there are several projects with jobs. */
export interface JobsProjectNode extends Base {
  kind: "jobsProject";
  name: string;
}

export interface JobGroupNode extends Base {
  kind: "jobGroup";
  group: JobGroup;
  counts: JobCounts;
}

export interface JobNode extends Base {
  kind: "job";
  job: JobView;
}

export interface MoreJobsNode extends Base {
  kind: "moreJobs";
  parent: JobGroupNode;
  /** Jobs that are not loaded. */
  left: number;
}

export type JobsNode = JobsProjectNode | JobGroupNode | JobNode | MoreJobsNode;

const KINDS = new Set<unknown>(["jobsProject", "jobGroup", "job", "moreJobs"] satisfies JobsNode["kind"][]);

/** Menus hand over whatever they belong to. */
export function isJobsNode(value: unknown): value is JobsNode {
  return typeof value === "object" && value !== null && "kind" in value && KINDS.has(value.kind);
}
