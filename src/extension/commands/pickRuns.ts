/** Which runs a command is about: those a menu handed over, else those the user picks from a list. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { formatAgo } from "../../domain/format";
import { oneLine } from "../../domain/oneLine";
import type { RunSummary } from "../../domain/run";
import type { RunQuery } from "../../store/contract";
import type { Projects, RunReference } from "../stores/projects";
import { runOf } from "../tree/experimentsTree";
import { describeKeyMetric } from "../tree/keyMetric";
import { statusIcon } from "../tree/treeItems";
import { DEFAULT_VIEW } from "../tree/viewState";

export interface RunAt {
  root: string;
  run: RunSummary;
}

export interface PickOptions {
  title: string;
  query?: RunQuery;
  /** What is said when there is nothing to pick from. */
  none?: string;
  /** Runs that make no sense here. */
  except?: (found: RunAt) => boolean;
}

export interface RunItem extends vscode.QuickPickItem, RunAt {}

const MOST_LISTED = 200;

/** Runs of the tree elements that a menu gave: the clicked one, or the whole selection when it is part of it. */
export function runsFromMenu(given: readonly unknown[]): RunAt[] {
  const [clicked, selection] = given;
  const nodes = Array.isArray(selection) && selection.includes(clicked) ? selection : [clicked];
  const runs = nodes.flatMap((node) => runOf(node) ?? []);
  const byId = new Map(runs.map(({ root, run }) => [`${root}\n${run.id}`, { root, run }]));
  return [...byId.values()];
}

/** The same, or those that a link or a CodeLens refers to. */
export async function runsGiven(given: readonly unknown[], projects: Projects): Promise<RunAt[]> {
  const runs = runsFromMenu(given);
  return runs.length > 0 ? runs : referredRuns(given, projects);
}

async function referredRuns([clicked, all]: readonly unknown[], projects: Projects): Promise<RunAt[]> {
  const references = (Array.isArray(all) ? all : [clicked]).filter(isReference);
  const found = await Promise.all(
    references.map(async ({ root, id }) => {
      await projects.ensure(root);
      return (await projects.call("getSummaries", { root, ids: [id] })).map((run): RunAt => ({ root, run }));
    }),
  );
  return found.flat();
}

function isReference(value: unknown): value is RunReference {
  if (typeof value !== "object" || value === null || "kind" in value) return false;
  const { root, id } = value as Partial<RunReference>;
  return typeof root === "string" && typeof id === "string";
}

/** Several runs, at least one. */
export async function pickRuns(given: readonly unknown[], projects: Projects, options: PickOptions): Promise<RunAt[]> {
  const runs = await runsGiven(given, projects);
  if (runs.length > 0) return runs;
  const items = await listItems(projects, options);
  const picked = await vscode.window.showQuickPick(items, { ...pickOptions(options), canPickMany: true });
  if (!picked || picked.length === 0) throw new vscode.CancellationError();
  return picked;
}

export async function pickRun(given: readonly unknown[], projects: Projects, options: PickOptions): Promise<RunAt> {
  const [run] = await runsGiven(given, projects);
  if (run) return run;
  const items = await listItems(projects, options);
  const picked = await vscode.window.showQuickPick(items, pickOptions(options));
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

const pickOptions = ({ title }: PickOptions) => ({ title, matchOnDescription: true, matchOnDetail: true });

/** The newest runs of all projects. */
export async function listItems(projects: Projects, { query, none, except }: PickOptions): Promise<RunItem[]> {
  await projects.ready();
  const pages = await Promise.all(
    projects.all.map(async ({ root }) => {
      const page = await projects.call("listRuns", { root, query: { limit: MOST_LISTED, ...query } });
      return page.runs.map((run): RunAt => ({ root, run }));
    }),
  );
  const found = pages.flat().filter((candidate) => !except?.(candidate));
  if (found.length === 0) throw new UserError(none ?? vscode.l10n.t("There are no runs yet. Press Run to record one."));
  return found.sort((a, b) => b.run.startTime - a.run.startTime).map(runItem);
}

export function runItem({ root, run }: RunAt): RunItem {
  const facts = [run.experiment, describeKeyMetric(run, DEFAULT_VIEW.sort), formatAgo(run.startTime, Date.now())];
  return {
    root,
    run,
    label: oneLine(run.name),
    description: oneLine(facts.filter(Boolean).join(" · ")),
    iconPath: statusIcon(run.status),
  };
}

/** The ids of the runs, by project. */
export const byRoot = (runs: readonly RunAt[]) => idsByRoot(runs.map(({ root, run }) => ({ root, id: run.id })));

/** Of runs or of jobs. */
export function idsByRoot(references: readonly RunReference[]): { root: string; ids: string[] }[] {
  const found = new Map<string, string[]>();
  for (const { root, id } of references) found.set(root, [...(found.get(root) ?? []), id]);
  return [...found].map(([root, ids]) => ({ root, ids }));
}
