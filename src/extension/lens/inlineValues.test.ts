import { expect, test } from "vitest";
import { bestValueNotes, lastValueNotes } from "./inlineValues";
import { lineTable } from "./python/text";
import { editorResults, metricResults, result, resultRun } from "./testResults";

const lines = lineTable("0\n2\n4\n6\n");

test("the last values of a line's metrics stand in one note, each once", () => {
  const metrics = {
    loss: metricResults({ last: result("a", 0.123456) }),
    acc: metricResults({ last: result("a", 1) }),
  };
  const named = [
    { name: "loss", end: 0 },
    { name: "loss", end: 2 },
    { name: "acc", end: 2 },
    { name: "loss", end: 3 },
    { name: "unknown", end: 4 },
  ];
  expect(lastValueNotes(named, editorResults({ metrics }), lines)).toEqual([
    { line: 0, text: "last 0.12346" },
    { line: 1, text: "last loss 0.12346 · acc 1" },
  ]);
});

test("what the best run was given is told, or that it is what is written", () => {
  const params = { lr: "0.01", depth: "3.0", name: "cnn", long: "x".repeat(100) };
  const results = editorResults({ best: { run: resultRun("best"), params } });
  const named = [
    { name: "lr", end: 0, written: "0.1" },
    { name: "depth", end: 2, written: "3" },
    { name: "name", end: 4, written: "mlp" },
    { name: "lr", end: 4, written: null },
    { name: "long", end: 6, written: null },
    { name: "toString", end: 6, written: null },
  ];
  expect(bestValueNotes(named, results, lines)).toEqual([
    { line: 0, text: "best run: 0.01" },
    { line: 1, text: "best run: the same" },
    { line: 2, text: "best run: name cnn · lr 0.01" },
    { line: 3, text: `best run: ${"x".repeat(39)}…` },
  ]);
  expect(bestValueNotes(named, editorResults(), lines)).toEqual([]);
});
