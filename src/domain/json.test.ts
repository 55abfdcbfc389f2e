import { expect, test } from "vitest";
import { AnyNumber, toJson } from "./json";

test("numbers that JSON has not come back as they were", () => {
  const numbers = [1.5, Number.NaN, Infinity, -Infinity, 0, 5e-324];
  const text = toJson({ numbers });
  expect(text).toBe('{"numbers":[1.5,"NaN","Infinity","-Infinity",0,5e-324]}');
  expect((JSON.parse(text) as { numbers: unknown[] }).numbers.map((number) => AnyNumber.parse(number))).toStrictEqual(
    numbers,
  );
  expect(numbers.map((number) => AnyNumber.parse(number))).toStrictEqual(numbers);
});

test("other texts are no numbers", () => {
  for (const wrong of ["1", "nan", "", null, undefined]) expect(AnyNumber.safeParse(wrong).success).toBe(false);
});

test("the rest is JSON as ever", () => {
  expect(toJson({ a: [null, "NaN", undefined], b: undefined, c: "é" }, 2)).toBe(
    JSON.stringify({ a: [null, "NaN", undefined], c: "é" }, null, 2),
  );
});
