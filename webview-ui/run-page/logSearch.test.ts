import { expect, test } from "vitest";
import { matchesOf } from "./logSearch";

test("lines with a text are found, whatever their case", () => {
  const { lines, total } = matchesOf("epoch 1\nLoss: 0.5\nepoch 2\nloss 0.4\n", " loss ");
  expect(total).toBe(4);
  expect(lines).toEqual([
    { number: 2, before: "", match: "Loss", after: ": 0.5" },
    { number: 4, before: "", match: "loss", after: " 0.4" },
  ]);
});

test("without a text none is marked, and signs mean themselves", () => {
  expect(matchesOf("a\nb", " ")).toEqual({ lines: [], total: 2 });
  expect(matchesOf("a.b\naxb", "a.b").lines.map(({ number }) => number)).toEqual([1]);
});
