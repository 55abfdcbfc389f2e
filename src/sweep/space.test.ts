import { expect, test } from "vitest";
import { SweepSpec } from "../domain/sweep";
import { trialCommand } from "./command";
import { gridPoint, gridSize, randomPoint } from "./space";

const spec = (params: object, more: object = {}) =>
  SweepSpec.parse({ command: ["python", "train.py"], params, ...more });

test("the grid has every combination once, the last param changing quickest", () => {
  const sweep = spec({ lr: [0.1, 0.01], depth: { from: 1, to: 3 }, p: { from: 0, to: 1, step: 0.5 } });
  expect(gridSize(sweep)).toBe(18);
  const points = Array.from({ length: 18 }, (_, index) => gridPoint(sweep, index));
  expect(points.slice(0, 4)).toEqual([
    { lr: 0.1, depth: 1, p: 0 },
    { lr: 0.1, depth: 1, p: 0.5 },
    { lr: 0.1, depth: 1, p: 1 },
    { lr: 0.1, depth: 2, p: 0 },
  ]);
  expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(18);
});

test("tenths are tenths", () => {
  const sweep = spec({ x: { from: 0, to: 1, step: 0.1 } });
  expect(Array.from({ length: gridSize(sweep) }, (_, index) => gridPoint(sweep, index).x)).toEqual([
    0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
  ]);
});

test("a grid of a range without steps is refused, with what to do", () => {
  expect(() => gridSize(spec({ lr: { from: 0.1, to: 1 } }))).toThrow(/give it a `step`/);
  expect(() => gridSize(spec({ lr: { from: 1, to: 100, scale: "log" } }))).toThrow(/`random`/);
  expect(() => gridSize(spec({ a: { from: 1, to: 1000 }, b: { from: 1, to: 1000 } }))).toThrow(/1000000 combinations/);
});

test("random values stay in their range, fill it evenly on its scale, and are the same for a seed", () => {
  const sweep = spec({
    lr: { from: 1e-4, to: 1, scale: "log" },
    n: { from: 1, to: 4 },
    kind: ["a", "b"],
    units: { from: 16, to: 128, step: 16 },
    wide: { from: 1, to: 1000, scale: "log" },
  });
  const points = Array.from({ length: 4_000 }, (_, index) => randomPoint(sweep, index));
  const share = (is: (point: Record<string, unknown>) => boolean) => points.filter(is).length / points.length;
  for (const { lr, units, wide } of points) {
    expect(lr).toBeGreaterThanOrEqual(1e-4);
    expect(lr).toBeLessThanOrEqual(1);
    expect(Number(units) % 16).toBe(0);
    expect(Number.isInteger(wide)).toBe(true);
  }
  expect(share(({ lr }) => Number(lr) < 1e-2)).toBeCloseTo(0.5, 1);
  expect(share(({ n }) => n === 4)).toBeCloseTo(0.25, 1);
  expect(share(({ kind }) => kind === "a")).toBeCloseTo(0.5, 1);
  expect(share(({ units }) => units === 128)).toBeCloseTo(1 / 8, 1);
  expect(randomPoint(sweep, 7)).toEqual(points[7]);
  expect(randomPoint({ ...sweep, seed: 1 }, 7)).not.toEqual(points[7]);
});

test.each([
  [{ x: { from: 2, to: 1 } }, {}, /larger/],
  [{ x: { from: 0, to: 1, scale: "log" } }, {}, /above 0/],
  [{ x: { from: 1, to: 2, step: 1, scale: "log" } }, {}, /exclude/],
  [{ x: [] }, {}, /./],
  [{}, {}, /names no params/],
  [{ "a b": [1] }, {}, /name/],
  [{ x: [1] }, { method: "optuna" }, /needs `metric`/],
  [{ x: [1] }, { stop: { without: 3 } }, /need `metric`/],
])("%j with %j is no sweep", (params, more, why) => {
  expect(() => spec(params, more)).toThrow(why);
});

test("values go where the command asks for them, and else behind it", () => {
  const values = { lr: 0.1, name: "a b", flag: true };
  expect(trialCommand({ command: ["python", "t.py"] }, values)).toEqual([
    "python",
    "t.py",
    "--lr",
    "0.1",
    "--name",
    "a b",
    "--flag",
    "true",
  ]);
  expect(trialCommand({ command: ["t", "lr={lr}", "{name}", "{other}", "{}"] }, values)).toEqual([
    "t",
    "lr=0.1",
    "a b",
    "{other}",
    "{}",
    "--flag",
    "true",
  ]);
});
