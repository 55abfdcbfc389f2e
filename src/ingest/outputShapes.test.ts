import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { matchLine } from "./outputRules";
import { createShapes, shapeOf } from "./outputShapes";

const fixtures = path.resolve(import.meta.dirname, "../../test/fixtures/output");
const lines = readdirSync(fixtures)
  .filter((name) => name.endsWith(".log"))
  .flatMap((name) => readFileSync(path.join(fixtures, name), "latin1").split("\n"));

test("a shape is the line with every digit as 0", () => {
  expect(shapeOf(Buffer.from("step 1209: loss=0.375e-08 (7/9)"))).toBe("step 0000: loss=0.000e-00 (0/0)");
});

test("lines of a known shape say what they would alone, whatever their digits", () => {
  const match = createShapes();
  for (let turn = 0; turn < 10; turn++) {
    for (const line of lines) {
      const turned = line.replace(/\d/g, (digit, at: number) => String((Number(digit) + turn * (1 + (at % 3))) % 10));
      expect(match(turned, shapeOf(Buffer.from(turned, "latin1"))), turned).toEqual(matchLine(turned));
    }
  }
});

test("names with digits are told apart", () => {
  const match = createShapes();
  const keys = ["top1: 0.5", "top5: 0.9", "top1: 0.6"].map((line) => match(line, shapeOf(Buffer.from(line)))?.values);
  expect(keys).toEqual([[{ key: "top1", value: 0.5 }], [{ key: "top5", value: 0.9 }], [{ key: "top1", value: 0.6 }]]);
});
