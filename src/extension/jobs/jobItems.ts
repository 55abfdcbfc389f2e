/** How the elements of the Jobs view look. */
import * as vscode from "vscode";
import type { JobOutcome, JobState } from "../../domain/job";
import { type Icon, moreItem, projectItem, themeIcon } from "../commonItems";
import { Command } from "../contributions";
import { readable } from "../readableItem";
import type { JobGroup, JobView } from "../worker/jobs/api";
import { jobDescription, jobLabel } from "./describeJob";
import type { JobGroupNode, JobsNode } from "./nodes";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

const STATES: Record<Exclude<JobState, "ended">, Icon> = {
  queued: ["circle-outline"],
  starting: ["sync~spin", "charts.blue"],
  waiting: ["watch", "charts.yellow"],
  running: ["loading~spin", "charts.blue"],
  collecting: ["cloud-download", "charts.blue"],
};
const OUTCOMES: Record<JobOutcome, Icon> = {
  finished: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  killed: ["circle-slash", "charts.orange"],
  lost: ["question", "charts.yellow"],
  refused: ["circle-slash", "disabledForeground"],
};
const GROUP_LABELS: Record<JobGroup, string> = {
  active: vscode.l10n.t("In Progress"),
  queued: vscode.l10n.t("Queued"),
  ended: vscode.l10n.t("Ended"),
};

export function jobItem(node: JobsNode, now: number): vscode.TreeItem {
  const item = itemOf(node, now);
  item.id = node.id;
  return readable(item);
}

function itemOf(node: JobsNode, now: number): vscode.TreeItem {
  switch (node.kind) {
    case "jobsProject":
      return projectItem(node);
    case "jobGroup":
      return groupItem(node);
    case "job":
      return ofJob(node.job, node, now);
    case "moreJobs":
      return moreItem(node, Command.loadMoreJobs, vscode.l10n.t("Load More ({0} left)", node.left.toLocaleString()));
  }
}

function groupItem({ group, counts }: JobGroupNode): vscode.TreeItem {
  const item = new vscode.TreeItem(GROUP_LABELS[group], group === "ended" ? Collapsed : Expanded);
  const count = counts[group].toLocaleString();
  const [first] = counts.paused;
  if (group !== "queued" || first === undefined) item.description = count;
  else if (counts.paused.includes(null)) item.description = vscode.l10n.t("{0} · paused", count);
  else item.description = vscode.l10n.t("{0} · paused on {1}", count, counts.paused.join(", "));
  item.contextValue = `jobGroup.${group}`;
  return item;
}

function ofJob(job: JobView, node: JobsNode, now: number): vscode.TreeItem {
  const label = jobLabel(job);
  const item = new vscode.TreeItem(label, None);
  item.description = jobDescription(job, now);
  item.iconPath = themeIcon(iconOf(job));
  // With a run there is a log to look at.
  const words = ["job", job.state === "ended" ? "ended" : job.state === "queued" ? "queued" : "active"];
  item.contextValue = [...words, ...(job.run === null ? [] : ["withRun"])].join(".");
  if (job.run !== null) item.command = { command: Command.openJobLog, title: "", arguments: [node] };
  const status = job.state === "ended" ? (job.outcome ?? "ended") : job.state;
  item.accessibilityInformation = { label: `${label}, ${status}, ${item.description}` };
  return item;
}

function iconOf({ state, outcome }: JobView): Icon {
  return state === "ended" ? (outcome ? OUTCOMES[outcome] : ["circle-slash"]) : STATES[state];
}
