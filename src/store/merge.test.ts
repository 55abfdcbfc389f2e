import { expect, test } from "vitest";
import { planMerge } from "./merge";

test.each([
  { what: "too few small ones", counts: Array(15).fill(1), take: 0 },
  { what: "sixteen small ones", counts: Array(16).fill(1), take: 16 },
  { what: "small ones behind a bigger one", counts: [300, ...Array(16).fill(2)], take: 16 },
  {
    what: "a small one that makes the sixteenth of the next size",
    counts: [...Array(15).fill(16), ...Array(16).fill(1)],
    take: 31,
  },
  { what: "full ones are left alone", counts: Array(40).fill(5_000), take: 0 },
  { what: "batches of middling size", counts: [8_192, ...Array(16).fill(1_000)], take: 16 },
  { what: "nothing", counts: [], take: 0 },
])("$what: merges $take", ({ counts, take }) => {
  expect(planMerge(counts)).toBe(take);
});
