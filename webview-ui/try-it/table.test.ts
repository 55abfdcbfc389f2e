import { describe, expect, test } from "vitest";
import type { InputColumn } from "../../src/domain/bundle";
import { bodyOf, emptyTable, hintOf, MOST_ROWS, type Table, tableOf } from "./table";

const column = (part: Partial<InputColumn> = {}): InputColumn => ({
  name: "a",
  type: "double",
  required: true,
  ...part,
});
const split = (columns: string[], data: unknown[][]) => JSON.stringify({ dataframe_split: { columns, data } });
const typed = (...rows: string[][]) => rows.map((row) => row.map((text) => ({ text })));
const texts = (table: Table | null) => table!.rows.map((row) => row.map(({ text }) => text));
const values = (table: Table) => JSON.parse(bodyOf(table).body).dataframe_split.data;

describe("a body becomes a table", () => {
  test("with the types that are known, else those of the values", () => {
    const known = column({ name: "age", type: "long", minimum: 1, maximum: 9 });
    const table = tableOf(
      split(
        ["age", "name", "on", "odd"],
        [
          [3, "x", true, 1],
          [null, "y", false, "z"],
        ],
      ),
      [known],
    );
    expect(table!.columns.map(({ type }) => type)).toEqual(["long", "string", "boolean", "any"]);
    expect(table!.columns[0]).toBe(known);
    expect(texts(table)).toEqual([
      ["3", "x", "true", "1"],
      ["", "y", "false", "z"],
    ]);
  });

  test.each(["dataframe_records", "instances", "inputs"])("from %s, with all keys", (key) => {
    const table = tableOf(JSON.stringify({ [key]: [{ a: 1 }, { b: 2 }] }), null);
    expect(table!.columns).toMatchObject([{ name: "a" }, { name: "b" }]);
    expect(texts(table)).toEqual([
      ["1", ""],
      ["", "2"],
    ]);
  });

  test.each([
    "{",
    "[]",
    "{}",
    JSON.stringify({ inputs: [[1, 2]] }),
    split(["a"], []),
    split(["a", "a"], [[1, 2]]),
    split(["a"], [[1, 2]]),
    '{"inputs": [{"a": 12345678901234567890}]}',
    split(["a"], [[[1, 2]]]),
    split(
      ["a"],
      Array.from({ length: MOST_ROWS + 1 }, () => [1]),
    ),
  ])("but not %s", (body) => expect(tableOf(body, null)).toBeNull());
});

test("what is typed becomes values of the columns' types", () => {
  const columns = [
    column({ name: "n" }),
    column({ name: "w", type: "long" }),
    column({ name: "b", type: "boolean" }),
    column({ name: "s", type: "string" }),
    column({ name: "x", type: "any", required: false }),
    column({ name: "e", required: false }),
  ];
  const table = { columns, rows: typed([" 1.50 ", "7", "TRUE", "007", "42", ""]) };
  expect(bodyOf(table).faults).toEqual([]);
  expect(values(table)).toEqual([[1.5, 7, true, "007", 42, null]]);
  expect(JSON.parse(bodyOf(table).body).dataframe_split.columns).toEqual(["n", "w", "b", "s", "x", "e"]);
});

test("what cannot be is said with its place", () => {
  const columns = [column(), column({ type: "long" }), column({ type: "boolean" }), column({ type: "datetime" })];
  const { faults } = bodyOf({
    columns,
    rows: typed(["1", "1", "true", "2020"], ["x", "1.5", "maybe", ""]),
  });
  expect(faults).toEqual([
    { row: 1, column: 0, message: "a number" },
    { row: 1, column: 1, message: "a whole number" },
    { row: 1, column: 2, message: "true or false" },
    { row: 1, column: 3, message: "a value" },
  ]);
});

test("without a sample there is a row to begin with", () => {
  const table = emptyTable([column({ minimum: 4 }), column({ type: "boolean" }), column({ type: "string" })]);
  expect(texts(table)).toEqual([["4", "false", ""]]);
  expect(values(table)).toEqual([[4, false, ""]]);
});

test.each([
  split(
    ["a", "b"],
    [
      [0.1, "x"],
      [2, "y"],
    ],
  ),
  split(["any", "text"], [["12", null]]),
  JSON.stringify({ dataframe_records: [{ a: "1" }, { b: null }], params: { k: [1] } }),
  JSON.stringify({ params: {}, instances: [{ a: true }] }),
])("a table that was read and written is the same: %s", (body) => {
  expect(JSON.parse(bodyOf(tableOf(body, null)!).body)).toEqual(JSON.parse(body));
});

test("to change a cell changes no other", () => {
  const table = tableOf(split(["n", "any", "text"], [[1, "12", null]]), [column({ name: "text", type: "string" })])!;
  expect(values({ ...table, rows: table.rows.map((row) => row.with(0, { text: "2" })) })).toEqual([[2, "12", null]]);
});

test("what a column takes, in words", () => {
  expect(hintOf(column({ type: "long", minimum: 0, maximum: 14.2 }))).toBe("whole number, 0 to 14.2 seen");
  expect(hintOf(column({ type: "string", required: false }))).toBe("string, may be empty");
});
