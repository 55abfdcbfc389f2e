/** Elements of the Deployments view. */
import type { Rollout, RolloutStep, Route } from "../../domain/deployment";
import { guardsOf } from "../tree/guardsOf";
import type { DeploymentView } from "../worker/deployments/api";

interface Base {
  /** Unique in the view, and the same for the same thing whenever it is shown. */
  id: string;
  root: string;
}

/** Where several projects have deployments. */
export interface DeploymentsProjectNode extends Base {
  kind: "deploymentsProject";
  parent: undefined;
  name: string;
}

export interface DeploymentNode extends Base {
  kind: "deployment";
  parent: DeploymentsProjectNode | undefined;
  deployment: DeploymentView;
}

/** A version that it serves. */
export interface RouteNode extends Base {
  kind: "route";
  parent: DeploymentNode;
  route: Route;
}

/** A line about it: its endpoint, what was asked of it. */
export interface DeploymentFactNode extends Base {
  kind: "deploymentFact";
  parent: DeploymentNode;
  fact: "endpoint" | "traffic" | "problem";
  label: string;
  description: string;
}

export interface RolloutNode extends Base {
  kind: "rollout";
  parent: DeploymentNode | RolloutHistoryNode;
  deployment: DeploymentView;
  rollout: Rollout;
  /** It goes on, and its process lives. */
  busy: boolean;
}

export interface RolloutStepNode extends Base {
  kind: "rolloutStep";
  parent: RolloutNode;
  step: RolloutStep;
}

/** The changes before the last one. */
export interface RolloutHistoryNode extends Base {
  kind: "rolloutHistory";
  parent: DeploymentNode;
}

/** Stands at the end of a history that goes on. */
export interface MoreRolloutsNode extends Base {
  kind: "moreRollouts";
  parent: RolloutHistoryNode;
}

export interface DeploymentNoteNode extends Base {
  kind: "deploymentNote";
  parent: Node;
  text: string;
}

export type Node =
  | DeploymentsProjectNode
  | DeploymentNode
  | RouteNode
  | DeploymentFactNode
  | RolloutNode
  | RolloutStepNode
  | RolloutHistoryNode
  | MoreRolloutsNode
  | DeploymentNoteNode;

const ofKind = guardsOf<Node>();
export const isDeploymentNode = ofKind("deployment");
export const isRolloutNode = ofKind("rollout");
export const isRouteNode = ofKind("route");
export const isDeploymentFactNode = ofKind("deploymentFact");
export const isMoreRolloutsNode = ofKind("moreRollouts");
