import { describe, expect, test } from "vitest";
import { parseTableFilter } from "../../../src/domain/query/grammar";
import { matchRows } from "../../../src/domain/query/match";
import type { Brush } from "../../../src/protocol/chartsState";
import { svgPen } from "../../plot/svgPen";
import { colouringOf } from "../colouring";
import type { Column } from "../columns";
import { brushBetween, endsOf, filterOf, rowsLeft, steppedEnd, wholeOf } from "./brushes";
import { axisOf, brushPixels, drawBrushes, drawParallel, drawTitles, lineOf, placeAxes, rowAt } from "./parallel";

const column = (id: string, values: number[], words: string[] | null = null): Column => {
  return { id, label: id.slice(id.indexOf(":") + 1), values: Float64Array.from(values), words, kind: "number" };
};
const lr = column("param:lr", [0.001, 0.01, 0.1, Number.NaN]);
const optimizer = column("param:optimizer", [0, 1, 2, 0], ["adam", "it's", "sgd"]);
const loss = column("metric:val loss", [3, 2, 1, 0.5]);
const rows = [0, 1, 2, 3];

describe("brushes", () => {
  const whole = wholeOf(lr, true)!;

  test("let through what lies in them; what is missing never does", () => {
    expect(rowsLeft(rows, [{ column: lr, brush: { from: 0.005, to: null } }])).toEqual([1, 2]);
    expect(rowsLeft(rows, [{ column: lr, brush: { from: null, to: null } }])).toEqual([0, 1, 2]);
    expect(rowsLeft(rows, [{ column: optimizer, brush: { words: ["adam", "sgd"] } }])).toEqual([0, 2, 3]);
    const both = [
      { column: lr, brush: { from: null, to: 0.05 } },
      { column: loss, brush: { from: 2.5, to: null } },
    ];
    expect(rowsLeft(rows, both)).toEqual([0]);
    // A param that was numbers, and is words since.
    expect(rowsLeft(rows, [{ column: optimizer, brush: { from: 5, to: 6 } }])).toEqual(rows);
  });

  test("have readable ends, and none where the axis ends", () => {
    expect(brushBetween(lr, whole, true, { from: 0.0123456, to: 5 })).toEqual({ from: 0.0123, to: null });
    expect(brushBetween(loss, { from: 0.5, to: 3 }, false, { from: 0, to: 1.23456 })).toEqual({ from: null, to: 1.23 });
    expect(brushBetween(lr, whole, true, { from: 0, to: 1 })).toBeNull();
    expect(brushBetween(optimizer, { from: 0, to: 2 }, false, { from: 0.6, to: 9 })).toEqual({
      words: ["it's", "sgd"],
    });
    const words = (from: number, to: number) => brushBetween(optimizer, { from: 0, to: 2 }, false, { from, to });
    expect([words(-0.5, 0.7), words(0.6, 0.9)]).toEqual([{ words: ["adam"] }, { words: ["it's"] }]);
    const tiny = brushBetween(loss, { from: 1e-300, to: 3e-300 }, false, { from: 2e-300, to: 4e-300 });
    expect(tiny).toEqual({ from: 2e-300, to: null });
  });

  test("are moved by keys, end by end, no further than the other end", () => {
    const ends = steppedEnd(lr, whole, true, whole, "from", 25);
    expect(ends.from).toBeCloseTo(0.01, 6);
    expect(steppedEnd(lr, whole, true, { from: 0.05, to: 0.06 }, "from", 40).from).toBe(0.06);
    expect(steppedEnd(optimizer, { from: 0, to: 2 }, false, { from: 0, to: 2 }, "to", -1)).toEqual({ from: 0, to: 1 });
    expect(endsOf(optimizer, { from: 0, to: 2 }, { words: ["sgd", "gone"] })).toEqual({ from: 2, to: 2 });
    expect(endsOf(optimizer, { from: 0, to: 2 }, { words: ["gone"] })).toEqual({ from: 0, to: 2 });
  });

  /** Which rows the Runs table shows with a filter. */
  function shownBy(filter: string): number[] {
    const cells = (of: Column) =>
      of.words
        ? { kind: "text" as const, codes: Uint32Array.from(of.values, (value) => value + 1), texts: of.words }
        : {
            kind: "number" as const,
            values: of.values,
            present: Uint8Array.from(of.values, (v) => Number(!Number.isNaN(v))),
          };
    const known = [lr, optimizer, loss];
    const table = {
      rows: 4,
      ids: ["a", "b", "c", "d"],
      columnsOf: () => [],
      cells: ({ source, key }: { source: string; key: string }) => {
        const found = known.find(({ id }) => id === `${source}:${key}`);
        return found && cells(found);
      },
    };
    return [...matchRows(parseTableFilter(filter), table)].flatMap((shown, row) => (shown ? row : []));
  }

  test.each<[string, [Column, Brush][]]>([
    ["params.lr >= 0.005 AND params.lr <= 0.05", [[lr, { from: 0.005, to: 0.05 }]]],
    ["params.lr <= 1e-7", [[lr, { from: null, to: 1e-7 }]]],
    [
      `(params.optimizer = "it's" OR params.optimizer = 'sgd') AND metrics.\`val loss\` >= 1.5`,
      [
        [optimizer, { words: ["it's", "sgd"] }],
        [loss, { from: 1.5, to: null }],
      ],
    ],
    ["", []],
  ])("are a filter that leaves the same runs in the table: %s", (text, given) => {
    const brushed = given.map(([of, brush]) => ({ column: of, brush }));
    expect(filterOf(brushed, ["unused"])).toBe(text);
    expect(shownBy(text)).toEqual(rowsLeft(rows, brushed));
  });

  test("that no filter can name leave the runs by their ids", () => {
    const least = { column: column("metric@min:loss", [1, 2, 3, 4]), brush: { from: 2, to: null } };
    expect(filterOf([least], ["b", "c"])).toBe("run_id IN ('b', 'c')");
    expect(shownBy(filterOf([least], ["b", "c"]))).toEqual([1, 2]);
    expect(shownBy(filterOf([least], []))).toEqual([]);
    const named = { column: column('param:a`"b', [1, 2, 3, 4]), brush: { from: 2, to: null } };
    expect(filterOf([named], ["d"])).toBe("run_id IN ('d')");
  });
});

describe("lines", () => {
  const size = { width: 600, height: 300 };
  const theme = { foreground: "#fff", faint: "#999", background: "#000", cursor: "#00f", font: "11px x" };
  const colouring = colouringOf(null, ["a", "b", "c", "d"], rows, "dark");
  const axes = placeAxes([axisOf(lr, true), axisOf(optimizer, true), axisOf(loss, false)], colouring, size);

  test("go through the axes, and are broken where a value is missing", () => {
    expect(lineOf(axes, 3).y[0]).toBeNaN();
    const { x, y } = lineOf(axes, 1);
    expect(x).toEqual([96, 300, 504]);
    expect(y[0]).toBeCloseTo((40 + 284) / 2, 0);
    expect(rowAt(axes, rows, (x[0]! + x[1]!) / 2, (y[0]! + y[1]!) / 2)).toBe(1);
    expect(rowAt(axes, [], 100, 100)).toBeUndefined();
  });

  test("an axis of words is never logarithmic, and one without values has no marks", () => {
    expect(axes.map(({ log }) => log)).toEqual([true, false, false]);
    const [none] = placeAxes([axisOf(column("param:x", [Number.NaN, -1]), true)], colouring, size);
    expect(none).toMatchObject({ log: false });
    expect(placeAxes([axisOf(column("param:x", [Number.NaN]), false)], colouring, size)[0]!.ticks).toEqual([]);
  });

  test("are drawn with what was brushed, names without their markup", () => {
    const hostile = axisOf(column("param:<script>", [1, 2, 3, 4]), false);
    const placed = placeAxes([hostile, axisOf(optimizer, false)], colouring, size);
    const pen = svgPen(size.width, size.height);
    drawParallel(pen, { axes: placed, rows, left: [0, 1], colouring }, size, theme);
    drawTitles(pen, placed, theme);
    drawBrushes(pen, placed, { "param:optimizer": { words: ["sgd"] } }, theme);
    const svg = pen.svg("#000");
    expect(svg).toContain("&lt;script&gt;");
    expect(svg).not.toContain("<script");
    const [top, bottom] = brushPixels(placed[1]!, { from: 2, to: 2 });
    expect(bottom - top).toBeCloseTo((284 - 40) / 3, 0);
    expect(svg).toContain('fill="#00f"');
  });
});
