/** Answers about deployments, from the stores. */
import { type Deployment, isUnfinished } from "../../../domain/deployment";
import type { Handlers } from "../../../protocol/channel";
import type { Store } from "../../../store/contract";
import type { DeploymentsApi, DeploymentView } from "./api";

export interface DeploymentStores {
  find(root: string): Store | undefined;
  /** Throws UserError where there is none. */
  need(root: string): Store;
  /** Throws UserError where there is none, or it may not be written: then nothing is started either. */
  writable(root: string): Store;
}

export function deploymentHandlers({ find, need, writable }: DeploymentStores): Handlers<DeploymentsApi> {
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
    async predictions({ root, name, version }) {
      const { predictions } = await import("./predictions");
      return predictions(need(root), name, version);
    },
    async deployPlaces({ root, model }) {
      const { deployPlaces } = await import("./places");
      return deployPlaces(writable(root), model);
    },
    async askDeployments({ root, isWatching }) {
      const store = find(root);
      if (store && store.deployments.list().length > 0) await (await serving()).askAll(writable(root), isWatching);
    },
    tryInput: async ({ root, name }) => (await serving()).tryInput(writable(root), name),
    tryDeployment: async ({ root, name, body }, signal) => (await serving()).send(writable(root), name, body, signal),
    requestText: async ({ root, name, as, body }) => (await serving()).requestText(writable(root), name, as, body),
  };
}

/** What speaks with targets is loaded when it is first asked for. */
const serving = () => import("./serving");

function deploymentView({ deployments }: Store, deployment: Deployment): DeploymentView {
  const { handle: _handle, revision: _revision, ...view } = deployment;
  const current = deployments.current(deployment.name);
  const rollout = current?.rollout ?? deployments.rollouts(deployment.name, { limit: 1 })[0] ?? null;
  return { ...view, isUnfinished: isUnfinished(deployment), rollout, busy: current?.alive ?? false };
}
