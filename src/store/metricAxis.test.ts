import { describe, expect, test } from "vitest";
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

describe("an outline", () => {
  const wave = (step: number) => Math.sin(step / 50) + ((step * 7_919) % 101) / 1_000;

  function addRun(count: number, value: (step: number) => number) {
    const store = tempStore();
    const id = store.createRun(newRun());
    const all = Array.from({ length: count }, (_, step) => [step, value(step), 5_000 + step * 10] as const);
    store.ingest(id, { points: [{ source: "output", points: points(...all) }] });
    return { store, id };
  }

  test("has the first and the last point, and the extremes of every few between", () => {
    const { store, id } = addRun(20_000, (step) => (step === 12_345 ? 99 : wave(step)));
    const { x, y } = store.metricOutline(id, "loss", "steps")!;
    expect(x.length).toBeLessThan(20_000 / 12);
    expect([x[0], x.at(-1)]).toEqual([0, 19_999]);
    for (let at = 1; at < x.length; at++) expect(x[at]!).toBeGreaterThan(x[at - 1]!);
    for (const [at, step] of x.entries()) expect(y[at]).toBe(step === 12_345 ? 99 : wave(step));
    expect(y.includes(99)).toBe(true);
    // No point lies beyond those of the outline around it.
    for (let step = 0; step < 20_000; step++) {
      const near = y.filter((_, at) => Math.abs(x[at]! - step) < 64);
      const value = step === 12_345 ? 99 : wave(step);
      if (value > Math.max(...near) || value < Math.min(...near)) throw new Error(`Step ${step} is outside.`);
    }
    const times = store.metricOutline(id, "loss", "times")!;
    expect([...times.x.slice(0, 3)]).toEqual([...x.slice(0, 3)].map((step) => 5_000 + step * 10));
  });

  test("says where there is nothing but NaN", () => {
    const { store, id } = addRun(4_000, (step) =>
      step > 1_000 && step < 2_000 ? Number.NaN : Infinity * (step % 2 || -1),
    );
    const { y } = store.metricOutline(id, "loss", "steps")!;
    expect(y.some(Number.isNaN)).toBe(true);
    const halves = addRun(4_000, (step) => (step < 2_000 ? Number.NaN : step));
    const found = halves.store.metricOutline(halves.id, "loss", "steps")!;
    expect(found.y.filter((_, at) => found.x[at]! < 1_900 && found.x[at]! > 100).every(Number.isNaN)).toBe(true);
  });

  test("is of the points as they are now, whatever was merged, sent again or freed", () => {
    const store = tempStore();
    const id = store.createRun(newRun());
    for (let at = 0; at < 40; at++) {
      const batch = Array.from({ length: 300 }, (_, step) => [at * 300 + step, wave(at * 300 + step), 1] as const);
      store.ingest(id, { points: [{ source: "output", points: points(...batch) }] });
    }
    const { x, y } = store.metricOutline(id, "loss", "steps")!;
    for (const [at, step] of x.entries()) expect(y[at]).toBe(wave(step));
    expect(x.at(-1)).toBe(11_999);
    // A better source takes the place of what there was.
    const better = Array.from({ length: 12_000 }, (_, step) => [step, -wave(step), 1] as const);
    store.ingest(id, { points: [{ source: "api", points: points(...better) }] });
    const now = store.metricOutline(id, "loss", "steps")!;
    for (const [at, step] of now.x.entries()) expect(now.y[at]).toBe(-wave(step));
  });

  test("of a short series there is none: it is quickly read", () => {
    const { store, id } = addRun(500, wave);
    expect([store.metricOutline(id, "loss", "steps"), store.metricOutline(id, "f1", "steps")]).toEqual([null, null]);
  });
});
