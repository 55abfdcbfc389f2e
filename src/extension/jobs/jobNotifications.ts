/** Tells when jobs end: who started them has gone on to something else. */
import * as vscode from "vscode";
import { formatDuration } from "../../domain/format";
import { openLog } from "../commands/openRuns";
import { setting } from "../configuration";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import type { StoreChange } from "../worker/api";
import type { JobView } from "../worker/jobs/api";
import { jobLabel, outcomeInWords } from "./describeJob";

/** Several that end within this time are told at once. */
const GATHER_MS = 1_500;
/** A job that ended before is old news: the window was closed, or the store has just been opened. */
const NEWS_MS = 60_000;

interface EndedJob {
  root: string;
  job: JobView;
}

export function notifyOfJobs(projects: Projects, log: Log): vscode.Disposable {
  const told = new Set<string>();
  let gathered: EndedJob[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function look({ root, jobs }: StoreChange): Promise<void> {
    if (jobs === "many" || setting("modeltrail.jobs.notify") === "never") return;
    const ids = jobs.filter((id) => !told.has(id));
    if (ids.length === 0) return;
    for (const job of await projects.call("getJobs", { root, ids })) {
      // Told of by another look, meanwhile.
      if (told.has(job.id)) continue;
      if (job.state !== "ended" || job.cancelling || (job.ended ?? 0) < Date.now() - NEWS_MS) continue;
      told.add(job.id);
      if (isWorthTelling(job)) gathered.push({ root, job });
    }
    if (gathered.length > 0) timer ??= setTimeout(() => void tell().catch(failed), GATHER_MS);
  }

  async function tell(): Promise<void> {
    timer = undefined;
    const ended = gathered;
    gathered = [];
    const bad = ended.filter(({ job }) => job.outcome !== "finished");
    const show = bad.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const withRun = (bad.length > 0 ? bad : ended).find(({ job }) => job.run !== null);
    const openLogAction = vscode.l10n.t("Open Log");
    const chosen = await show(describe(ended.map(({ job }) => job)), ...(withRun ? [openLogAction] : []));
    if (chosen !== openLogAction || !withRun) return;
    const [run] = await projects.call("getSummaries", { root: withRun.root, ids: [withRun.job.run!] });
    if (run) await openLog({ root: withRun.root, run });
  }

  const failed = (error: unknown) => log.error("tell of jobs that ended", error);
  const subscription = projects.onDidChangeRuns((change) => void look(change).catch(failed));
  return vscode.Disposable.from(subscription, { dispose: () => clearTimeout(timer) });
}

function isWorthTelling({ outcome }: JobView): boolean {
  if (outcome === "failed" || outcome === "lost" || outcome === "refused") return true;
  return setting("modeltrail.jobs.notify") === "unfocused" && !vscode.window.state.focused;
}

/** One sentence. */
function describe(jobs: readonly JobView[]): string {
  const [job] = jobs;
  if (jobs.length === 1 && job) {
    const time = job.started === null || job.ended === null ? "" : ` (${formatDuration(job.ended - job.started)})`;
    const reason = job.reason && job.outcome !== "finished" ? `: ${job.reason}` : "";
    return vscode.l10n.t(
      "{0} on {1}: {2}",
      jobLabel(job),
      job.target,
      `${outcomeInWords(job.outcome)}${time}${reason}`,
    );
  }
  const counts = new Map<string, number>();
  for (const { outcome } of jobs) counts.set(outcomeInWords(outcome), (counts.get(outcomeInWords(outcome)) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`);
  return vscode.l10n.t("{0} jobs have ended: {1}.", jobs.length, parts.join(", "));
}
