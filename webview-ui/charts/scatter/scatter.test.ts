import { expect, test } from "vitest";
import { svgPen } from "../../plot/svgPen";
import { colouringOf } from "../colouring";
import type { Column } from "../columns";
import { drawScatter, placePoints, scatterOf } from "./scatter";

const theme = { foreground: "#fff", faint: "#999", background: "#000", cursor: "#00f", font: "11px x" };
const column = (id: string, values: number[], words: string[] | null = null): Column => {
  return { id, label: id, values: Float64Array.from(values), words, kind: "number" };
};
const x = column("x", [3, 1, 2, Number.NaN, 0]);
const y = column("y", [30, 10, Infinity, 5, 7]);
const linear = { logX: false, logY: false };

test("points are the runs with both values, from left to right", () => {
  expect(scatterOf({ x, y, ...linear }, [0, 1, 2, 3, 4])!.rows).toEqual([4, 1, 0]);
  expect(scatterOf({ x, y, ...linear }, [0, 1])!.rows).toEqual([1, 0]);
  expect(scatterOf({ x, y, logX: true, logY: false }, [0, 1, 2, 3, 4])!.rows).toEqual([1, 0]);
  expect(scatterOf({ x, y, ...linear }, [2, 3])).toBeNull();
  expect(scatterOf({ x, y, ...linear }, [])).toBeNull();
});

test("words stand side by side, also where the axis was to be logarithmic", () => {
  const words = column("optimizer", [0, 1, 0, 1, Number.NaN], ["adam", "sgd"]);
  const scatter = scatterOf({ x: words, y, logX: true, logY: true }, [0, 1, 4])!;
  expect(scatter.rows).toEqual([0, 1]);
  const { frame, points } = placePoints(scatter, colouringOf(null, [], [], "dark"), { width: 300, height: 200 });
  expect(frame.xTicks.map(({ label }) => label)).toEqual(["adam", "sgd"]);
  expect(points[0]!.x).toBeLessThan(points[1]!.x);
  expect(points[0]!.y).toBeLessThan(points[1]!.y);
});

test("values from one end of the numbers to the other have their places", () => {
  const wide = column("wide", [1e300, -1e300, 1e-300]);
  const scatter = scatterOf({ x: wide, y: wide, ...linear }, [0, 1, 2])!;
  const { points, frame } = placePoints(scatter, colouringOf(null, [], [], "dark"), { width: 300, height: 200 });
  for (const point of points) {
    expect(point.x).toBeGreaterThanOrEqual(frame.inner.x);
    expect(point.x).toBeLessThanOrEqual(frame.inner.x + frame.inner.width);
  }
});

test("a run without a value for its colour is drawn all the same", () => {
  const scatter = scatterOf({ x, y, ...linear }, [0, 1])!;
  const pen = svgPen(300, 200);
  drawScatter(
    pen,
    scatter,
    colouringOf(column("c", [Number.NaN, 1]), ["a", "b"], [0, 1], "dark"),
    { width: 300, height: 200 },
    theme,
  );
  expect(pen.svg("#000").match(/<circle/g)).toHaveLength(2);
});
