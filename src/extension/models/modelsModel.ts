/** What the Models view holds: models, their versions, and for each what it was made of, what gates said and where it is served. */
import type { CodeVersion, RunDataset, RunSummary } from "../../domain/run";
import type { Project } from "../stores/projects";
import type { ReadFrom } from "../stores/readFrom";
import type { RunNode } from "../tree/nodes";
import { shortVersion } from "../tree/sections";
import type { ModelsApi } from "../worker/models/api";
import type { ModelFactNode, ModelNode, ModelsProjectNode, ModelVersionNode, MoreModelsNode, Node } from "./nodes";

export type ModelReads = Pick<ModelsApi, "listModels" | "listModelVersions" | "versionDetails">;
export type ReadModels = ReadFrom<ModelReads>;

export interface ModelsModelOptions {
  read: ReadModels;
  projects(): readonly Project[];
}

/** What a list shows at first, and more of each time that it is asked for. */
const PAGE = 50;

export class ModelsModel {
  private readonly limits = new Map<string, number>();

  constructor(private readonly options: ModelsModelOptions) {}

  async roots(): Promise<Node[]> {
    const all = await Promise.all(
      this.options.projects().map(async ({ root, name }) => {
        return { root, name, nodes: await this.models(root, undefined) };
      }),
    );
    const withModels = all.filter(({ nodes }) => nodes.length > 0);
    if (withModels.length <= 1) return withModels.flatMap(({ nodes }) => nodes);
    return withModels.map(({ root, name }) => ({ kind: "modelsProject", id: root, root, parent: undefined, name }));
  }

  async children(node: Node): Promise<Node[]> {
    switch (node.kind) {
      case "modelsProject":
        return this.models(node.root, node);
      case "model":
        return this.versions(node);
      case "modelVersion":
        return this.details(node);
      default:
        return [];
    }
  }

  /** The next page will be there when its parent is read again. */
  loadMore({ root, parent }: MoreModelsNode): void {
    const id = parent?.id ?? root;
    this.limits.set(id, this.limitOf(id) + PAGE);
  }

  private async models(root: string, parent: ModelsProjectNode | undefined): Promise<Node[]> {
    const { models, more } = await this.options.read("listModels", { root, limit: this.limitOf(root) });
    const nodes = models.map((model): ModelNode => {
      return { kind: "model", id: `${root}|${model.name}`, root, parent, model };
    });
    return more ? [...nodes, moreNode(root, parent)] : nodes;
  }

  private async versions(parent: ModelNode): Promise<Node[]> {
    const { id, root, model } = parent;
    const argument = { root, model: model.name, limit: this.limitOf(id) };
    const { versions, more } = await this.options.read("listModelVersions", argument);
    const nodes = versions.map((version): ModelVersionNode => {
      return { kind: "modelVersion", id: `${id}|${version.version}`, root, parent, version };
    });
    return more ? [...nodes, moreNode(root, parent)] : nodes;
  }

  private async details(parent: ModelVersionNode): Promise<Node[]> {
    const { id, root, version } = parent;
    const found = await this.options.read("versionDetails", { root, model: version.model, version: version.version });
    return [
      ...(found.run ? [runNode(parent, found.run)] : []),
      ...(found.code?.commit ? [codeNode(parent, found.code)] : []),
      ...found.datasets.map((dataset) => datasetNode(parent, dataset)),
      ...found.gates.map((result): Node => ({ kind: "gate", id: `${id}|gate:${result.gate}`, root, parent, result })),
      ...found.served.map((place): Node => {
        return { kind: "served", id: `${id}|served:${place.deployment}:${place.role}`, root, parent, place };
      }),
    ];
  }

  private limitOf(id: string): number {
    return this.limits.get(id) ?? PAGE;
  }
}

function moreNode(root: string, parent: MoreModelsNode["parent"]): MoreModelsNode {
  return { kind: "moreModels", id: `${parent?.id ?? root}|more`, root, parent };
}

function runNode({ id, root }: ModelVersionNode, run: RunSummary): RunNode {
  const lists = { details: undefined, childRuns: undefined, repeats: undefined, repeated: undefined };
  return { kind: "run", id: `${id}|${run.id}`, root, parent: undefined, run, ...lists };
}

function codeNode(parent: ModelVersionNode, { commit, branch, dirty }: CodeVersion): ModelFactNode {
  const state = dirty ? "with changes that were not committed" : "";
  return {
    kind: "modelFact",
    id: `${parent.id}|code`,
    root: parent.root,
    parent,
    icon: "git-commit",
    label: "Code",
    description: [commit!.slice(0, 8), branch, dirty ? "uncommitted changes" : ""].filter(Boolean).join(" · "),
    tooltip: [`Commit ${commit}`, branch && `on ${branch}`, state].filter(Boolean).join(", "),
  };
}

function datasetNode(parent: ModelVersionNode, { name, version, files }: RunDataset): ModelFactNode {
  const count = files === 1 ? "1 file" : `${files.toLocaleString()} files`;
  return {
    kind: "modelFact",
    id: `${parent.id}|data:${name}`,
    root: parent.root,
    parent,
    icon: "database",
    label: name,
    description: `${shortVersion(version)} · ${count}`,
    tooltip: `Dataset ${name}, version ${version}`,
  };
}
