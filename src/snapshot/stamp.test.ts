import { expect, test } from "vitest";
import { isRacy } from "./stamp";

test.each([
  ["fine clock, long ago", 1_000_000.25, 1_000_060, false],
  ["fine clock, just now", 1_000_000.25, 1_000_010, true],
  ["coarse clock, a second ago", 1_000_000, 1_001_000, true],
  ["coarse clock, long ago", 1_000_000, 1_002_500, false],
  ["from the future", 2_000_000.25, 1_000_000, true],
])("%s", (_, changed, read, racy) => {
  expect(isRacy(changed, read)).toBe(racy);
});
