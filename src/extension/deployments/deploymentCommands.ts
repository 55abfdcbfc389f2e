/** What can be done with deployments that there are. */
import * as vscode from "vscode";
import type { Rollout } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import { formatAgo } from "../../domain/format";
import { chosen } from "../models/pickVersion";
import { runInTerminal } from "../run/commandTask";
import { requireTrust } from "../run/launcher";
import type { DeploymentView } from "../worker/deployments/api";
import { type ChangeDeps, carryOut, type DeploymentAt, type NextAction, tellEnd } from "./changeDeployment";
import { askPercent } from "./deploy";
import { rolloutLabel } from "./describeDeployment";
import { isRolloutNode } from "./nodes";
import { pickDeployment } from "./pickDeployment";

const MOST_LISTED = 200;
const LOG_LINES = 1_000;

/** `instead`: offered when it failed. */
async function change(
  deps: ChangeDeps,
  at: DeploymentAt,
  title: string,
  words: string[],
  instead?: NextAction,
): Promise<void> {
  const rollout = await carryOut(deps, { ...at, title, words: ["deployments", ...words] });
  tellEnd(deps, at, rollout, instead);
}

/** One click: to what was served before; on an earlier change, to what that served. */
export async function rollBack(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Roll Back"), isDeployed);
  const earlier = isRolloutNode(given) && given.parent.kind !== "deployment" ? given.rollout : undefined;
  await goBack(deps, at, earlier);
}

/** To any version that was served before. */
export async function rollBackTo(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const { projects } = deps;
  const at = await pickDeployment(given, projects, vscode.l10n.t("Roll Back"));
  const { rollouts } = await projects.call("listRollouts", { ...at, limit: MOST_LISTED });
  const deployment = await projects.call("getDeployment", at);
  const now = deployment?.routes.find(({ role }) => role === "champion")?.version;
  const lived = rollouts.filter(({ outcome, routes }) => outcome === "live" && routes.length > 0);
  const newest = new Map(lived.toReversed().map((rollout) => [championOf(rollout), rollout]));
  const items = [...newest]
    .filter(([version]) => version !== undefined && version !== now)
    .map(([version, rollout]) => ({
      rollout,
      label: vscode.l10n.t("Version {0}", version!),
      description: `${rolloutLabel(rollout)} · ${formatAgo(rollout.started, Date.now())}`,
    }));
  if (items.length === 0) throw new UserError(vscode.l10n.t("{0} has served no other version before.", at.name));
  const title = vscode.l10n.t("Roll Back {0} To", at.name);
  await goBack(deps, at, chosen(await vscode.window.showQuickPick(items, { title })).rollout);
}

/** `rollout`: what this change served; undefined: what was served before. */
function goBack(deps: ChangeDeps, at: DeploymentAt, rollout: Rollout | undefined): Promise<void> {
  const to = rollout ? [`--change=${rollout.id}`] : [];
  return change(deps, at, vscode.l10n.t("Roll back {0}", at.name), ["rollback", ...to, "--", at.name]);
}

const championOf = ({ routes }: Rollout) => routes.find(({ role }) => role === "champion")?.version;
const isDeployed = ({ routes }: DeploymentView) => routes.length > 0;
/** Or something of it may be left on its target. */
const isOrWasDeployed = (deployment: DeploymentView) => isDeployed(deployment) || deployment.isUnfinished;

export async function setTraffic(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Set Traffic"), isDeployed);
  const routes = (await deps.projects.call("getDeployment", at))?.routes ?? [];
  const challenger = routes.find(({ role }) => role === "challenger");
  const others = routes.filter(({ role }) => role !== "champion");
  if (others.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        "{0} serves one version, which gets all requests. Deploy another as its challenger first.",
        at.name,
      ),
    );
  }
  const items = [
    ...(challenger
      ? [
          {
            label: vscode.l10n.t("Share of the Challenger…"),
            words: async () => [await percentWord(challenger.percent)],
          },
          {
            label: vscode.l10n.t("Make the Challenger the Champion"),
            description: vscode.l10n.t("version {0}", challenger.version),
            words: async () => ["--promote"],
          },
        ]
      : []),
    ...others.map(({ version, role }) => ({
      label: vscode.l10n.t("Stop Version {0}", version),
      description: role,
      words: async () => [`--stop=${version}`],
    })),
  ];
  const title = vscode.l10n.t("Traffic of {0}", at.name);
  const picked: (typeof items)[number] = chosen(await vscode.window.showQuickPick(items, { title }));
  await change(deps, at, title, ["traffic", ...(await picked.words()), "--", at.name]);
}

const percentWord = async (now: number) => `--percent=${await askPercent(String(now))}`;

/** Brings up what is down. */
export async function startAgain(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Start Again"), isDeployed);
  await change(deps, at, vscode.l10n.t("Start {0} again", at.name), ["start", "--", at.name]);
}

export async function undeploy(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Undeploy"), isOrWasDeployed);
  const text = vscode.l10n.t("Undeploy {0}? Its endpoint stops answering. Its history stays.", at.name);
  if (!(await confirm(text, vscode.l10n.t("Undeploy")))) return;
  const title = vscode.l10n.t("Undeploy {0}", at.name);
  const forget = vscode.l10n.t("Forget It…");
  await change(deps, at, title, ["undeploy", "--", at.name], {
    title: forget,
    async run() {
      const warning = vscode.l10n.t(
        "Forget {0} though its target does not answer? What is left there stays there.",
        at.name,
      );
      if (await confirm(warning, forget)) await change(deps, at, title, ["undeploy", "--forget", "--", at.name]);
    },
  });
}

export async function remove(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Remove"), (one) => !isOrWasDeployed(one));
  const text = vscode.l10n.t("Remove {0} with its history and its log of predictions? This cannot be undone.", at.name);
  if (!(await confirm(text, vscode.l10n.t("Remove")))) return;
  const title = vscode.l10n.t("Remove {0}", at.name);
  const words = ["deployments", "remove", "--", at.name];
  const code = await runInTerminal(deps, { title, words, cwd: at.root });
  if (code) throw new UserError(vscode.l10n.t("{0} was not removed. The terminal says why.", at.name));
}

async function confirm(text: string, action: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(text, { modal: true }, action)) === action;
}

export async function showLog(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, deps.projects, vscode.l10n.t("Show Log"));
  const words = ["deployments", "log", `--lines=${LOG_LINES}`, "--", at.name];
  await runInTerminal(deps, { title: vscode.l10n.t("Log of {0}", at.name), words, cwd: at.root });
}

export async function copyRequest({ projects }: ChangeDeps, given: unknown, as: "curl" | "python"): Promise<void> {
  requireTrust();
  const at = await pickDeployment(given, projects, vscode.l10n.t("Copy Request"), hasEndpoint);
  await vscode.env.clipboard.writeText(await projects.call("requestText", { ...at, as, body: null }));
}

export async function copyEndpoint({ projects }: ChangeDeps, given: unknown): Promise<void> {
  const at = await pickDeployment(given, projects, vscode.l10n.t("Copy Endpoint"), hasEndpoint);
  const endpoint = (await projects.call("getDeployment", at))?.served?.endpoint;
  if (!endpoint) throw new UserError(vscode.l10n.t("{0} has no address that could be asked from outside.", at.name));
  await vscode.env.clipboard.writeText(endpoint);
}

const hasEndpoint = ({ served }: { served: { endpoint: string | null } | null }) => Boolean(served?.endpoint);
