import { expect, test } from "vitest";
import type { CurveSet } from "../../src/domain/curve";
import type { ChartRun } from "../../src/protocol/charts";
import { groupings, groupsOf } from "./groups";
import { type Line, linesOf } from "./lines";
import { nearest, readingsAt } from "./readout";

const column = (...values: number[]) => Float64Array.from(values);
const names = { run: (id: string) => `run ${id}`, group: (at: number) => `group ${at}`, background: "dark" as const };
const grid = { from: 0, to: 100, buckets: 10, log: false };
const set = (part: Partial<CurveSet>): CurveSet => ({ grid, extent: grid, curves: [], groups: [], ...part });

test("buckets become points that lie in them", () => {
  const trace = { slots: Uint16Array.of(0, 3), x: column(), y: column(1, 5, 2, 0), smooth: column(3, 1) };
  const [line] = linesOf(set({ curves: [{ run: "a", ...trace }] }), names);
  expect([line!.label, [...line!.x], [...line!.y]]).toEqual(["run a", [5, 35], [3, 1]]);
  expect(line!.behind).toEqual({ kind: "points", x: column(2.5, 7.5, 32.5, 37.5), y: trace.y });
});

test("a run looks the same whichever others are there", () => {
  const trace = { slots: null, x: column(1), y: column(2), smooth: null };
  const both = linesOf(
    set({
      curves: [
        { run: "a", ...trace },
        { run: "b", ...trace },
      ],
    }),
    names,
  );
  const [alone] = linesOf(set({ curves: [{ run: "b", ...trace }] }), names);
  expect(both[1]).toEqual(alone);
});

test("a reading is of the nearest point, the greatest value first", () => {
  const line = (id: string, x: number[], y: number[]): Line => {
    return { id, label: id, colour: "", dash: [], x: column(...x), y: column(...y), behind: null };
  };
  const lines = [line("a", [0, 10, 20], [1, 2, 3]), line("b", [8, 9], [5, 6]), line("c", [50], [9]), line("d", [], [])];
  expect(readingsAt(lines, 11, 3).map((reading) => [reading.line.id, reading.y])).toEqual([
    ["b", 6],
    ["a", 2],
  ]);
  expect(nearest(column(0, 10), 5)).toBe(0);
});

const run = (id: string, params: Record<string, string>, tags: Record<string, string> = {}): ChartRun => {
  return { id, name: id, status: "finished", experiment: "e", startTime: 0, duration: null, params, tags };
};

test("runs can be grouped by what differs among them", () => {
  const runs = [
    run("a", { lr: "0.1", seed: "1" }),
    run("b", { lr: "0.1", seed: "2" }),
    run("c", { lr: "0.1" }, { x: "1" }),
  ];
  expect(groupings(runs).map(({ value }) => value)).toEqual(["param:seed", "tag:x", "all"]);
  expect(groupsOf(runs, "param:seed")).toEqual([
    { label: "seed: (none)", runs: ["c"] },
    { label: "seed: 1", runs: ["a"] },
    { label: "seed: 2", runs: ["b"] },
  ]);
  expect(groupsOf(runs, "param:constructor")).toEqual([{ label: "constructor: (none)", runs: ["a", "b", "c"] }]);
  expect(groupsOf(runs, null)).toBeNull();
});
