/** Deployments: what can be done with them. What does it is loaded when it is first asked for. */
import * as vscode from "vscode";
import type { TryItState } from "../../protocol/tryIt";
import type { CommandDeps } from "../commands/deps";
import { Command } from "../contributions";
import type { PagePanels } from "../panels/pagePanels";
import { requireTrust } from "../run/launcher";
import { awaitedChanges } from "./awaitedChanges";
import type { DeploymentsTree } from "./deploymentsTree";
import { isMoreRolloutsNode } from "./nodes";

export interface RegisterDeploymentsDeps extends CommandDeps {
  deployments: DeploymentsTree;
  tryItPanels(): Promise<PagePanels<TryItState>>;
}

export function registerDeployments(deps: RegisterDeploymentsDeps): vscode.Disposable {
  const { register, deployments, projects } = deps;
  const commands = () => import("./deploymentCommands");
  const deploying = () => import("./deploy");
  const picking = () => import("./pickDeployment");
  const predictions = () => import("./showPredictions");
  if (awaitedChanges(deps.context.workspaceState).length > 0) {
    const goOn = async () => (await import("./goOnTelling")).goOnTelling(deps);
    goOn().catch((error) => deps.log.error("tell how changes of deployments end", error));
  }
  return vscode.Disposable.from(
    register(Command.deployModel, "deploy the model", async (...given) => (await deploying()).deploy(deps, given)),
    register(Command.deployModelTo, "deploy the model", async (...given) => (await deploying()).deployTo(deps, given)),
    register(Command.deployAnyway, "deploy the model", async (node) => (await deploying()).deployAnyway(deps, node)),
    register(Command.showDeployment, "show the deployment", async (node) => {
      const { root, name } = await (await picking()).pickDeployment(node, projects, vscode.l10n.t("Show Deployment"));
      await deployments.show(root, name);
    }),
    register(Command.tryDeployment, "open the try-it page", async (node) => {
      requireTrust();
      const title = vscode.l10n.t("Try Deployment");
      const isDeployed = ({ routes }: { routes: unknown[] }) => routes.length > 0;
      const at = await (await picking()).pickDeployment(node, projects, title, isDeployed);
      (await deps.tryItPanels()).open(at);
    }),
    register(Command.copyAsCurl, "copy the request", async (node) =>
      (await commands()).copyRequest(deps, node, "curl"),
    ),
    register(Command.copyAsPython, "copy the request", async (node) =>
      (await commands()).copyRequest(deps, node, "python"),
    ),
    register(Command.copyEndpoint, "copy the endpoint", async (node) => (await commands()).copyEndpoint(deps, node)),
    register(Command.showDeploymentLog, "show the log", async (node) => (await commands()).showLog(deps, node)),
    register(Command.showPredictions, "show the predictions", async (node) =>
      (await predictions()).showPredictions(deps, node),
    ),
    register(Command.refreshPredictions, "show the predictions", async (uri) =>
      (await predictions()).showPredictions(deps, uri),
    ),
    register(Command.filterPredictions, "show the predictions", async (node) =>
      (await predictions()).filterPredictions(deps, node),
    ),
    register(Command.rollBackDeployment, "roll back", async (node) => (await commands()).rollBack(deps, node)),
    register(Command.rollBackDeploymentTo, "roll back", async (node) => (await commands()).rollBackTo(deps, node)),
    register(Command.setTraffic, "set the traffic", async (node) => (await commands()).setTraffic(deps, node)),
    register(Command.startDeployment, "start the deployment", async (node) =>
      (await commands()).startAgain(deps, node),
    ),
    register(Command.undeploy, "undeploy", async (node) => (await commands()).undeploy(deps, node)),
    register(Command.removeDeployment, "remove the deployment", async (node) => (await commands()).remove(deps, node)),
    register(Command.refreshDeployments, "ask how deployments stand", () => deployments.refresh()),
    register(Command.loadMoreRollouts, "load more changes", async (node) => {
      if (isMoreRolloutsNode(node)) await deployments.loadMore(node);
    }),
  );
}
