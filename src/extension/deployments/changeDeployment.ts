/** One change of a deployment: the command line does it in a terminal, and the store tells how far it is. */
import * as vscode from "vscode";
import type { Rollout } from "../../domain/deployment";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import { runInTerminal } from "../run/commandTask";
import type { DeploymentView } from "../worker/deployments/api";
import { rememberChange } from "./awaitedChanges";
import { stepInWords } from "./describeDeployment";

export type ChangeDeps = Pick<CommandDeps, "context" | "projects" | "log">;

export interface DeploymentAt {
  root: string;
  name: string;
}

export interface DeploymentChange extends DeploymentAt {
  /** What is being done: "Deploying wine/3 to local". */
  title: string;
  /** What stands behind `modeltrail`. */
  words: string[];
}

/** The rollout as it ended; null when none was begun: the terminal says why. Undefined: the terminal was closed. */
export async function carryOut(deps: ChangeDeps, change: DeploymentChange): Promise<Rollout | null | undefined> {
  const { root, name, title, words } = change;
  const { projects } = deps;
  const look = () => projects.call("getDeployment", { root, name });
  const before = (await look())?.rollout?.id ?? null;
  const told = await rememberChange(deps.context.workspaceState, { root, name, title, before });
  try {
    const ended = runInTerminal(deps, { title, words, cwd: root });
    const code = await withSteps(deps, title, root, ended, async () => newRollout(await look(), before));
    const rollout = newRollout(await look(), before);
    return rollout ?? (code === undefined ? undefined : null);
  } finally {
    await told();
  }
}

/** `before`: id of the one before it. */
export const newRollout = (deployment: DeploymentView | null, before: string | null): Rollout | null =>
  deployment?.rollout && deployment.rollout.id !== before ? deployment.rollout : null;

/** Shows each step until it is over. */
export async function withSteps<T>(
  { projects }: ChangeDeps,
  title: string,
  root: string,
  ended: Promise<T>,
  current: () => Promise<Rollout | null>,
): Promise<T> {
  return await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, async (bar) => {
    const show = async () => {
      const step = (await current())?.steps.at(-1);
      if (step) bar.report({ message: `${stepInWords(step.name)}: ${step.detail}` });
    };
    const news = projects.onDidChangeRuns((changed) => {
      if (changed.root === root && changed.deployments) show().then(undefined, () => {});
    });
    try {
      return await ended;
    } finally {
      news.dispose();
    }
  });
}

/** What can be done when something failed. */
export interface NextAction {
  title: string;
  run(): Promise<unknown>;
}

/**
 * What came of it, with what can be done next; `action` is offered first when it failed. Not waited for: the command is over
 * when the deployment is changed.
 */
export function tellEnd(
  { log }: ChangeDeps,
  at: DeploymentAt,
  rollout: Rollout | null | undefined,
  action?: NextAction,
): void {
  tell(at, rollout, action).catch((error: unknown) => log.show(vscode.l10n.t("change {0}", at.name), error));
}

async function tell(
  at: DeploymentAt,
  rollout: Rollout | null | undefined,
  action: NextAction | undefined,
): Promise<void> {
  if (rollout === undefined) return;
  if (rollout === null) {
    const text = vscode.l10n.t("{0} was not changed. The terminal says why.", at.name);
    void vscode.window.showErrorMessage(text);
    return;
  }
  if (rollout.outcome === "stopped") {
    void vscode.window.showInformationMessage(vscode.l10n.t("{0} is not served any more.", at.name));
  } else if (rollout.outcome === "live") await tellLive(at, rollout);
  else await tellFailure(at, rollout, action);
}

async function tellLive(at: DeploymentAt, { routes }: Rollout): Promise<void> {
  const [first] = routes;
  const tryIt = vscode.l10n.t("Open Try-It Page");
  const copy = vscode.l10n.t("Copy as curl");
  const text = vscode.l10n.t("{0} is live with version {1} of {2}.", at.name, first?.version ?? "", first?.model ?? "");
  const chosen = await vscode.window.showInformationMessage(text, tryIt, copy);
  if (chosen === tryIt) await vscode.commands.executeCommand(Command.tryDeployment, at);
  if (chosen === copy) await vscode.commands.executeCommand(Command.copyAsCurl, at);
}

async function tellFailure(
  at: DeploymentAt,
  { outcome, reason }: Rollout,
  action: NextAction | undefined,
): Promise<void> {
  const show = vscode.l10n.t("Show Deployment");
  const after =
    outcome === "reverted"
      ? vscode.l10n.t("Nothing that is served was changed.")
      : vscode.l10n.t("How it stands now has to be looked at.");
  const text = `${at.name}: ${reason ?? vscode.l10n.t("It did not become live.")} ${after}`;
  const chosen = await vscode.window.showErrorMessage(text, ...(action ? [action.title] : []), show);
  if (chosen === show) await vscode.commands.executeCommand(Command.showDeployment, at);
  else if (chosen !== undefined) await action?.run();
}
