import { expect, test } from "vitest";
import { sourceWords } from "../domain/metricSource";
import { groupOverlapping } from "./history";
import { newRun, points, tempStore } from "./testStore";

test("any page is the same part of the whole, whatever order the points came in", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  // In order, then a stretch that jumps to and fro over several batches, then in order again.
  for (let batch = 0; batch < 120; batch++) {
    const shift = batch >= 40 && batch < 60 ? (batch % 3) * 150 : 0;
    const list = Array.from({ length: 100 }, (_, i) => [batch * 100 + i - shift, batch, batch * 100 + i] as const);
    store.ingest(id, { points: [{ source: "api", points: points(...list) }] });
  }
  const whole = store.metricHistory(id, "loss", 0, 1e9);
  expect(whole.total).toBe(12_000);
  expect(whole.points).toHaveLength(12_000);
  for (const [from, limit] of [
    [0, 1],
    [0, 0],
    [3_999, 2_500],
    [5_050, 100],
    [11_999, 10],
    [12_000, 10],
  ] as const) {
    const page = store.metricHistory(id, "loss", from, limit);
    expect(page.points).toEqual(whole.points.slice(from, from + limit));
    expect(page.total).toBe(12_000);
  }
});

test("columns hold what the points hold", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  store.ingest(id, { points: [{ source: "api", points: points([1, 10, 100], [2, Number.NaN, 200]) }] });
  const { steps, times, values, sources, total } = store.metricColumns(id, "loss", 1, 5);
  expect([...steps, ...times, ...values]).toStrictEqual([2, 200, Number.NaN]);
  expect({ sources, total }).toEqual({ sources: ["api"], total: 2 });
});

test("a metric that several sources told is one series that knows them all", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  for (const source of ["output", "tensorboard", "mlflow"]) {
    store.ingest(id, { points: [{ source, points: points([0, 10, 1], [1, 20, 0.5]) }] });
  }
  store.ingest(id, { points: [{ source: "system", points: [{ key: "cpu", step: 0, time: 1, value: 1 }] }] });
  expect(store.metricHistory(id, "loss", 0, 10).total).toBe(2);
  const { loss, cpu } = store.metricSources(id);
  expect([sourceWords(loss!), sourceWords(cpu!)]).toEqual(["MLflow, TensorBoard, output", "Modeltrail"]);
});

test("a metric that the run does not have is empty", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  expect(store.metricHistory(id, "none", 0, 10)).toEqual({ points: [], sources: [], total: 0 });
});

test("only chunks that overlap are put together", () => {
  const chunk = (id: number, first_step: number, last_step: number) => ({ id, count: 1, first_step, last_step });
  const groups = groupOverlapping([
    chunk(1, 0, 10),
    chunk(2, 10, 10), // later at the same step: simply follows
    chunk(3, 11, 20),
    chunk(5, 15, 16),
    chunk(4, 20, 30), // earlier at the same step as the end of 3..5's group
    chunk(6, 31, 31),
  ]);
  expect(groups.map((group) => group.map(({ id }) => id))).toEqual([[1], [2], [3, 5, 4], [6]]);
});

test("the points of a source can be left out", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  const point = (step: number) => ({ key: "loss", value: step / 10, step, time: step });
  store.ingest(id, { points: [{ source: "output-preview", points: [point(1), point(3)] }] });
  store.ingest(id, { points: [{ source: "output", points: [point(2), point(4)] }] });
  const { steps, total, sources } = store.metricColumns(id, "loss", 1, 10, { without: ["output-preview", "never"] });
  expect({ steps: [...steps], total, sources }).toEqual({ steps: [4], total: 2, sources: ["output"] });
});
