import { describe, expect, test } from "vitest";
import { padded, place, rangeOf, type Scale, valueAt } from "./scale";
import { svgPen } from "./svgPen";
import { ticksOf } from "./ticks";

const scale = (from: number, to: number, log = false): Scale => ({ from, to, start: 0, end: 100, log });
const labels = (...of: Parameters<typeof ticksOf>) => ticksOf(...of).map(({ label }) => label);

describe("scales", () => {
  test.each([scale(0, 10), scale(-1e308, 1e308), scale(1e-300, 2e-300), scale(1e-300, 1e300, true)])(
    "lead from values to pixels and back: %o",
    (axis) => {
      expect(place(axis, axis.from)).toBeCloseTo(0, 6);
      expect(place(axis, axis.to)).toBeCloseTo(100, 6);
      expect(place(axis, valueAt(axis, 30))).toBeCloseTo(30, 6);
    },
  );

  test("what is no number has no place", () => {
    expect(place(scale(1, 10, true), -1)).toBeNaN();
    expect(place(scale(1, 10), Number.NaN)).toBeNaN();
  });

  test("ranges leave out what cannot be drawn, and have room", () => {
    expect(rangeOf([[Number.NaN, 3, Infinity], [-1]], false)).toEqual({ from: -1, to: 3 });
    expect(rangeOf([[0, -1, 0.1]], true)).toEqual({ from: 0.1, to: 0.1 });
    expect(rangeOf([[Number.NaN]], false)).toBeNull();
    expect(padded({ from: 5, to: 5 }, false)).toEqual({ from: 4.5, to: 5.5 });
    expect(padded({ from: 0, to: 0 }, false)).toEqual({ from: -1, to: 1 });
    for (const range of [padded({ from: -1e308, to: 1.7e308 }, false), padded({ from: 1e-300, to: 1e300 }, true)])
      expect(Object.values(range).every(Number.isFinite)).toBe(true);
  });
});

describe("ticks", () => {
  test("are round, and told apart by their labels", () => {
    expect(labels(scale(0, 1), 5)).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(labels(scale(0, 100_000), 5)).toEqual(["0", "20000", "40000", "60000", "80000", "100000"]);
    expect(labels(scale(1.0001, 1.0003), 2)).toEqual(["1.0001", "1.0002", "1.0003"]);
    expect(labels(scale(0, 1e300), 2)).toEqual(["0", "5e299", "1e300"]);
    expect(labels(scale(1e-300, 3e-300), 2)).toEqual(["1e-300", "2e-300", "3e-300"]);
  });

  test.each([
    [scale(-1e308, 1e308), 5],
    [scale(1e-300, 1e300, true), 6],
    [scale(1, 1 + Number.EPSILON), 5],
    [scale(0, 5e-324), 5],
    [scale(1e15, 1e15 + 1), 5],
  ] as const)("are few whatever the range: %o", (axis, count) => {
    const found = ticksOf(axis, count);
    expect(found.filter(({ label }) => label).length).toBeLessThanOrEqual(count * 2 + 2);
    expect(found.length).toBeLessThan(1_000);
  });

  test("of a log axis are powers of ten", () => {
    expect(labels(scale(1, 10_000, true), 6)).toEqual(["1", "10", "100", "1000", "10000"]);
    expect(labels(scale(0.9, 12, true), 6)).toEqual(["1", "2", "5", "10"]);
  });

  test("of counts are whole", () => {
    expect(labels(scale(0, 2.5), 5, "count")).toEqual(["0", "1", "2"]);
    expect(labels(scale(0, 1_000), 4, "count")).toEqual(["0", "500", "1000"]);
  });

  test("of durations are whole seconds, minutes and hours", () => {
    expect(labels(scale(0, 20_000), 5, "duration")).toEqual(["0", "5 s", "10 s", "15 s", "20 s"]);
    expect(labels(scale(0, 7_200_000), 5, "duration")).toEqual(["0", "30 min", "1 h", "1 h 30 min", "2 h"]);
  });
});

test("hostile texts and colours stay within their attributes", () => {
  const pen = svgPen(100, 50);
  pen.text(`<script>alert(1)</script>"'&`, 0, 0, { colour: "#000", font: "12px x" });
  pen.line([0, 1, 2, 3], [1, Number.NaN, 2, 3], { colour: `"><script>`, width: 1 });
  const svg = pen.svg("white");
  expect(svg).not.toContain("<script");
  expect(svg).toContain("&lt;script&gt;alert(1)");
  expect(svg).toContain("M2 2L3 3");
  expect(svg).toContain('<circle cx="0" cy="1" r="2.5"');
});
