/** The Models view: the models model in VS Code's terms. */
import { Context, View } from "../contributions";
import type { Log } from "../log";
import type { Projects } from "../stores/projects";
import { LazyTree, type TreeParts } from "../tree/lazyTree";
import type { ModelsModel, ReadModels } from "./modelsModel";
import type { MoreModelsNode, Node } from "./nodes";

/** While gates run and versions are registered in a row, the view follows this often at the most. */
const PACE_MS = 700;

export class ModelsTree extends LazyTree<Node, ModelsModel> {
  constructor(projects: Projects, log: Log) {
    super(projects, log, {
      view: View.models,
      context: Context.hasModels,
      what: "models",
      pace: PACE_MS,
      concerns: ({ models }) => models,
      load: () => load(projects),
    });
  }

  async loadMore(node: MoreModelsNode): Promise<void> {
    (await this.model()).loadMore(node);
    this.refreshed.fire(node.parent);
  }
}

async function load(projects: Projects): Promise<TreeParts<Node, ModelsModel>> {
  const [{ ModelsModel }, items] = await Promise.all([import("./modelsModel"), import("./modelItems")]);
  return {
    model: new ModelsModel({ read: projects.call as ReadModels, projects: () => projects.all }),
    item: items.modelTreeItem,
    tooltip: items.modelItemTooltip,
    note: (parent, text) => ({ kind: "modelNote", id: `${parent.id}|failure`, root: parent.root, parent, text }),
  };
}
