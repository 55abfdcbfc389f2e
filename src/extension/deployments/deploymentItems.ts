/** How the elements of the Deployments view look. */
import * as vscode from "vscode";
import type { Rollout, RolloutOutcome, RolloutStep, RouteRole } from "../../domain/deployment";
import { faultItem, type Icon, moreItem, projectItem, themeIcon } from "../commonItems";
import { Command } from "../contributions";
import { readable } from "../readableItem";
import {
  type DeploymentState,
  deploymentContext,
  deploymentDescription,
  deploymentState,
  deploymentTooltip,
  rolloutContext,
  rolloutDescription,
  rolloutLabel,
  routeDescription,
  stateInWords,
  stepDescription,
  stepInWords,
} from "./describeDeployment";
import type { DeploymentFactNode, DeploymentNode, Node, RolloutNode, RolloutStepNode, RouteNode } from "./nodes";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

const STATES: Record<DeploymentState, Icon> = {
  changing: ["sync~spin", "charts.blue"],
  stopped: ["circle-outline", "disabledForeground"],
  unfinished: ["warning", "charts.orange"],
  unknown: ["question", "disabledForeground"],
  starting: ["loading~spin", "charts.blue"],
  live: ["pass-filled", "testing.iconPassed"],
  degraded: ["warning", "charts.yellow"],
  down: ["error", "testing.iconFailed"],
  gone: ["circle-slash", "testing.iconFailed"],
  unreachable: ["debug-disconnect", "charts.orange"],
};
const OUTCOMES: Record<RolloutOutcome, Icon> = {
  live: ["pass", "testing.iconPassed"],
  stopped: ["circle-slash", "disabledForeground"],
  reverted: ["discard", "charts.orange"],
  failed: ["error", "testing.iconFailed"],
};
const STEPS: Record<RolloutStep["state"], Icon> = {
  running: ["loading~spin", "charts.blue"],
  done: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  skipped: ["debug-step-over", "disabledForeground"],
};
const ROLES: Record<RouteRole, string> = { champion: "star-full", challenger: "beaker", shadow: "eye" };
const FACTS: Record<DeploymentFactNode["fact"], Icon> = {
  endpoint: ["globe"],
  traffic: ["pulse"],
  problem: ["warning", "charts.orange"],
};

export function deploymentTreeItem(node: Node, now: number): vscode.TreeItem {
  const item = itemOf(node, now);
  item.id = node.id;
  return readable(item);
}

/** Undefined: the label says it all. */
export function deploymentItemTooltip(node: Node, now: number): vscode.MarkdownString | undefined {
  return node.kind === "deployment" ? new vscode.MarkdownString(deploymentTooltip(node.deployment, now)) : undefined;
}

function itemOf(node: Node, now: number): vscode.TreeItem {
  switch (node.kind) {
    case "deploymentsProject":
      return projectItem(node);
    case "deployment":
      return deploymentItem(node);
    case "route":
      return routeItem(node);
    case "deploymentFact":
      return factItem(node);
    case "rollout":
      return rolloutItem(node, now);
    case "rolloutStep":
      return stepItem(node);
    case "rolloutHistory": {
      const item = new vscode.TreeItem(vscode.l10n.t("History"), Collapsed);
      item.iconPath = new vscode.ThemeIcon("history");
      item.contextValue = "rolloutHistory";
      return item;
    }
    case "moreRollouts":
      return moreItem(node, Command.loadMoreRollouts);
    case "deploymentNote":
      return faultItem(node.text);
  }
}

function deploymentItem({ deployment }: DeploymentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(deployment.name, Expanded);
  const state = deploymentState(deployment);
  item.description = deploymentDescription(deployment);
  item.iconPath = themeIcon(STATES[state]);
  item.contextValue = deploymentContext(deployment);
  item.accessibilityInformation = { label: `${deployment.name}, ${stateInWords(state)}, ${item.description}` };
  return item;
}

function routeItem({ route, parent }: RouteNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Version {0}", route.version), None);
  item.description = routeDescription(route, parent.deployment);
  item.iconPath = new vscode.ThemeIcon(ROLES[route.role]);
  item.contextValue = "route";
  return item;
}

function factItem(node: DeploymentFactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, None);
  item.description = node.description;
  item.tooltip = [node.label, node.description].filter(Boolean).join(": ");
  item.iconPath = themeIcon(FACTS[node.fact]);
  item.contextValue = `deploymentFact.${node.fact}`;
  return item;
}

function rolloutItem({ rollout, busy, parent }: RolloutNode, now: number): vscode.TreeItem {
  const isLast = parent.kind === "deployment";
  const item = new vscode.TreeItem(rolloutLabel(rollout), isLast && (busy || failed(rollout)) ? Expanded : Collapsed);
  item.description = rolloutDescription(rollout, busy, now);
  item.iconPath = themeIcon(rollout.outcome ? OUTCOMES[rollout.outcome] : busy ? STATES.changing : STATES.unknown);
  item.contextValue = rolloutContext(rollout);
  item.tooltip = `${item.label}: ${item.description}`;
  return item;
}

const failed = ({ outcome }: Rollout) => outcome === "failed" || outcome === "reverted";

function stepItem({ step }: RolloutStepNode): vscode.TreeItem {
  const item = new vscode.TreeItem(stepInWords(step.name), None);
  item.description = stepDescription(step);
  item.iconPath = themeIcon(STEPS[step.state]);
  item.tooltip = step.detail;
  item.contextValue = "rolloutStep";
  item.accessibilityInformation = { label: `${stepInWords(step.name)}, ${step.state}, ${step.detail}` };
  return item;
}
