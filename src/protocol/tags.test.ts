import { expect, test } from "vitest";
import { parseTags } from "./tags";

test.each<[string, Record<string, string> | null]>([
  ["", {}],
  ["a=1 b='x y'", { a: "1", b: "x y" }],
  ["url=http://x?y=z", { url: "http://x?y=z" }],
  ["a=", { a: "" }],
  ["a", null],
  ["=1", null],
  ["a='1", null],
])("%j", (text, tags) => {
  expect(parseTags(text)).toEqual(tags);
});
