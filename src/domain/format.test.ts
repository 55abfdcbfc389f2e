import { expect, test } from "vitest";
import { formatAgo, formatDuration, formatNumber, formatSize } from "./format";

test.each([
  [0, "0.0 s"],
  [-5, "0.0 s"],
  [412, "0.4 s"],
  [12_900, "12 s"],
  [185_000, "3 min 05 s"],
  [7_620_000, "2 h 07 min"],
  [273_600_000, "3 d 4 h"],
])("a duration of %d ms", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [-10_000, "just now"],
  [59_000, "just now"],
  [300_000, "5 min ago"],
  [3 * 3_600_000, "3 h ago"],
  [2 * 86_400_000, "2 d ago"],
])("%d ms ago", (ms, text) => {
  expect(formatAgo(1e12, 1e12 + ms)).toBe(text);
});

test("long ago is a date, of another year with the year", () => {
  const now = new Date(2026, 10, 20).getTime();
  expect(formatAgo(new Date(2026, 2, 1).getTime(), now)).not.toContain("2026");
  expect(formatAgo(new Date(2024, 2, 1).getTime(), now)).toContain("2024");
});

test.each([
  [3, "3"],
  [1_500_000, "1500000"],
  [0.942134, "0.94213"],
  [0.5, "0.5"],
  [123456.78, "1.2346e5"],
  [1234.5678, "1234.6"],
  [1.2e-7, "1.2e-7"],
  [0.00012345678, "1.2346e-4"],
  [1e300, "1e300"],
  [-0.25, "-0.25"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
  [100.00001, "100"],
])("the number %d", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [123_456, "123 kB"],
  [999_999, "1.0 MB"],
  [5e12, "5.0 TB"],
  [5e16, "50000 TB"],
])("a size of %d bytes", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
