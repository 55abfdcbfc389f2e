import { expect, test } from "vitest";
import { makeRunName } from "./runName";

test("names follow the numbers given, to both ends of the lists", () => {
  expect(makeRunName(() => 0)).toBe("able-acorn-10");
  expect(makeRunName(() => 0.999999)).toBe("zesty-zebra-99");
});

test("there are very many, all easy to type", () => {
  const names = new Set(Array.from({ length: 2_000 }, () => makeRunName()));
  expect(names.size).toBeGreaterThan(1_900);
  for (const name of names) expect(name).toMatch(/^[a-z]+-[a-z]+-[1-9]\d$/);
});
