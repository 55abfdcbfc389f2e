/** The elements of the Experiments tree. */
import type { RunSummary } from "../../domain/run";
import type { RunGroup } from "../../store/contract";
import type { Project } from "../stores/projects";
import type { RunDetails } from "../worker/api";
import type { RunList } from "./runList";
import type { Entry, FileEntry, Section } from "./sections";

interface Base {
  /** Unique in the tree, and the same for the same thing whenever it is shown. */
  id: string;
  root: string;
}

/** Shown only when several projects have runs. */
export interface ProjectNode extends Base {
  kind: "project";
  parent: undefined;
  project: Project;
}

export interface GroupNode extends Base {
  kind: "group";
  parent: ProjectNode | undefined;
  group: RunGroup;
  list: RunList;
  /** Runs that are kept out of the list above: undefined when nothing is collapsed. */
  scratch: ScratchNode | undefined;
  /** Of several, the one that is open at first. */
  isNewest: boolean;
}

/** The scratch runs of an experiment (short, failed, repeated), in one element. */
export interface ScratchNode extends Base {
  kind: "scratch";
  parent: Node;
  list: RunList;
}

export interface RunNode extends Base {
  kind: "run";
  parent: Node | undefined;
  run: RunSummary;
  /** Asked for when the run is opened, and again after each change. */
  details: Promise<RunDetails | null> | undefined;
  childRuns: RunList | undefined;
  /** The runs with the same inputs. */
  repeats: RunList | undefined;
  /** Name of the run that this one repeats. */
  repeated: string | undefined;
}

export interface SectionNode extends Base {
  kind: "section";
  parent: Node;
  run: RunNode;
  section: Section;
}

export interface FieldNode extends Base {
  kind: "field";
  parent: Node;
  run: RunNode;
  entry: Extract<Entry, { kind: "field" }>;
}

export interface FileNode extends Base {
  kind: "file";
  parent: Node | undefined;
  run: RunNode;
  entry: FileEntry;
}

/** Stands at the end of a list that goes on. */
export interface MoreNode extends Base {
  kind: "more";
  parent: Node | undefined;
  list: RunList;
}

export type Node = ProjectNode | GroupNode | ScratchNode | RunNode | SectionNode | FieldNode | FileNode | MoreNode;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "kind" in value && "root" in value && "id" in value;
