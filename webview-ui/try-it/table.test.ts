import { describe, expect, test } from "vitest";
import type { InputColumn } from "../../src/domain/bundle";
import { bodyOf, emptyTable, hintOf, MOST_ROWS, tableOf } from "./table";

const column = (part: Partial<InputColumn> = {}): InputColumn => ({
  name: "a",
  type: "double",
  required: true,
  ...part,
});
const split = (columns: string[], data: unknown[][]) => JSON.stringify({ dataframe_split: { columns, data } });
const values = (table: Parameters<typeof bodyOf>[0]) => JSON.parse(bodyOf(table).body).dataframe_split.data;

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
    expect(table!.rows).toEqual([
      ["3", "x", "true", "1"],
      ["", "y", "false", "z"],
    ]);
  });

  test.each(["dataframe_records", "instances", "inputs"])("from %s, with all keys", (key) => {
    const table = tableOf(JSON.stringify({ [key]: [{ a: 1 }, { b: 2 }] }), null);
    expect(table).toMatchObject({
      columns: [{ name: "a" }, { name: "b" }],
      rows: [
        ["1", ""],
        ["", "2"],
      ],
    });
  });

  test.each([
    "{",
    "[]",
    "{}",
    JSON.stringify({ inputs: [[1, 2]] }),
    split(["a"], []),
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
  const table = { columns, rows: [[" 1.50 ", "7", "TRUE", "007", "42", ""]] };
  expect(bodyOf(table).faults).toEqual([]);
  expect(values(table)).toEqual([[1.5, 7, true, "007", 42, null]]);
  expect(JSON.parse(bodyOf(table).body).dataframe_split.columns).toEqual(["n", "w", "b", "s", "x", "e"]);
});

test("what cannot be is said with its place", () => {
  const columns = [column(), column({ type: "long" }), column({ type: "boolean" }), column({ type: "datetime" })];
  const { faults } = bodyOf({
    columns,
    rows: [
      ["1", "1", "true", "2020"],
      ["x", "1.5", "maybe", ""],
    ],
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
  expect(table.rows).toEqual([["4", "false", ""]]);
  expect(values(table)).toEqual([[4, false, ""]]);
});

test("a table that was read and written is the same", () => {
  const body = split(
    ["a", "b"],
    [
      [0.1, "x"],
      [2, "y"],
    ],
  );
  expect(JSON.parse(bodyOf(tableOf(body, null)!).body)).toEqual(JSON.parse(body));
});

test("what a column takes, in words", () => {
  expect(hintOf(column({ type: "long", minimum: 0, maximum: 14.2 }))).toBe("whole number, 0 to 14.2 seen");
  expect(hintOf(column({ type: "string", required: false }))).toBe("string, may be empty");
});
