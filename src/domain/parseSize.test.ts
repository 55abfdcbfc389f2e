import { expect, test } from "vitest";
import { formatSize } from "./format";
import { parseSize } from "./parseSize";

test("reads sizes with decimal and binary units", () => {
  expect(["4096", "50MB", " 1.5 GiB ", "0", "2 kB", "1tb"].map(parseSize)).toEqual([
    4096,
    50e6,
    1.5 * 2 ** 30,
    0,
    2000,
    1e12,
  ]);
});

test("reads what formatSize writes", () => {
  for (const size of [0, 812, 1_200_000, 3e9]) expect(parseSize(formatSize(size))).toBe(size);
});

test("knows what is no size", () => {
  for (const text of ["", "MB", "-1", "5 apples", "1,5MB", "1e3", "none"])
    expect(parseSize(text), text).toBeUndefined();
});
