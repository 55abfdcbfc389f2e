/** Which jobs a command is about: those a menu handed over, else those that are picked from a list. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { oneLine } from "../../domain/oneLine";
import { idsByRoot } from "../commands/pickRuns";
import type { Projects } from "../stores/projects";
import type { JobGroup, JobView } from "../worker/jobs/api";
import { jobDescription, jobLabel } from "./describeJob";
import { isJobsNode } from "./nodes";

export interface JobAt {
  root: string;
  job: JobView;
}

export interface PickJobs {
  title: string;
  groups: readonly JobGroup[];
  /** Those of them that make sense. */
  fits?(job: JobView): boolean;
  none: string;
}

const MOST_LISTED = 200;

/** The clicked one, or the whole selection when it is part of it. */
export function jobsFromMenu([clicked, selection]: readonly unknown[]): JobAt[] {
  const nodes = Array.isArray(selection) && selection.includes(clicked) ? selection : [clicked];
  return nodes.flatMap((node) => (isJobsNode(node) && node.kind === "job" ? [{ root: node.root, job: node.job }] : []));
}

/** At least one. */
export async function pickJobs(given: readonly unknown[], projects: Projects, options: PickJobs): Promise<JobAt[]> {
  const { title, fits = () => true } = options;
  const fromMenu = jobsFromMenu(given);
  if (fromMenu.length > 0) return fromMenu.filter(({ job }) => fits(job));
  const items = (await allJobs(projects, options.groups)).filter(({ job }) => fits(job)).map(jobPick);
  if (items.length === 0) throw new UserError(options.none);
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true, matchOnDescription: true });
  if (!picked || picked.length === 0) throw new vscode.CancellationError();
  return picked;
}

/** Just one. */
export async function pickJob(given: readonly unknown[], projects: Projects, options: PickJobs): Promise<JobAt> {
  const { title, fits = () => true } = options;
  const [clicked] = jobsFromMenu(given.slice(0, 1));
  if (clicked) return clicked;
  const items = (await allJobs(projects, options.groups)).filter(({ job }) => fits(job)).map(jobPick);
  if (items.length === 0) throw new UserError(options.none);
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

async function allJobs(projects: Projects, groups: readonly JobGroup[]): Promise<JobAt[]> {
  await projects.ready();
  const pages = projects.all.flatMap(({ root }) =>
    groups.map(async (group) => {
      const jobs = await projects.call("listJobs", { root, group, limit: MOST_LISTED });
      return jobs.map((job): JobAt => ({ root, job }));
    }),
  );
  return (await Promise.all(pages)).flat();
}

const jobPick = (at: JobAt): JobAt & vscode.QuickPickItem => ({
  ...at,
  label: oneLine(jobLabel(at.job)),
  description: oneLine(jobDescription(at.job, Date.now())),
});

/** The ids of the jobs, by project. */
export const byProject = (jobs: readonly JobAt[]) => idsByRoot(jobs.map(({ root, job }) => ({ root, id: job.id })));
