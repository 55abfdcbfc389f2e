/** What can be started in a project, found in its files. */

/**
 * `script`: Python with a main block. `notebook`: run from its first cell to its last. `entry`: of modeltrail.yaml. `stage`: of a
 * dvc.yaml. `project`: an entry point of an MLproject.
 */
export type EntryPointKind = "entry" | "stage" | "project" | "script" | "notebook";

export interface EntryPoint {
  kind: EntryPointKind;
  /** What it is called where it is defined; scripts and notebooks: their path. */
  name: string;
  /** The file that it is, or that defines it: relative to the project's root, with `/`. */
  file: string;
  /** Where it is started, likewise; "" for the root. */
  cwd: string;
  /** What is started there. The first word `python` stands for the interpreter of who starts it. */
  command: string[];
  /** What its definition says besides. */
  target?: string;
  experiment?: string;
}

/** Whether it is started as the file that it is, and no definition says how. */
export const isFilePoint = ({ kind }: Pick<EntryPoint, "kind">): boolean => kind === "script" || kind === "notebook";

/** An entry point in a file that cannot be read as it should be: said, and the others are found. */
export interface EntryPointFault {
  file: string;
  message: string;
}

export interface EntryPoints {
  /** Defined ones first, then scripts and notebooks by path. */
  points: EntryPoint[];
  faults: EntryPointFault[];
  /** There are more scripts than were looked at. */
  cut: boolean;
}

/** The first word of commands that are Python's. */
export const PYTHON = "python";
