import { expect, test } from "vitest";
import { moved, stepped, zoomed } from "./ranges";

test("zooming keeps what the cursor is at", () => {
  expect(zoomed({ from: 0, to: 100, log: false }, 25, 0.5)).toEqual({ from: 12.5, to: 62.5 });
  const { from, to } = zoomed({ from: 1, to: 10_000, log: true }, 100, 0.5);
  expect([Math.round(from), Math.round(to)]).toEqual([10, 1_000]);
});

test("zooming ends where numbers do", () => {
  let range = { from: 1, to: 2 };
  for (let i = 0; i < 1_000; i++) range = zoomed({ ...range, log: false }, 1.3, 0.5);
  expect(range.from).toBeLessThan(range.to);
  for (let i = 0; i < 5_000; i++) range = zoomed({ ...range, log: false }, 1.3, 2);
  expect(Number.isFinite(range.to - range.from)).toBe(true);
});

test("moving goes by the share of what shows", () => {
  expect(moved({ from: 10, to: 20, log: false }, 0.5)).toEqual({ from: 15, to: 25 });
  expect(moved({ from: 1, to: 100, log: true }, 0.5).to).toBeCloseTo(1_000, 6);
  expect(stepped({ from: 0, to: 10, log: false }, 9.9, 0.1)).toBe(10);
});
