import { describe, expect, test } from "vitest";
import { columnId } from "../../src/domain/table/columns";
import { DEFAULT_TABLE_VIEW, type TableView } from "../../src/protocol/tableView";
import { directionOf, heatOf, judge, spanOf } from "./better";
import { showValue } from "./cellText";
import { arrangeColumns, differingColumns, shownColumns } from "./columns";
import { COPY_FORMATS, writeTable } from "./copy";
import type { TableData } from "./data";
import { showGroupCell, summarize } from "./groups";
import { arrangeRows, readFilter } from "./rows";
import { column, idOf, partOf, tableOf } from "./testData";

const view = (part: Partial<TableView>): TableView => ({ ...DEFAULT_TABLE_VIEW, ...part });
/** Numbers of the runs, in the order of the table. */
function order(data: TableData, part: Partial<TableView>): number[] {
  const shown = view(part);
  const { rows } = arrangeRows(data, shown, readFilter(shown.filter));
  return Array.from(rows, (row) => Number.parseInt(data.ids[row]!, 16));
}
const ascending = (id: string) => ({ column: id, descending: false });
const descending = (id: string) => ({ column: id, descending: true });

describe("order", () => {
  const data = tableOf({
    1: { "metric:loss": 0.5, "param:lr": "0.1", "run:name": "run 10" },
    2: { "metric:loss": Number.NaN, "param:lr": "auto", "run:name": "run 9" },
    3: { "metric:loss": 1e300, "param:lr": "1e-3", "run:name": "Run 9" },
    4: { "param:lr": "0.1", "run:name": "a" },
    5: { "metric:loss": Number.NEGATIVE_INFINITY, "run:name": "b" },
    6: { "metric:loss": Number.MAX_VALUE, "run:name": "c" },
  });

  test("the newest first, when nothing is asked for", () => {
    expect(order(data, {})).toEqual([6, 5, 4, 3, 2, 1]);
  });
  test("NaN behind numbers and what is missing last, whichever way", () => {
    expect(order(data, { sort: [ascending("metric:loss")] })).toEqual([5, 1, 3, 6, 2, 4]);
    expect(order(data, { sort: [descending("metric:loss")] })).toEqual([6, 3, 1, 5, 2, 4]);
  });
  test("texts that are numbers by size, others as people count", () => {
    expect(order(data, { sort: [ascending("param:lr")] })).toEqual([3, 4, 1, 2, 6, 5]);
    expect(order(data, { sort: [ascending("run:name")] })).toEqual([4, 5, 6, 2, 3, 1]);
  });
  test("by several columns", () => {
    expect(order(data, { sort: [ascending("param:lr"), ascending("metric:loss")] })).toEqual([3, 1, 4, 2, 5, 6]);
    expect(order(data, { sort: [ascending("param:none")] })).toEqual([6, 5, 4, 3, 2, 1]);
  });
  test("the filter leaves out, and says what it does not understand", () => {
    expect(order(data, { filter: "metrics.loss < 1 or params.lr = 'auto'" })).toEqual([5, 2, 1]);
    expect(readFilter("metrics.loss <").fault).toContain("Invalid clause");
  });
});

describe("runs that change", () => {
  test("are written over in place, with what they lost", () => {
    const data = tableOf({ 1: { "metric:loss": 1, "tag:a": "x" }, 2: { "metric:loss": 2 } });
    const before = data.rowOf(idOf(1))!;
    const { rows, columns } = partOf({ 1: { "metric:loss": 3, "tag:b": "y" } });
    data.addPart(rows, columns);
    expect(data.rowOf(idOf(1))).toBe(before);
    expect(["metric:loss", "tag:a", "tag:b"].map((id) => data.value(column(id), before))).toEqual([3, undefined, "y"]);
    expect(data.value(column("metric:loss"), data.rowOf(idOf(2))!)).toBe(2);
  });

  test("come and go", () => {
    const data = tableOf({ 1: { "param:a": "x" } });
    for (let number = 2; number < 300; number++) {
      const { rows, columns } = partOf({ [number]: { "param:a": String(number) } });
      data.addPart(rows, columns);
    }
    data.removeRun(idOf(5));
    expect(order(data, {})).toHaveLength(298);
    expect(data.value(column("param:a"), data.rowOf(idOf(299))!)).toBe("299");
    expect(data.rowOf(idOf(5))).toBeUndefined();
    const { rows, columns } = partOf({ 5: { "param:a": "back" } });
    data.addPart(rows, columns);
    expect(data.value(column("param:a"), data.rowOf(idOf(5))!)).toBe("back");
  });

  test("an index drops runs that are gone, and cells of unknown runs are passed over", () => {
    const data = tableOf({ 1: { "param:a": "x" }, 2: { "param:a": "y" } });
    data.setIndex(partOf({ 2: {} }).rows, [column("param:a")], 1);
    data.setColumns(partOf({ 1: { "param:a": "late" }, 2: { "param:a": "z" }, 9: { "param:a": "?" } }).columns);
    expect(order(data, {})).toEqual([2]);
    expect(data.value(column("param:a"), data.rowOf(idOf(2))!)).toBe("z");
  });
});

describe("columns", () => {
  const data = tableOf({
    1: { "run:name": "a", "param:lr": "1", "param:same": "s", "metric:loss": Number.NaN, "metric:system/cpu": 1 },
    2: { "run:name": "b", "param:lr": "2", "param:same": "s", "metric:loss": Number.NaN, "metric:system/cpu": 2 },
  });
  const shown = (part: Partial<TableView>) => {
    const arranged = arrangeColumns(data.allColumns(), view(part));
    const differ = differingColumns(data, arranged, data.liveRows());
    return shownColumns(arranged, view(part), differ).map(columnId);
  };

  test("only what differs", () => {
    expect(shown({})).toEqual(["run:name", "run:startTime", "param:lr"]);
  });
  test("all but what the machine did, when all is asked for", () => {
    expect(shown({ whole: true })).toEqual(["run:name", "run:startTime", "metric:loss", "param:lr", "param:same"]);
  });
  test("shown, hidden, moved and pinned by hand", () => {
    const part = { shown: ["param:same", "metric@min:loss"], hidden: ["run:startTime"], order: ["param:same"] };
    expect(shown(part)).toEqual(["run:name", "param:same", "metric@min:loss", "param:lr"]);
    expect(shown({ pinned: ["param:lr"] })[0]).toBe("param:lr");
  });
  test("of one run all that it has", () => {
    const one = tableOf({ 1: { "run:name": "a", "param:lr": "1" } });
    const differ = differingColumns(one, one.allColumns(), one.liveRows());
    expect([...differ].sort()).toEqual(["param:lr", "run:name", "run:startTime"]);
  });
});

describe("groups", () => {
  const data = tableOf({
    1: { "param:lr": "1", "metric:acc": 0.8, "run:name": "a" },
    2: { "param:lr": "2", "metric:acc": 0.5, "run:name": "b" },
    3: { "param:lr": "1", "metric:acc": 0.9, "run:name": "c" },
    4: { "metric:acc": Number.NaN, "run:name": "d" },
  });
  test("have the runs with equal values, and mean and spread of the others", () => {
    const grouped = view({ groups: ["param:lr"], unfolded: ['["1"]'] });
    const { lines } = arrangeRows(data, grouped, readFilter(""));
    const shape = lines.map((line) => (line.kind === "run" ? data.ids[line.row]!.slice(-1) : line.group.key));
    expect(shape).toEqual(["[null]", '["1"]', "3", "1", '["2"]']);
    expect(showGroupCell(data, column("metric:acc"), [0, 2], 0)).toBe("0.85 ± 0.070711");
    expect(showGroupCell(data, column("run:name"), [0, 2], 0)).toBe("2 values");
    expect(showGroupCell(data, column("param:lr"), [0, 2], 0)).toBe("1");
    expect(showGroupCell(data, column("metric:acc"), [3], 0)).toBe("NaN");
  });
  test("the spread keeps its digits where values are large", () => {
    const far = tableOf({ 1: { "metric:x": 1e9 + 4 }, 2: { "metric:x": 1e9 + 7 }, 3: { "metric:x": 1e9 + 13 } });
    expect(summarize(far, column("metric:x"), [0, 1, 2])!.spread).toBeCloseTo(Math.sqrt(21), 9);
    expect(summarize(far, column("metric:y"), [0, 1, 2])).toBeUndefined();
  });
});

test("better and worse by the direction, which can be corrected", () => {
  const less = new Set(["loss"]);
  const guess = (id: string, part: Partial<TableView> = {}) => directionOf(column(id), view(part), less);
  expect(["metric:loss", "metric:acc", "param:loss", "metric@count:loss"].map((id) => guess(id))).toEqual([
    "less",
    "more",
    "neither",
    "neither",
  ]);
  expect(guess("metric:loss", { better: { loss: "more" } })).toBe("more");
  expect([judge(1, 2, "less"), judge(1, 2, "more"), judge(2, 2, "more"), judge(Number.NaN, 1, "less")]).toEqual([
    "better",
    "worse",
    "same",
    undefined,
  ]);
});

test("heat runs over the finite values, from end to end of what numbers can say", () => {
  const data = tableOf({
    1: { "metric:x": -1e308 },
    2: { "metric:x": 1e308 },
    3: { "metric:x": Number.POSITIVE_INFINITY },
    4: { "metric:x": 0 },
    5: { "metric:one": 3 },
  });
  const span = spanOf(data, column("metric:x"), data.liveRows())!;
  expect([-1e308, 1e308, 0, Number.NaN].map((value) => heatOf(value, span, "more"))).toEqual([0, 1, 0.5, undefined]);
  expect(heatOf(1e308, span, "less")).toBe(0);
  expect(spanOf(data, column("metric:one"), data.liveRows())).toBeUndefined();
});

test("values read well, whatever they are", () => {
  expect(showValue(column("metric:x"), 1e-300, 0)).toBe("1e-300");
  expect(showValue(column("param:x"), "y".repeat(10_000), 0)).toHaveLength(301);
  expect(showValue(column("data:train"), "abcdef0123456789", 0)).toBe("abcdef01");
  expect(showValue(column("run:duration"), 65_000, 0)).toBe("1 min 05 s");
  expect(showValue(column("tag:x"), undefined, 0)).toBe("");
});

test("copies are quoted as each format wants it", () => {
  const table = { heading: ["Run", "a|b_c"], rows: [['x, "y"\nz', "0.5 ± 0.1 & 50%"]] };
  const [text, csv, markdown, latex] = COPY_FORMATS.map((format) => writeTable(table, format));
  expect(text).toBe('Run\ta|b_c\nx, "y" z\t0.5 ± 0.1 & 50%\n');
  expect(csv).toBe('Run,a|b_c\n"x, ""y""\nz",0.5 ± 0.1 & 50%\n');
  expect(markdown).toBe('| Run | a\\|b\\_c |\n| --- | --- |\n| x, "y" z | 0.5 ± 0.1 & 50% |\n');
  expect(latex).toContain("Run & a|b\\_c \\\\");
  expect(latex).toContain('x, "y" z & 0.5 $\\pm$ 0.1 \\& 50\\% \\\\');
});
