import { expect, test } from "vitest";
import { accuracyOf, confusionWords, sharesOf } from "./confusion";

const matrixOf = (counts: number[][]) => ({ title: "", labels: counts.map((_, at) => `class ${at}`), counts });

test("a matrix is told in words, with its worst mistake", () => {
  const matrix = matrixOf([
    [8, 2, 0],
    [0, 0, 0],
    [1, 0, 9],
  ]);
  expect(accuracyOf(matrix)).toBeCloseTo(0.85);
  expect(confusionWords(matrix)).toBe("85% right. Most often mistaken: class 0 for class 1 (2).");
  expect(sharesOf(matrix)).toEqual([
    [0.8, 0.2, 0],
    [0, 0, 0],
    [0.1, 0, 0.9],
  ]);
});

test("a matrix without mistakes, or without anything, says so", () => {
  const none = [0, 0];
  expect(confusionWords(matrixOf([none, none]))).toBe("No examples.");
  expect(
    confusionWords(
      matrixOf([
        [1, 0],
        [0, 3],
      ]),
    ),
  ).toBe("100% right. No mistakes.");
});
