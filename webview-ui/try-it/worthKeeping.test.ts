import { expect, test } from "vitest";
import type { Try } from "../../src/protocol/tryIt";
import { worthKeeping } from "./worthKeeping";

const tried = (number: number, length: number): Try => ({
  ...{ number, body: "{}" },
  answer: { status: 200, duration: 1, version: "1", body: "x".repeat(length), cut: false },
});

test("the newest tries are kept, as many as there is room for", () => {
  const failed: Try = { number: 4, body: "{}", fault: "no answer" };
  expect(worthKeeping([failed, tried(3, 10)])).toEqual([failed, tried(3, 10)]);
  const tries = [tried(3, 60_000), tried(2, 60_000), tried(1, 1)];
  expect(worthKeeping(tries)).toEqual([tries[0]]);
  expect(worthKeeping([tried(1, 200_000)])).toEqual([]);
});
