/** What can be done with jobs. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { CommandDeps } from "../commands/deps";
import { openLog } from "../commands/openRuns";
import type { RunAt } from "../commands/pickRuns";
import { Command, View } from "../contributions";
import { requireTrust } from "../run/launcher";
import type { JobsTree } from "./jobsTree";
import { isJobsNode } from "./nodes";
import { byProject, type PickJobs, pickJob, pickJobs } from "./pickJobs";

export interface JobCommandDeps extends Pick<CommandDeps, "projects" | "tree" | "register"> {
  jobs: JobsTree;
  /** Sees to it that queued jobs of the project begin. */
  work(root: string): Promise<void>;
}

export function registerJobCommands(deps: JobCommandDeps): vscode.Disposable {
  const { projects, tree, register, jobs, work } = deps;

  async function cancel(given: readonly unknown[]): Promise<void> {
    requireTrust();
    const chosen = await pickJobs(given, projects, {
      title: vscode.l10n.t("Cancel Jobs"),
      groups: ["active", "queued"],
      none: vscode.l10n.t("No job is running or queued."),
    });
    const begun = chosen.filter(({ job }) => job.state !== "queued" && job.state !== "ended");
    if (begun.length > 0 && !(await confirmCancel(begun.length))) return;
    for (const { root, ids } of byProject(chosen)) await projects.call("cancelJobs", { root, ids });
  }

  async function retry(given: readonly unknown[]): Promise<void> {
    requireTrust();
    const chosen = await pickJobs(given, projects, {
      title: vscode.l10n.t("Retry Jobs"),
      groups: ["ended"],
      fits: ({ state }) => state === "ended",
      none: vscode.l10n.t("No job has ended yet."),
    });
    for (const { root, ids } of byProject(chosen)) {
      await projects.call("retryJobs", { root, ids });
      await work(root);
    }
  }

  async function changePriority(given: readonly unknown[], by: number): Promise<void> {
    requireTrust();
    const chosen = await pickJobs(given, projects, {
      title: vscode.l10n.t("Change Priority"),
      groups: ["queued"],
      none: vscode.l10n.t("No job is queued."),
    });
    for (const { root, job } of chosen) {
      await projects.call("setJobPriority", { root, ids: [job.id], priority: job.priority + by });
    }
  }

  async function pause(given: readonly unknown[], paused: boolean): Promise<void> {
    requireTrust();
    await projects.ready();
    const [node] = given;
    const roots = isJobsNode(node) ? [node.root] : projects.all.map(({ root }) => root);
    for (const root of roots) {
      const { queued, active, ended } = await projects.call("jobCounts", { root });
      if (queued + active + ended === 0) continue;
      await projects.call("setQueuePaused", { root, target: null, paused });
      if (!paused) await work(root);
    }
  }

  const withRun: PickJobs = {
    title: vscode.l10n.t("Choose a Job"),
    groups: ["active", "ended"],
    fits: ({ run }) => run !== null,
    none: vscode.l10n.t("No job has begun yet."),
  };
  async function runOf(given: readonly unknown[]): Promise<RunAt> {
    const { root, job } = await pickJob(given, projects, withRun);
    const [run] = job.run === null ? [] : await projects.call("getSummaries", { root, ids: [job.run] });
    if (!run) throw new UserError(job.reason ?? vscode.l10n.t("The job has not begun its run yet."));
    return { root, run };
  }

  return vscode.Disposable.from(
    register(Command.cancelJob, "cancel the job", (...given) => cancel(given)),
    register(Command.retryJob, "retry the job", (...given) => retry(given)),
    register(Command.raiseJob, "change the priority", (...given) => changePriority(given, 1)),
    register(Command.lowerJob, "change the priority", (...given) => changePriority(given, -1)),
    register(Command.pauseQueue, "pause the queue", (...given) => pause(given, true)),
    register(Command.resumeQueue, "resume the queue", (...given) => pause(given, false)),
    register(Command.openJobLog, "open the job's log", async (...given) => openLog(await runOf(given), true)),
    register(Command.showJobRun, "show the job's run", async (...given) => {
      const at = await runOf(given);
      await vscode.commands.executeCommand(`${View.experiments}.focus`);
      if (!(await tree.show({ root: at.root, id: at.run.id }))) await openLog(at);
    }),
    register(Command.loadMoreJobs, "load more jobs", (node) => {
      if (isJobsNode(node) && node.kind === "moreJobs") jobs.loadMore(node);
    }),
  );
}

async function confirmCancel(count: number): Promise<boolean> {
  const text =
    count === 1
      ? vscode.l10n.t("Cancel the job? Its command is ended; what it has recorded so far stays.")
      : vscode.l10n.t("Cancel {0} jobs? Their commands are ended; what they have recorded so far stays.", count);
  const choice = vscode.l10n.t("Cancel Job");
  return (await vscode.window.showWarningMessage(text, { modal: true }, choice)) === choice;
}
