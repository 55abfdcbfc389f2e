import { expect, test } from "vitest";
import { parseTableFilter } from "../../src/domain/query/grammar";
import { TableView } from "../../src/protocol/tableView";
import { offersFor } from "./conditions";
import { column } from "./testData";
import { addCondition, moveColumn, nextSort, showColumn, sortBy, toggleGroup } from "./viewState";

const view = TableView.parse({});

test("a heading sorts one way, the other, and no more", () => {
  let now = view;
  const click = () => {
    now = sortBy(now, "metric:a", nextSort(now, "metric:a", "descending"), false);
    return now.sort;
  };
  expect(click()).toEqual([{ column: "metric:a", descending: true }]);
  expect(click()).toEqual([{ column: "metric:a", descending: false }]);
  expect(click()).toEqual([]);
});

test("more columns are added behind, and keep their place when they turn", () => {
  const one = sortBy(view, "a", "ascending", false);
  const two = sortBy(one, "b", "ascending", true);
  expect(sortBy(two, "a", "descending", true).sort.map(({ column: id }) => id)).toEqual(["a", "b"]);
  expect(sortBy(two, "c", "ascending", false).sort.map(({ column: id }) => id)).toEqual(["c"]);
});

test("columns are shown, hidden and moved", () => {
  const hidden = showColumn(showColumn(view, "a", true), "a", false);
  expect([hidden.shown, hidden.hidden]).toEqual([[], ["a"]]);
  const arranged = ["param:a", "param:b", "param:c"].map(column);
  expect(moveColumn(view, arranged, "param:c", "param:a").order).toEqual(["param:c", "param:a", "param:b"]);
  expect(moveColumn(view, arranged, "param:a", undefined).order).toEqual(["param:b", "param:c", "param:a"]);
  expect(moveColumn(view, arranged, "param:a", "param:a")).toBe(view);
});

test("other groups fold what was unfolded", () => {
  const grouped = { ...toggleGroup(view, "param:a"), unfolded: ["x"] };
  expect(toggleGroup(grouped, "param:b")).toMatchObject({ groups: ["param:a", "param:b"], unfolded: [] });
});

test.each([
  ["param:lr", "0.1"],
  ["param:odd `name", 'it\'s "so"'],
  ["metric:val loss", 1e-300],
  ["tag:team", undefined],
  ["run:note", "x"],
])("what a cell of %s offers is a filter", (id, value) => {
  const offers = offersFor(column(id), value);
  expect(offers.length).toBeGreaterThan(0);
  for (const { condition } of offers) {
    const both = addCondition("status = 'failed' or status = 'lost'", condition);
    expect(parseTableFilter(both)).toMatchObject({ filter: { kind: "all", terms: [{ kind: "any" }, {}] } });
  }
});

test("what cannot be said in a filter is not offered", () => {
  expect(offersFor(column("metric:loss"), Number.NaN)).toEqual([]);
  expect(offersFor(column("package:numpy"), "2.0")).toEqual([]);
  expect(offersFor(column("metric@min:loss"), 1)).toEqual([]);
});
