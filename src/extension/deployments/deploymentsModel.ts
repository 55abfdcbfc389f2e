/** What the Deployments view holds: deployments, what they serve, and the changes that made them so. */
import type { Rollout } from "../../domain/deployment";
import type { Project } from "../stores/projects";
import type { ReadFrom } from "../stores/readFrom";
import type { DeploymentsApi } from "../worker/deployments/api";
import { trafficInWords } from "./describeDeployment";
import type {
  DeploymentFactNode,
  DeploymentNode,
  DeploymentsProjectNode,
  MoreRolloutsNode,
  Node,
  RolloutHistoryNode,
  RolloutNode,
} from "./nodes";

export type DeploymentReads = Pick<DeploymentsApi, "listDeployments" | "listRollouts">;
export type ReadDeployments = ReadFrom<DeploymentReads>;

export interface DeploymentsModelOptions {
  read: ReadDeployments;
  projects(): readonly Project[];
}

/** What a history shows at first, and more of it each time that it is asked for. */
const PAGE = 20;

export class DeploymentsModel {
  private readonly limits = new Map<string, number>();

  constructor(private readonly options: DeploymentsModelOptions) {}

  async roots(): Promise<(DeploymentNode | DeploymentsProjectNode)[]> {
    const all = await Promise.all(
      this.options.projects().map(async ({ root, name }) => {
        return { root, name, nodes: await this.deployments(root, undefined) };
      }),
    );
    const used = all.filter(({ nodes }) => nodes.length > 0);
    if (used.length <= 1) return used.flatMap(({ nodes }) => nodes);
    return used.map(({ root, name }) => ({ kind: "deploymentsProject", id: root, root, parent: undefined, name }));
  }

  async children(node: Node): Promise<Node[]> {
    switch (node.kind) {
      case "deploymentsProject":
        return this.deployments(node.root, node);
      case "deployment":
        return this.details(node);
      case "rollout":
        return steps(node);
      case "rolloutHistory":
        return this.history(node);
      default:
        return [];
    }
  }

  /** The next page will be there when its parent is read again. */
  loadMore({ parent }: MoreRolloutsNode): void {
    this.limits.set(parent.id, this.limitOf(parent) + PAGE);
  }

  private async deployments(root: string, parent: DeploymentsProjectNode | undefined): Promise<DeploymentNode[]> {
    const found = await this.options.read("listDeployments", { root });
    return found.map((deployment) => ({
      kind: "deployment",
      id: `${root}|${deployment.name}`,
      root,
      parent,
      deployment,
    }));
  }

  private async details(parent: DeploymentNode): Promise<Node[]> {
    const { id, root, deployment } = parent;
    const { rollout, busy, routes, name } = deployment;
    const { rollouts } = await this.options.read("listRollouts", { root, name, limit: 2 });
    return [
      ...facts(parent),
      ...routes.map((route): Node => {
        return { kind: "route", id: `${id}|route:${route.role}:${route.version}`, root, parent, route };
      }),
      ...(rollout ? [rolloutNode(parent, parent, rollout, busy)] : []),
      ...(rollouts.length > 1 ? [{ kind: "rolloutHistory" as const, id: `${id}|history`, root, parent }] : []),
    ];
  }

  private async history(parent: RolloutHistoryNode): Promise<Node[]> {
    const { root, parent: of } = parent;
    const limit = this.limitOf(parent);
    const page = await this.options.read("listRollouts", { root, name: of.deployment.name, limit });
    const last = of.deployment.rollout?.id;
    const older = page.rollouts.filter(({ id }) => id !== last);
    const nodes = older.map((rollout): Node => rolloutNode(parent, of, rollout, false));
    return page.more ? [...nodes, { kind: "moreRollouts", id: `${parent.id}|more`, root, parent }] : nodes;
  }

  private limitOf({ id }: RolloutHistoryNode): number {
    return this.limits.get(id) ?? PAGE;
  }
}

function facts(parent: DeploymentNode): DeploymentFactNode[] {
  const { id, root, deployment } = parent;
  const { served } = deployment;
  const fact = (kind: DeploymentFactNode["fact"], label: string, description: string): DeploymentFactNode => {
    return { kind: "deploymentFact", id: `${id}|${kind}`, root, parent, fact: kind, label, description };
  };
  return [
    ...(served?.detail ? [fact("problem", served.detail, "")] : []),
    ...(served?.endpoint ? [fact("endpoint", "Endpoint", served.endpoint)] : []),
    ...(served?.traffic ? [fact("traffic", "Traffic", trafficInWords(served.traffic))] : []),
  ];
}

function rolloutNode(
  parent: RolloutNode["parent"],
  { root, deployment }: DeploymentNode,
  rollout: Rollout,
  busy: boolean,
): RolloutNode {
  return { kind: "rollout", id: `${root}|${deployment.name}|${rollout.id}`, root, parent, deployment, rollout, busy };
}

/** A step may have been taken twice. */
function steps(parent: RolloutNode): Node[] {
  const { id, root, rollout } = parent;
  return rollout.steps.map((step, index) => ({ kind: "rolloutStep", id: `${id}|${index}`, root, parent, step }));
}
