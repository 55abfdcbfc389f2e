/** What the store knows of executions of cells. */
import type { CellExecution, CellStatus } from "../../domain/cells";
import type { PageOptions } from "../contract";

export interface CellPage {
  /** In the order in which they ran. */
  cells: CellExecution[];
  /** Null on the last page. */
  next: string | null;
  total: number;
}

/** The last execution of a cell, over all runs of its notebook. */
export interface LastCell {
  cellId: string;
  run: string;
  runName: string;
  ordinal: number;
  /** Its place in the notebook then. */
  index: number;
  executionCount: number | null;
  /** SHA-256 of the text that ran. */
  source: string;
  startTime: number;
  endTime: number | null;
  status: CellStatus;
  session: string;
  /** How often it ran, over all runs. */
  executions: number;
}

export interface LastCells {
  /** The one that ran last first. */
  cells: LastCell[];
  /** Runs of the notebook. */
  runs: number;
}

export interface CellStore {
  /** A page of the executions of a run. */
  list(run: string, page?: PageOptions): CellPage;
  get(run: string, ordinal: number): CellExecution | null;
  /** The last executions of a notebook's cells, by runs that are not deleted. `script`: as runs name the notebook. */
  last(script: string): LastCells;
}
