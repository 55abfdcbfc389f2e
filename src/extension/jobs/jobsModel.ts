/** What the Jobs view holds: groups of jobs, of which a page at a time is read. */
import type { Project } from "../stores/projects";
import type { JobCounts, JobGroup, JobsApi, JobView } from "../worker/jobs/api";
import type { JobGroupNode, JobNode, JobsNode, MoreJobsNode } from "./nodes";

export interface ReadJobs {
  (method: "jobCounts", argument: { root: string }): Promise<JobCounts>;
  (method: "listJobs", argument: Parameters<JobsApi["listJobs"]>[0]): Promise<JobView[]>;
}

export interface JobsModelOptions {
  read: ReadJobs;
  projects(): readonly Project[];
}

/** What is going on stands first. */
const GROUPS: readonly JobGroup[] = ["active", "queued", "ended"];
/** Jobs that a group shows at first, and more of them each time that it is asked for. */
const PAGE = 50;

export class JobsModel {
  private readonly limits = new Map<string, number>();
  /** Of all projects, at the last look. */
  counts = new Map<string, JobCounts>();

  constructor(private readonly options: JobsModelOptions) {}

  /** Reads how many jobs there are, and of which projects. */
  async look(): Promise<Map<string, JobCounts>> {
    const { read, projects } = this.options;
    const found = await Promise.all(
      projects().map(async ({ root }) => [root, await read("jobCounts", { root })] as const),
    );
    this.counts = new Map(found.filter(([, counts]) => counts.active + counts.queued + counts.ended > 0));
    return this.counts;
  }

  async roots(): Promise<JobsNode[]> {
    await this.look();
    const projects = this.options.projects().filter(({ root }) => this.counts.has(root));
    if (projects.length === 1) return this.groups(projects[0]!.root, undefined);
    return projects.map(({ root, name }) => ({
      kind: "jobsProject",
      id: root,
      root,
      parent: undefined,
      name,
    }));
  }

  async children(node: JobsNode): Promise<JobsNode[]> {
    if (node.kind === "jobsProject") return this.groups(node.root, node);
    return node.kind === "jobGroup" ? this.jobs(node) : [];
  }

  /** The next page of the group will be there when it is read again. */
  loadMore({ parent }: MoreJobsNode): void {
    this.limits.set(parent.id, this.limitOf(parent) + PAGE);
  }

  private groups(root: string, parent: JobsNode | undefined): JobGroupNode[] {
    const counts = this.counts.get(root)!;
    return GROUPS.filter((group) => counts[group] > 0).map((group) => ({
      kind: "jobGroup",
      id: `${root}|${group}`,
      root,
      parent,
      group,
      counts,
    }));
  }

  private async jobs(parent: JobGroupNode): Promise<JobsNode[]> {
    const { root, group, counts } = parent;
    const found = await this.options.read("listJobs", { root, group, limit: this.limitOf(parent) });
    const jobs = found.map((job): JobNode => ({ kind: "job", id: `${root}|${job.id}`, root, parent, job }));
    const left = counts[group] - jobs.length;
    if (left <= 0 || jobs.length === 0) return jobs;
    return [...jobs, { kind: "moreJobs", id: `${parent.id}|more`, root, parent, left }];
  }

  private limitOf({ id }: JobGroupNode): number {
    return this.limits.get(id) ?? PAGE;
  }
}
