import { describe, expect, test } from "vitest";
import { SearchError } from "../search/filter";
import type { ColumnKey } from "../table/columns";
import { complete } from "./complete";
import { nameInFilter, parseTableFilter, quoteInFilter } from "./grammar";
import { isLike } from "./like";
import { type Cells, matchRows, type Table } from "./match";

const numbers = (...values: (number | null)[]): Cells => ({
  kind: "number",
  values: Float64Array.from(values, (value) => value ?? 0),
  present: Uint8Array.from(values, (value) => (value === null ? 0 : 1)),
});

function texts(...values: (string | null)[]): Cells {
  const distinct = [...new Set(values.filter((value) => value !== null))];
  return {
    kind: "text",
    codes: Uint32Array.from(values, (value) => (value === null ? 0 : distinct.indexOf(value) + 1)),
    texts: distinct,
  };
}

const COLUMNS: [ColumnKey, Cells][] = [
  [{ source: "run", key: "name" }, texts("Bold Fox", "calm owl", "fox two", "it's")],
  [{ source: "run", key: "status" }, texts("finished", "failed", "finished", "running")],
  [{ source: "run", key: "startTime" }, numbers(1, 2, 3, 4)],
  [{ source: "metric", key: "loss" }, numbers(0.5, Number.NaN, 1e-300, null)],
  [{ source: "param", key: "lr" }, texts("0.1", "1e-2", "auto", null)],
  [{ source: "tag", key: "team" }, texts(null, "vision", "Vision", null)],
  [{ source: "data", key: "train" }, texts("aaaa1", "bbbb2", null, null)],
];
const table: Table = {
  rows: 4,
  ids: ["a", "b", "c", "d"],
  cells: ({ source, key }) => COLUMNS.find(([column]) => column.source === source && column.key === key)?.[1],
  columnsOf: (source) => COLUMNS.flatMap(([column]) => (column.source === source ? column : [])),
};
const rowsOf = (text: string) => {
  const mask = matchRows(parseTableFilter(text), table);
  return table.ids.filter((_, row) => mask[row]).join("");
};

test.each([
  ["", "abcd"],
  ["metrics.loss < 1", "ac"],
  ["metrics.loss != 0.5", "bc"],
  ["metrics.loss IS NULL", "d"],
  ["metrics.nothing > 0", ""],
  ["params.nothing IS NULL", "abcd"],
  ["params.lr = '0.1'", "a"],
  ["params.lr < 0.05", "b"],
  ["params.lr >= 0.1", "a"],
  ["params.lr != 'auto'", "ab"],
  ["status = 'FINISHED'", "ac"],
  ["status IN ('failed', 'running')", "bd"],
  ["name LIKE '%fox%'", "c"],
  ["run_name ILIKE '%FOX%'", "ac"],
  ["name LIKE '____ Fox'", "a"],
  ['name = "it\'s"', "d"],
  ["tags.team = 'vision' or metrics.loss = 0.5", "ab"],
  ["(status = 'failed' or status = 'running') and start_time > 2", "d"],
  ["run_id IN ('a', 'c')", "ac"],
  ["datasets.name = 'train'", "ab"],
  ["datasets.digest = 'bbbb'", "b"],
  ["fox", "ac"],
  ["fox two", "c"],
  ["vision", "bc"],
])("%s lets %s through", (text, rows) => {
  expect(rowsOf(text)).toBe(rows);
});

test.each(["metrics.loss >", "metrics.loss = 'x'", "nonsense = 'x'", "(status = 'a'", "params.lr > 'x'"])(
  "%s is refused with a sentence",
  (text) => expect(() => parseTableFilter(text)).toThrow(SearchError),
);

test.each([
  ["abc", "abc", true],
  ["abc", "a%", true],
  ["abc", "%b%", true],
  ["abc", "_b_", true],
  ["abc", "b%", false],
  ["abc", "____", false],
  ["", "%", true],
  ["", "_", false],
  ["a%c", "a.c", false],
  ["abab", "%ab", true],
  ["a".repeat(20_000), `${"%a".repeat(50)}%b`, false],
])("%# %s like %s: %s", (text, pattern, expected) => {
  expect(isLike(text, pattern)).toBe(expected);
});

test.each(["lr", "a.b", "val loss", "a`b", "1st", "π", "select"])("a param called %s can be named", (key) => {
  const written = nameInFilter({ source: "param", key })!;
  const parsed = parseTableFilter(`${written} = 'x'`);
  expect(parsed).toMatchObject({ filter: { terms: [{ entity: "param", key }] } });
});

test.each(["x", "it's", 'a"b', 'it\'s "so"'])("the text %s can be compared with", (value) => {
  const parsed = parseTableFilter(`params.a = ${quoteInFilter(value)}`);
  expect(parsed).toMatchObject({ filter: { terms: [{ value }] } });
});

describe("completion", () => {
  const source = {
    columns: COLUMNS.map(([column]) => column),
    texts: (column: ColumnKey) => {
      const cells = table.cells(column);
      return cells?.kind === "text" ? cells.texts : [];
    },
  };
  const offer = (text: string, cursor = text.length) => {
    const { from, options } = complete(text, cursor, source);
    return [from, options.map(({ insert }) => insert.trim())];
  };
  test.each([
    ["par", 0, ["params.lr"]],
    ["metrics.loss < 1 and st", 21, ["status", "start_time"]],
    ["status = ", 9, ["'finished'", "'failed'", "'running'"]],
    ["status = 'fa", 9, ["'failed'"]],
    ["status = 'failed' ", 18, ["and", "or"]],
    ["metrics.loss ", 13, ["=", "!=", "<", "<=", ">", ">="]],
    ["(tags.te", 1, ["tags.team"]],
  ])("after %s", (text, from, options) => {
    expect(offer(text)).toEqual([from, options]);
  });
});
