/** For tests: executions of cells. */
import type { CellExecution } from "../../domain/cells";

export const SOURCE = "a".repeat(64);

/** What the test does not care about is filled in: the first execution of a cell that says nothing. */
export function newCell(part: Partial<CellExecution> = {}): CellExecution {
  return {
    ordinal: 1,
    cellId: "one",
    index: 0,
    executionCount: 1,
    language: "python",
    source: SOURCE,
    sourceSize: 4,
    title: "fit()",
    startTime: 2_000,
    endTime: 3_000,
    status: "succeeded",
    error: null,
    outputs: [],
    session: "s1",
    ...part,
  };
}
