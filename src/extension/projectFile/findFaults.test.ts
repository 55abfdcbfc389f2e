import { expect, test } from "vitest";
import { findFaults } from "./findFaults";

const found = (text: string) =>
  findFaults(text).map(({ place: { start, end }, message }) => [text.slice(start, end), message]);

test("what is right, or not begun, has no faults", () => {
  expect(found("")).toEqual([]);
  expect(found("# only this\n")).toEqual([]);
  expect(found("data:\n  - a/*.csv\n")).toEqual([]);
});

test("faults stand where they are", () => {
  expect(found("dat: []\nkeep:\n  maxFileSize: big\n")).toEqual([
    ["big", '"keep.maxFileSize" is not a size like "50MB".'],
    ["dat", '"dat" is not known here.'],
  ]);
  expect(found("metrics:\n  rules:\n    - name: loss\n")).toEqual([["name", '"metrics.rules.0.pattern" is missing.']]);
  expect(found("- a\n- b\n")[0]![1]).toBe("The file has to be a mapping (key: value).");
});

test("a text that is no YAML says so", () => {
  const messages = found("data: [a\nkeep: {}\n").map(([, message]) => message);
  expect(messages[0]).toMatch(/flow|sequence/i);
});
