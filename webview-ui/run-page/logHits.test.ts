import { expect, test } from "vitest";
import { addHits, hitsWords, noHits } from "./logHits";

const hit = (offset: number, line: number, after = "") => ({ offset, line, before: "", match: "a", after });

test("parts of a search add up, and the line that went on is there once", () => {
  const first = { hits: [hit(0, 1), hit(8, 2)], next: { offset: 8, line: 2 }, done: true, size: 10 };
  const second = { hits: [hit(8, 2, "bc"), hit(12, 3)], next: { offset: 20, line: 4 }, done: true, size: 20 };
  const found = addHits(addHits(noHits("a"), first), second);
  expect(found).toEqual({ ...second, text: "a", hits: [hit(0, 1), hit(8, 2, "bc"), hit(12, 3)] });
  expect(addHits(found, { ...second, hits: [] }).hits).toHaveLength(3);
});

test("it is told how far the search is", () => {
  expect(hitsWords(noHits("a"))).toBe("0 lines so far, 0% searched");
  const part = { hits: [hit(0, 1)], next: { offset: 40, line: 9 }, size: 100 };
  expect(hitsWords(addHits(noHits("a"), { ...part, done: false }))).toBe("1 line so far, 40% searched");
  expect(hitsWords(addHits(noHits("a"), { ...part, done: true }))).toBe("1 line");
});
