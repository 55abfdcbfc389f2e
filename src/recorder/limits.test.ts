import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deadlineOf, watchLimits } from "./limits";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first limit that is reached ends it, once", () => {
  const onOver = vi.fn();
  const watch = watchLimits({ limits: { seconds: 60, memory: 1e9 }, onOver });
  watch.memory(1e9);
  vi.advanceTimersByTime(59_000);
  expect(onOver).not.toHaveBeenCalled();
  watch.memory(2e9);
  vi.advanceTimersByTime(60_000);
  expect(onOver.mock.calls).toEqual([["Stopped at its limit of memory: 2.0 GB of 1.0 GB."]]);
});

test("time counts from when the command began, however long that is", () => {
  const onOver = vi.fn();
  const days = 86_400;
  watchLimits({ limits: { seconds: 60 * days }, onOver }, 30 * days * 1_000);
  vi.advanceTimersByTime(29 * days * 1_000);
  expect(onOver).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2 * days * 1_000);
  expect(onOver.mock.calls).toEqual([["Stopped at its limit of time, 60 d 0 h."]]);
});

test("nothing is ended after the command is over", () => {
  const onOver = vi.fn();
  const watch = watchLimits({ limits: { seconds: 60, memory: 1 }, onOver });
  watch.stop();
  watch.memory(2);
  vi.advanceTimersByTime(120_000);
  expect(onOver).not.toHaveBeenCalled();
});

test("what it may cost is a time where an hour has a price", () => {
  expect(deadlineOf({ cost: 5 }, 2.5)).toEqual({ ms: 7_200_000, reason: "Stopped at its limit of cost, 5." });
  expect(deadlineOf({ cost: 5, seconds: 60 }, 2.5)?.ms).toBe(60_000);
  expect(deadlineOf({ cost: 5 }, undefined)).toBeNull();
  expect(deadlineOf({ memory: 5 }, 2)).toBeNull();
});
