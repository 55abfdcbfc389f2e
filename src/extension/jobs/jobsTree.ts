/** The Jobs view: the jobs model in VS Code's terms. */
import * as vscode from "vscode";
import { setContext } from "../configuration";
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { failureIn } from "../tree/failure";
import { paced } from "../tree/paced";
import { jobTooltip } from "./describeJob";
import { jobItem } from "./jobItems";
import { JobsModel, type ReadJobs } from "./jobsModel";
import type { JobsNode, MoreJobsNode } from "./nodes";

/** Jobs change many times a second while a queue is worked off: so often they are shown anew at the most. */
const PACE_MS = 700;
/** Elapsed time and cost of what runs are kept right this often. */
const CLOCK_MS = 5_000;

export class JobsTree implements vscode.TreeDataProvider<JobsNode>, vscode.Disposable {
  private readonly refreshed = new vscode.EventEmitter<JobsNode | undefined>();
  readonly onDidChangeTreeData = this.refreshed.event;
  readonly view: vscode.TreeView<JobsNode>;
  private readonly model: JobsModel;
  private readonly subscriptions: vscode.Disposable[];
  private readonly pace = paced(
    PACE_MS,
    () => this.look(),
    (error) => this.log.error("look for jobs", error),
  );
  private shown = "";

  constructor(
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.model = new JobsModel({ read: projects.call as ReadJobs, projects: () => projects.all });
    this.view = vscode.window.createTreeView(View.jobs, { treeDataProvider: this, canSelectMany: true });
    const clock = setInterval(() => this.view.visible && this.running() > 0 && this.lookSoon(true), CLOCK_MS);
    this.subscriptions = [
      this.view,
      this.refreshed,
      { dispose: () => clearInterval(clock) },
      projects.onDidChangeProjects(() => this.lookSoon(true)),
      projects.onDidChangeRuns(({ jobs, runs }) => {
        if (jobs.length > 0 || runs.length === 0 || this.running() > 0) this.lookSoon(jobs.length > 0);
      }),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.lookSoon(true)),
    ];
  }

  loadMore(node: MoreJobsNode): void {
    this.model.loadMore(node);
    this.refreshed.fire(node.parent);
  }

  async getChildren(node?: JobsNode): Promise<JobsNode[]> {
    try {
      if (node) return await this.model.children(node);
      await this.projects.ready();
      const roots = await this.model.roots();
      this.view.message = undefined;
      return roots;
    } catch (error) {
      this.log.error("read the jobs", error);
      return node ? [] : failureIn<JobsNode>(this.view, error, undefined);
    }
  }

  getTreeItem(node: JobsNode): vscode.TreeItem {
    return jobItem(node, Date.now());
  }

  resolveTreeItem(item: vscode.TreeItem, node: JobsNode): vscode.TreeItem {
    if (node.kind === "job") item.tooltip = new vscode.MarkdownString(jobTooltip(node.job, Date.now()));
    return item;
  }

  getParent(node: JobsNode): JobsNode | undefined {
    return node.parent;
  }

  dispose(): void {
    this.pace.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private running(): number {
    return [...this.model.counts.values()].reduce((sum, { running }) => sum + running, 0);
  }

  /** `anew`: something in the view is another, whatever the counts say. */
  private lookSoon(anew: boolean): void {
    if (anew) this.shown = "";
    this.pace.soon();
  }

  private async look(): Promise<void> {
    await this.projects.ready();
    const counts = await this.model.look();
    const running = this.running();
    const waiting = [...counts.values()].reduce((sum, { active, queued }) => sum + active + queued, 0);
    setContext(Context.hasJobs, counts.size > 0);
    setContext(
      Context.queuePaused,
      [...counts.values()].some(({ paused }) => paused.includes(null)),
    );
    const tooltip = vscode.l10n.t("{0} of {1} jobs are running", running, waiting);
    this.view.badge = running === 0 ? undefined : { value: running, tooltip };
    const fingerprint = JSON.stringify([...counts]);
    if (fingerprint === this.shown && running === 0) return;
    this.shown = fingerprint;
    if (this.view.visible) this.refreshed.fire(undefined);
  }
}
