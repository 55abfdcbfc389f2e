/** Answers about deployments, from the stores. */
import type { Deployment } from "../../../domain/deployment";
import type { Handlers } from "../../../protocol/channel";
import type { Store } from "../../../store/contract";
import type { DeploymentsApi, DeploymentView } from "./api";

export interface DeploymentStores {
  find(root: string): Store | undefined;
}

export function deploymentHandlers({ find }: DeploymentStores): Handlers<DeploymentsApi> {
  return {
    listDeployments({ root }) {
      const store = find(root);
      return store ? store.deployments.list().map((one) => deploymentView(store, one)) : [];
    },
    getDeployment({ root, name }) {
      const store = find(root);
      const found = store?.deployments.get(name);
      return store && found ? deploymentView(store, found) : null;
    },
    listRollouts({ root, name, limit }) {
      const found = find(root)?.deployments.rollouts(name, { limit: limit + 1 }) ?? [];
      return { rollouts: found.slice(0, limit), more: found.length > limit };
    },
  };
}

function deploymentView({ deployments }: Store, deployment: Deployment): DeploymentView {
  const { handle: _handle, revision: _revision, ...view } = deployment;
  const current = deployments.current(deployment.name);
  const rollout = current?.rollout ?? deployments.rollouts(deployment.name, { limit: 1 })[0] ?? null;
  return { ...view, rollout, busy: current?.alive ?? false };
}
