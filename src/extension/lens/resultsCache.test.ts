import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EditorResults } from "../worker/fileResults";
import { createResultsCache, type ResultsCache } from "./resultsCache";

let asked: string[][];
let changes: string[];
let total: number;
let shown: boolean;
let cache: ResultsCache;
let answer: () => Promise<EditorResults | null>;

const results = () => ({ total }) as EditorResults;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, changes, total, shown] = [[], [], 1, true];
  answer = async () => results();
  cache = createResultsCache({
    rootOf: (file) => (file.startsWith("/p/") ? "/p" : undefined),
    read: ({ judged }) => {
      asked.push(judged);
      return answer();
    },
    isShown: () => shown,
    onChange: (file) => changes.push(file),
    onFault: () => {},
  });
});
afterEach(() => {
  cache.dispose();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

test("a file is asked for once, and who shows it is told", async () => {
  expect(cache.get("/p/a.py")).toBeUndefined();
  expect(cache.get("/p/a.py")).toBeUndefined();
  await settle();
  expect(cache.get("/p/a.py")).toEqual({ total: 1 });
  expect([asked.length, changes]).toEqual([1, ["/p/a.py"]]);
  expect(cache.get("/elsewhere/a.py")).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test("while runs go on it is asked for once a second at most, and nobody is told of the same again", async () => {
  cache.get("/p/a.py");
  await settle();
  for (let round = 0; round < 50; round++) {
    cache.changed({ root: "/p" });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked.length).toBeLessThanOrEqual(7);
  expect(asked.length).toBeGreaterThanOrEqual(5);
  expect(changes).toHaveLength(1);
  total = 2;
  cache.changed({ root: "/p" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(changes).toHaveLength(2);
  cache.changed({ root: "/q" });
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(before);
});

test("a file that nobody sees is asked for when it is looked at again", async () => {
  cache.get("/p/a.py");
  await settle();
  shown = false;
  cache.changed({ root: "/p" });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(1);
  shown = true;
  cache.get("/p/a.py");
  await settle();
  expect(asked).toHaveLength(2);
});

test("metrics that are judged for the first time are asked for, the others stay", async () => {
  cache.get("/p/a.py", ["loss"]);
  cache.get("/p/a.py", ["acc"]);
  await settle();
  cache.get("/p/a.py", ["acc", "loss"]);
  await settle();
  expect(asked).toEqual([["loss"], ["loss", "acc"]]);
});

test("what fails counts as nothing, until the store changes", async () => {
  answer = () => Promise.reject(new Error("gone"));
  cache.get("/p/a.py");
  await settle();
  expect(cache.get("/p/a.py")).toBeNull();
  answer = async () => results();
  cache.changed({ root: "/p" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(cache.get("/p/a.py")).toEqual({ total: 1 });
});

test("an answer for a project that is no longer open is not used", async () => {
  cache.get("/p/a.py");
  cache.clear();
  await settle();
  expect(changes).toEqual([]);
});
