import { expect, test } from "vitest";
import { showDifference, showNumber, showSpread } from "./numbers";

test.each([
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "∞"],
  [Number.NEGATIVE_INFINITY, "-∞"],
  [1e-300, "1e-300"],
  [1e300, "1e300"],
  [0.1 + 0.2, "0.3"],
  [-0.000012345, "-1.2345e-5"],
  [123456, "123456"],
])("%d is shown as %s", (value, shown) => {
  expect(showNumber(value)).toBe(shown);
});

test("differences have a sign", () => {
  expect([0.5, -0.5, 0, Number.NaN].map(showDifference)).toEqual(["+0.5", "-0.5", "±0", "NaN"]);
  expect(showSpread(0.91234567, 0.01)).toBe("0.91235 ± 0.01");
});
