import { expect, test } from "vitest";
import { readParam } from "./readParam";

test.each([
  ["lr=0.1,0.01", ["lr", [0.1, 0.01]]],
  ["kind=a,b=c", ["kind", ["a", "b=c"]]],
  ["version=1.10,007", ["version", ["1.10", "007"]]],
  ["depth=1..8", ["depth", { from: 1, to: 8, scale: "linear" }]],
  ["x=-1.5..2", ["x", { from: -1.5, to: 2, scale: "linear", type: "float" }]],
  ["x=0.0..1.0", ["x", { from: 0, to: 1, scale: "linear", type: "float" }]],
  ["units=16..128:16", ["units", { from: 16, to: 128, step: 16, scale: "linear" }]],
  ["lr=1e-5..0.1:log", ["lr", { from: 1e-5, to: 0.1, scale: "log", type: "float" }]],
  ["path=../a,../b", ["path", ["../a", "../b"]]],
])("%s", (text, param) => {
  expect(readParam(text)).toEqual(param);
});

test.each(["lr", "=1", "lr=", "lr=2..1", "lr=0..1:log"])("%s is refused, with what there is", (text) => {
  expect(() => readParam(text)).toThrow(/names no values. Give them like/);
});
