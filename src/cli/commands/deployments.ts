/** `modeltrail deployments`, `show` and `log` */
import { needDeployment } from "../../deploy/operations/destination";
import { deploymentLog, look, lookAtAll } from "../../deploy/operations/look";
import { toJson } from "../../domain/json";
import { deploymentTable, problemText, rolloutTable, routesText, stateText, trafficText } from "../deploymentText";
import { openProject, withStore } from "../open";
import { oneLine, pairs, print, styled } from "../print";
import { count } from "../sweepOptions";

const NO_DEPLOYMENTS = "Nothing is deployed yet. Deploy a model: modeltrail deploy MODEL --to local";

export async function deploymentsCommand({ json }: { json?: boolean }): Promise<void> {
  const store = await openProject();
  if (!store) return print(json ? "[]" : NO_DEPLOYMENTS);
  try {
    const deployments = await lookAtAll({ store, env: process.env });
    if (json) return print(toJson(deployments, 2));
    print(deployments.length === 0 ? NO_DEPLOYMENTS : deploymentTable(deployments));
    for (const deployment of deployments) {
      const problem = problemText(deployment);
      if (problem) print(`${styled(oneLine(deployment.name), "yellow")}: ${problem}`);
    }
  } finally {
    store.close();
  }
}

export async function showDeploymentCommand(name: string, { json }: { json?: boolean }): Promise<void> {
  await withStore(async (store) => {
    needDeployment(store, name);
    const deployment = await look({ store, env: process.env }, name);
    const rollouts = store.deployments.rollouts(name);
    if (json) return print(toJson({ ...deployment, rollouts }, 2));
    const { model, target, routes, served } = deployment;
    print(styled(oneLine(name), "bold"));
    print(
      pairs([
        ["model", oneLine(model)],
        ["target", oneLine(target)],
        ["state", stateText(deployment)],
        ...(routes.length > 0 ? ([["version", routesText(routes)]] satisfies [string, string][]) : []),
        ...(served?.endpoint && routes.length > 0
          ? ([["endpoint", served.endpoint]] satisfies [string, string][])
          : []),
        ...(trafficText(served) ? ([["traffic", trafficText(served)]] satisfies [string, string][]) : []),
        ...(problemText(deployment) ? ([["problem", problemText(deployment)]] satisfies [string, string][]) : []),
      ]),
    );
    print("");
    print(rolloutTable(rollouts, Date.now()));
  });
}

export async function deploymentLogCommand(name: string, { lines }: { lines: string }): Promise<void> {
  const most = count("--lines", lines)!;
  await withStore(async (store) => {
    for (const line of await deploymentLog({ store, env: process.env }, name, most)) print(line);
  });
}
