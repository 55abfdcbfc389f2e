import { expect, test } from "vitest";
import type { Gap } from "../domain/run";
import { summariseGaps } from "./gaps";

const gap = (kind: Gap["kind"], path?: string): Gap => ({ kind, message: `${path} is one`, ...(path ? { path } : {}) });

test("a few are named one by one, many of one kind and folder as one", () => {
  const few = ["a/1", "a/2", "b/1"].map((path) => gap("too-big", path));
  expect(summariseGaps(few)).toEqual(few);
  const many = Array.from({ length: 30 }, (_, index) => gap("too-big", `a/${index}`));
  expect(summariseGaps([...many, gap("unreadable", "a/x")])).toEqual([
    { kind: "too-big", path: "a", message: "30 files here, the first: a/0 is one" },
    gap("unreadable", "a/x"),
  ]);
});

test("those without a path stay, each once", () => {
  expect(summariseGaps([gap("no-git"), gap("other"), gap("no-git")])).toEqual([gap("no-git"), gap("other")]);
});
