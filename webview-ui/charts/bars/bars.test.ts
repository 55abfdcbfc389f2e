import { describe, expect, test } from "vitest";
import { boxOf } from "../../../src/domain/box";
import type { ChartRun } from "../../../src/protocol/charts";
import { svgPen } from "../../plot/svgPen";
import type { Column } from "../columns";
import { type BarsOptions, barsOf, barsTable, readBar } from "./bars";
import { type BarsPicture, barsFrame, drawBars, sidesOf } from "./drawBars";

const run = (id: string, startTime: number): ChartRun => {
  return { id, name: `run ${id}`, status: "finished", experiment: "e", startTime, duration: 1, params: {}, tags: {} };
};
const runs = [run("b10", 3), run("b9", 1), run("c", 2), run("<b>", 4)];
const rows = [0, 1, 2, 3];
const column = (label: string, values: number[], words: string[] | null = null): Column => {
  return { id: `param:${label}`, label, values: Float64Array.from(values), words, kind: "number" };
};
const loss = column("loss", [1, 4, 2, Number.NaN]);
const whole: BarsOptions = {
  ...{ value: loss, group: null, runs, boxes: null, background: "dark" },
  ...{ shape: "bars", order: "value" },
};
const labels = (part: Partial<BarsOptions>, of = rows) => barsOf({ ...whole, ...part }, of).map(({ label }) => label);

describe("bars", () => {
  test("of runs stand in the order of their values, names or starts", () => {
    expect(labels({})).toEqual(["run b9", "run c", "run b10"]);
    expect(labels({ order: "name" })).toEqual(["run b9", "run b10", "run c"]);
    expect(labels({ order: "start" }, [0, 1])).toEqual(["run b9", "run b10"]);
    expect(labels({ value: column("w", [0, 1, 0, 1], ["x", "y"]) })).toEqual([]);
  });

  test("of groups are means with the deviation of a sample; runs without a value are a group", () => {
    const group = column("depth", [1, 2, 1, 2]);
    const bars = barsOf({ ...whole, group, order: "name", shape: "boxes" }, rows);
    expect(bars.map(({ label, value, count, spread }) => [label, value, count, spread])).toEqual([
      ["depth: 1", 1.5, 2, expect.closeTo(Math.sqrt(0.5), 12)],
      ["depth: 2", 4, 1, null],
    ]);
    expect(bars[0]!.box).toEqual(boxOf([1, 2]));
    expect(readBar(bars[0]!, loss, true).slice(0, 2)).toEqual([
      ["Mean of loss", "1.5 ± 0.70711"],
      ["Runs", "2"],
    ]);
    expect(labels({ group: column("depth", [Number.NaN, 0, 1, 1], ["x", "y"]), order: "name" })).toEqual([
      "depth: x",
      "depth: y",
      "depth: (none)",
    ]);
  });

  test("of the greatest numbers there are stay numbers", () => {
    const value = column("big", [1.7e308, 1.7e308, -1e308, 1e308]);
    const [bar] = barsOf({ ...whole, value, group: column("g", [1, 1, 1, 1]) }, rows);
    expect(bar!.value).toBeCloseTo(0.85e308, -300);
    expect(Number.isFinite(bar!.spread!)).toBe(true);
  });

  test("are saved with what they were made of", () => {
    const bars = barsOf({ ...whole, shape: "boxes", boxes: [boxOf([1, 2, 3]), null, null, null] }, [0]);
    expect(barsTable(bars, loss, { group: false, shape: "boxes" })).toEqual({
      heading: ["run", "id", "loss", "low", "q1", "median", "q3", "high", "count"],
      rows: [["run b10", "b10", "1", "1", "1.5", "2", "2.5", "3", "3"]],
    });
    const groups = barsOf({ ...whole, group: column("=g", [1, 1, 1, 1]) }, [0, 1]);
    const [row] = barsTable(groups, loss, { group: true, shape: "bars" }).rows;
    expect(row!.slice(0, 3)).toEqual(["'=g: 1", "2", "2.5"]);
    expect(Number(row![3])).toBeCloseTo(Math.sqrt(4.5), 12);
  });

  test("of times and durations are read as such, with durations between them, and saved in seconds", () => {
    const group = column("g", [1, 1, 1, 1]);
    const duration: Column = { ...column("duration", [60_000, 70_000, 0, 0]), kind: "duration" };
    const bars = barsOf({ ...whole, value: duration, group, shape: "boxes" }, [0, 1]);
    const [row] = barsTable(bars, duration, { group: true, shape: "boxes" }).rows;
    expect(row!.slice(2).map((cell) => Number(Number(cell).toFixed(2)))).toEqual([65, 7.07, 60, 62.5, 65, 67.5, 70, 2]);
    expect(readBar(bars[0]!, duration, true)[0]).toEqual(["Mean of duration", "1 min 05 s ± 7.1 s"]);
    const start: Column = { ...duration, kind: "time" };
    expect(barsTable(bars, start, { group: true, shape: "bars" }).rows[0]!.slice(2, 4)).toEqual([
      "1970-01-01T00:01:05.000Z",
      row![3],
    ]);
    expect(readBar(bars[0]!, start, true)[0]![1]).toMatch(/ ± 7\.1 s$/);
  });

  test("of groups that read alike are told apart", () => {
    const group: Column = { ...column("duration", [60_100, 60_200, 0, 0]), kind: "duration" };
    const bars = barsOf({ ...whole, group }, [0, 1]);
    expect(new Set(bars.map(({ label }) => label)).size).toBe(1);
    expect(new Set(bars.map(({ id }) => id)).size).toBe(2);
  });
});

describe("the picture", () => {
  const size = { width: 600, height: 300 };
  const theme = { foreground: "#fff", faint: "#999", background: "#000", cursor: "#00f", font: "11px x" };
  const pictureOf = (part: Partial<BarsOptions>, log = false): BarsPicture => {
    const options = { ...whole, ...part };
    return { bars: barsOf(options, rows), column: options.value, shape: options.shape, log };
  };

  test("has bars that begin at zero, or at the foot of a logarithmic axis", () => {
    expect(barsFrame(pictureOf({}), size)!.y).toMatchObject({ from: 0, log: false });
    expect(barsFrame(pictureOf({ value: column("x", [-1, 1, 0, 0]) }), size)!.y.from).toBeLessThan(-1);
    expect(barsFrame(pictureOf({}, true), size)!.y.from).toBeLessThan(1);
    expect(barsFrame(pictureOf({ value: column("x", [-1, 0, -2, 0]) }, true), size)).toBeNull();
    expect(barsFrame(pictureOf({ value: column("x", [5e-324, 0, 0, 0]) }), size)).not.toBeNull();
  });

  test("has bars side by side, each in its own room, and names without their markup", () => {
    const picture = pictureOf({ value: column("loss", [1, 2, 3, 4]) });
    const frame = barsFrame(picture, size)!;
    const [first, second] = [sidesOf(frame, 0), sidesOf(frame, 1)];
    expect(first.left).toBeGreaterThan(frame.inner.x);
    expect(first.left + first.width).toBeLessThan(second.left);
    const pen = svgPen(size.width, size.height);
    drawBars(pen, picture, size, theme);
    expect(pen.svg("#000")).toContain("run &lt;b&gt;");
    expect(pen.svg("#000").match(/<rect /g)!.length).toBeGreaterThanOrEqual(4);
  });

  test("shows what stands apart from a box", () => {
    const boxes = [boxOf([1, 1, 1, 1, 1, 1, 50]), null, null, null];
    const pen = svgPen(size.width, size.height);
    const picture = { ...pictureOf({ shape: "boxes", boxes }), bars: barsOf({ ...whole, shape: "boxes", boxes }, [0]) };
    drawBars(pen, picture, size, theme);
    expect(pen.svg("#000").match(/<circle/g)).toHaveLength(1);
    expect(barsFrame(picture, size)!.y.to).toBeGreaterThan(50);
  });
});
