import { expect, test } from "vitest";
import { flattenNumbers, parseLooseJson } from "./numbers";

test("what Python writes is read, with its not-numbers", () => {
  const parsed = parseLooseJson('{"a": NaN, "b": -Infinity, "c": {"d": 1e-3}, "note": "NaN, Infinity and \\"inf\\""}');
  expect(flattenNumbers(parsed)).toEqual([
    ["a", Number.NaN],
    ["b", Number.NEGATIVE_INFINITY],
    ["c/d", 0.001],
  ]);
  expect(flattenNumbers(parseLooseJson("{'loss': nan, 'lr': -inf, 'ok': True, 'x': None, 'it''s': 1}"))).toEqual([]);
  expect(flattenNumbers(parseLooseJson("{'loss': nan, 'ok': True, 'x': None}"))).toEqual([["loss", Number.NaN]]);
});

test("lists, truth values and text are no metrics; text is when asked for", () => {
  const value = { list: [1, 2], flag: true, text: "0.5", nothing: null, n: 3 };
  expect(flattenNumbers(value)).toEqual([["n", 3]]);
  expect(flattenNumbers(value, { strings: true })).toEqual([
    ["text", 0.5],
    ["n", 3],
  ]);
});

test.each(["", "{", '{"a": 1', "[1, 2", "loss: 3"])("%j is not whole", (text) => {
  expect(parseLooseJson(text)).toBeUndefined();
});
