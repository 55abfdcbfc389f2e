/** What the extension host asks about deployments. */
import type { Deployment, Rollout } from "../../../domain/deployment";

/** A deployment without what only its target needs. */
export interface DeploymentView extends Omit<Deployment, "handle" | "revision"> {
  /** The change that goes on, or was the last; null: there was none. */
  rollout: Rollout | null;
  /** That change goes on, and its process lives. */
  busy: boolean;
}

export interface DeploymentsApi {
  /** By name. */
  listDeployments(argument: { root: string }): DeploymentView[];
  /** Null when there is none of this name. */
  getDeployment(argument: { root: string; name: string }): DeploymentView | null;
  /** The newest first. */
  listRollouts(argument: { root: string; name: string; limit: number }): { rollouts: Rollout[]; more: boolean };
}
