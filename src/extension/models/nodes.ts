/** Elements of the Models view. Runs in it are those of the Experiments tree, so that their commands work here too. */
import type { GateResult } from "../../domain/gate";
import { guardsOf } from "../tree/guardsOf";
import type { RunNode } from "../tree/nodes";
import type { ModelView, ServedPlace, VersionView } from "../worker/models/api";

interface Base {
  /** Unique in the view, and the same for the same thing whenever it is shown. */
  id: string;
  root: string;
}

/** Where several projects have models. */
export interface ModelsProjectNode extends Base {
  kind: "modelsProject";
  parent: undefined;
  name: string;
}

export interface ModelNode extends Base {
  kind: "model";
  parent: ModelsProjectNode | undefined;
  model: ModelView;
}

export interface ModelVersionNode extends Base {
  kind: "modelVersion";
  parent: ModelNode;
  version: VersionView;
}

/** A line about a version: the code and the data that it was made of. */
export interface ModelFactNode extends Base {
  kind: "modelFact";
  parent: ModelVersionNode;
  icon: string;
  label: string;
  description: string;
  tooltip: string;
}

export interface GateNode extends Base {
  kind: "gate";
  parent: ModelVersionNode;
  result: GateResult;
}

export interface ServedNode extends Base {
  kind: "served";
  parent: ModelVersionNode;
  place: ServedPlace;
}

/** Stands at the end of a list that goes on. */
export interface MoreModelsNode extends Base {
  kind: "moreModels";
  parent: ModelsProjectNode | ModelNode | undefined;
}

/** What went wrong while an element was read. */
export interface ModelNoteNode extends Base {
  kind: "modelNote";
  parent: Node;
  text: string;
}

export type Node =
  | ModelsProjectNode
  | ModelNode
  | ModelVersionNode
  | ModelFactNode
  | GateNode
  | ServedNode
  | MoreModelsNode
  | ModelNoteNode
  | RunNode;

const ofKind = guardsOf<Node>();
export const isModelNode = ofKind("model");
export const isModelVersionNode = ofKind("modelVersion");
export const isServedNode = ofKind("served");
export const isMoreModelsNode = ofKind("moreModels");
