import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./paced";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is asked for many times is done once a while later, and again when it is asked for after that", async () => {
  const act = vi.fn();
  const view = paced(100, act, () => {});
  view.soon();
  await vi.advanceTimersByTimeAsync(60);
  view.soon();
  expect(act).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(act).toHaveBeenCalledTimes(1);
  view.soon();
  await vi.advanceTimersByTimeAsync(100);
  expect(act).toHaveBeenCalledTimes(2);
});

test("a failure is told and ends nothing; after the end nothing is done", async () => {
  const faults: unknown[] = [];
  const act = vi.fn(() => {
    throw new Error("no");
  });
  const view = paced(100, act, (error) => faults.push(error));
  view.soon();
  await vi.advanceTimersByTimeAsync(100);
  expect(faults).toMatchObject([{ message: "no" }]);
  view.soon();
  view.dispose();
  await vi.advanceTimersByTimeAsync(100);
  expect(act).toHaveBeenCalledTimes(1);
});
