import { expect, test } from "vitest";
import { newRun, points, tempStore } from "./testStore";

test("a series in many pieces comes whole, in step order, against steps or times", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  const count = 20_000;
  const all = Array.from({ length: count }, (_, step) => [step, Math.sin(step), 5_000 + step * 10] as const);
  for (let at = 0; at < count; at += 3_000) {
    // The later half of each batch arrives first.
    const batch = all.slice(at, at + 3_000);
    const half = batch.length / 2;
    for (const part of [batch.slice(half), batch.slice(0, half)])
      store.ingest(id, { points: [{ source: "output", points: points(...part) }] });
  }
  const bySteps = store.metricAxis(id, "loss", "steps")!;
  expect(bySteps.x).toEqual(Float64Array.from(all, ([step]) => step));
  expect(bySteps.y).toEqual(Float64Array.from(all, ([, value]) => value));
  expect(store.metricAxis(id, "loss", "times")!.x).toEqual(Float64Array.from(all, ([, , time]) => time));
});

test("the stamp tells when there are other points, and there is none of what is not there", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  expect([store.metricStamp(id, "loss"), store.metricAxis(id, "loss", "steps")]).toEqual([null, null]);
  const add = (key: string, step: number) =>
    store.ingest(id, { points: [{ source: "output", points: [{ key, step, value: 1, time: 1 }] }] });
  add("loss", 1);
  const first = store.metricStamp(id, "loss");
  add("accuracy", 1);
  expect(store.metricStamp(id, "loss")).toBe(first);
  add("loss", 2);
  expect(store.metricStamp(id, "loss")).not.toBe(first);
});
