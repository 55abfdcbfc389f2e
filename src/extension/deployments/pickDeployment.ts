/** Which deployment a command is about: that of the menu, else one that is picked. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { oneLine } from "../../domain/oneLine";
import { isServedNode } from "../models/nodes";
import { chosen } from "../models/pickVersion";
import type { Projects } from "../stores/projects";
import type { DeploymentView } from "../worker/deployments/api";
import type { DeploymentAt } from "./changeDeployment";
import { deploymentDescription } from "./describeDeployment";
import { isDeploymentFactNode, isDeploymentNode, isRolloutNode, isRouteNode } from "./nodes";

/** Undefined when the menu belongs to something else. */
export function deploymentFromMenu(given: unknown): DeploymentAt | undefined {
  if (isDeploymentNode(given) || isRolloutNode(given)) return { root: given.root, name: given.deployment.name };
  if (isRouteNode(given) || isDeploymentFactNode(given))
    return { root: given.root, name: given.parent.deployment.name };
  if (isServedNode(given)) return { root: given.root, name: given.place.deployment };
  return isDeploymentAt(given) ? given : undefined;
}

function isDeploymentAt(value: unknown): value is DeploymentAt {
  if (typeof value !== "object" || value === null || "kind" in value) return false;
  const { root, name } = value as Partial<DeploymentAt>;
  return typeof root === "string" && typeof name === "string";
}

export async function pickDeployment(
  given: unknown,
  projects: Projects,
  title: string,
  fits: (deployment: DeploymentView) => boolean = () => true,
): Promise<DeploymentAt> {
  const clicked = deploymentFromMenu(given);
  if (clicked) return clicked;
  await projects.ready();
  const lists = await Promise.all(
    projects.all.map(async ({ root }) => {
      const found = await projects.call("listDeployments", { root });
      return found.filter(fits).map((deployment) => ({
        root,
        name: deployment.name,
        label: oneLine(deployment.name),
        description: oneLine(deploymentDescription(deployment)),
      }));
    }),
  );
  const items = lists.flat();
  if (items.length === 0) throw new UserError(vscode.l10n.t("No deployment is there that this could be done with."));
  if (items.length === 1) return items[0]!;
  return chosen(await vscode.window.showQuickPick(items, { title, matchOnDescription: true }));
}
