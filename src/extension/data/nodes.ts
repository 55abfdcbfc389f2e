/** The elements of the Data view. Runs and files in it are those of the Experiments tree, so that their commands work here too. */
import type { DatasetFile } from "../../domain/datasetComparison";
import type { DatasetSummary, DatasetVersionSummary } from "../../store/contract";
import type { Project } from "../stores/projects";
import type { FileNode, ProjectNode, RunNode } from "../tree/nodes";

interface Base {
  /** Unique in the view, and the same for the same thing whenever it is shown. */
  id: string;
  root: string;
}

export interface DatasetNode extends Base {
  kind: "dataset";
  parent: ProjectNode | undefined;
  dataset: DatasetSummary;
  /** How many versions are shown; grows by Load More. */
  limit: number;
}

export interface VersionNode extends Base {
  kind: "version";
  parent: DatasetNode;
  version: DatasetVersionSummary;
  /** The version that was seen first before this one was; null: there is none. */
  previous: string | null;
}

/** What stands below a version. */
export interface PartNode extends Base {
  kind: "part";
  parent: VersionNode;
  part: "changes" | "files" | "runs";
}

/** A file that differs from the version before. */
export interface ChangeNode extends Base {
  kind: "change";
  parent: PartNode;
  change: FileChange;
}

export interface FileChange {
  kind: "added" | "removed" | "changed" | "moved";
  path: string;
  before: DatasetFile | null;
  after: DatasetFile | null;
}

/** A line that says something: how many more there are, that nothing changed. */
export interface NoteNode extends Base {
  kind: "note";
  parent: Node;
  text: string;
}

/** Stands at the end of the versions of a dataset that has more. */
export interface MoreVersionsNode extends Base {
  kind: "moreVersions";
  parent: DatasetNode;
  left: number;
}

export type Node =
  | ProjectNode
  | DatasetNode
  | VersionNode
  | PartNode
  | ChangeNode
  | NoteNode
  | MoreVersionsNode
  | RunNode
  | FileNode;

export function projectNode(project: Project): ProjectNode {
  const { root } = project;
  return { kind: "project", id: `project:${root}`, root, parent: undefined, project };
}

export const isVersionNode = (value: unknown): value is VersionNode =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "version" && "previous" in value;

export const isChangeNode = (value: unknown): value is ChangeNode =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "change" && "change" in value;
