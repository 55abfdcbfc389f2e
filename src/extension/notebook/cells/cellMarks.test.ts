import { expect, test } from "vitest";
import type { LastCell } from "../../../store/cells/contract";
import { type CellNow, historyText, markCells } from "./cellMarks";

function ran(cellId: string, ordinal: number, part: Partial<LastCell> = {}): LastCell {
  return {
    ...{
      cellId,
      ordinal,
      run: "r1",
      runName: "calm-otter",
      index: 0,
      executionCount: ordinal,
      source: `text of ${cellId}`,
    },
    ...{
      startTime: ordinal * 1_000,
      endTime: ordinal * 1_000 + 1_500,
      status: "succeeded",
      session: "s1",
      executions: 1,
    },
    ...part,
  };
}

const NOW: CellNow[] = ["a", "b", "c"].map((id, index) => ({ id, index, source: `text of ${id}` }));

/** The last executions, given in any order, with what is said of each cell. */
function marksOf(...lasts: LastCell[]) {
  const cells = [...lasts].sort((a, b) => b.startTime - a.startTime);
  return Object.fromEntries([...markCells(NOW, { cells, runs: 1 })].map(([id, { marks }]) => [id, marks.join()]));
}

test("says nothing of cells that ran from the top down as they stand, and of those that never ran", () => {
  expect(marksOf(ran("a", 1), ran("b", 2))).toEqual({ a: "", b: "" });
  expect(marksOf()).toEqual({});
});

test("tells cells whose text has changed since", () => {
  expect(marksOf(ran("a", 1, { source: "another" }), ran("b", 2))).toEqual({ a: "changed", b: "" });
});

test("tells cells that ran before a cell above them, and which", () => {
  expect(marksOf(ran("a", 3), ran("b", 1), ran("c", 2))).toEqual({ a: "", b: "order", c: "order" });
  expect(marksOf(ran("a", 1), ran("b", 3), ran("c", 2))).toEqual({ a: "", b: "", c: "order" });
  const marked = markCells(NOW, { cells: [ran("b", 3), ran("c", 2), ran("a", 1)], runs: 1 });
  expect(marked.get("c")!.laterAbove).toBe(2);
});

test("goes by the times where the runs are others, whatever the order within each", () => {
  expect(marksOf(ran("a", 1, { run: "r2", startTime: 9_000 }), ran("b", 5))).toEqual({ a: "", b: "order" });
});

test("tells cells of earlier sessions, whose order says nothing", () => {
  const old = { session: "s0" };
  expect(marksOf(ran("a", 9), ran("b", 2, old), ran("c", 1, old))).toEqual({ a: "", b: "session", c: "session" });
  expect(marksOf(ran("a", 9, old), ran("b", 10))).toEqual({ a: "session", b: "" });
});

test("has the history in few words", () => {
  expect(historyText(ran("a", 1), false)).toBe("1.5 s · ran once");
  expect(historyText(ran("a", 1, { executions: 1200 }), true)).toBe("ran 1,200 times");
  expect(historyText(ran("a", 1, { endTime: null, executions: 2 }), false)).toBe("running · ran 2 times");
  expect(historyText(ran("a", 1, { endTime: 1_007 }), false)).toBe("7 ms · ran once");
});
