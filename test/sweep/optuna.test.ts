/** Against the real Optuna. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { SweepSpec } from "../../src/domain/sweep";
import { type Optuna, openOptuna } from "../../src/sweep/optuna";
import { python } from "../recorder/cli";
import { pythonWithOptuna } from "./python";

const withOptuna = pythonWithOptuna();

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function study(): { open(more?: object): Promise<Optuna> } {
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-optuna-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const spec = (more: object) =>
    SweepSpec.parse({
      command: ["python", "train.py"],
      method: "optuna",
      metric: "loss",
      seed: 3,
      params: {
        lr: { from: 1e-4, to: 1, scale: "log" },
        depth: { from: 1, to: 8 },
        units: { from: 16, to: 64, step: 16 },
        kind: ["a", "b", true],
      },
      ...more,
    });
  return {
    async open(more = {}) {
      const storage = path.join(folder, "optuna.log");
      const options = { python: withOptuna!, env: process.env, storage, name: "test" };
      const optuna = await openOptuna({ ...options, spec: spec(more), direction: "minimize" });
      cleanups.push(optuna.close);
      return optuna;
    },
  };
}

test.skipIf(!withOptuna)("suggestions are within the params, and get better than chance", async () => {
  const optuna = await study().open();
  const losses: number[] = [];
  for (let index = 0; index < 40; index++) {
    const { number, params } = await optuna.ask();
    const { lr, depth, units, kind } = params;
    expect(number).toBe(index);
    expect(lr).toBeGreaterThanOrEqual(1e-4);
    expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(depth);
    expect([16, 32, 48, 64]).toContain(units);
    expect(["a", "b", true]).toContain(kind);
    losses.push(Math.abs(Math.log10(Number(lr)) + 2) + Math.abs(Number(depth) - 4) / 8);
    await optuna.tell(number, "complete", losses[index]!);
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)));
});

test.skipIf(!withOptuna)(
  "what is known survives the process, and a new one goes on with other suggestions",
  async () => {
    const { open } = study();
    const first = await open();
    const asked = [await first.ask(), await first.ask()];
    await first.tell(0, "complete", 1);
    await first.close();
    const second = await open();
    expect(await second.trials()).toMatchObject([
      { number: 0, state: "COMPLETE", params: asked[0]!.params },
      { number: 1, state: "RUNNING", params: asked[1]!.params },
    ]);
    await second.tell(0, "complete", 1);
    await second.tell(1, "failed", null);
    const third = await second.ask();
    expect(third.number).toBe(2);
    expect(asked.map(({ params }) => params)).not.toContainEqual(third.params);
    expect((await second.trials()).map(({ state }) => state)).toEqual(["COMPLETE", "FAIL", "RUNNING"]);
  },
);

test.skipIf(!withOptuna)("a trial that does worse than others at the same step is to be pruned", async () => {
  const optuna = await study().open({ optuna: { sampler: "random", pruner: "median" } });
  const verdicts: boolean[] = [];
  for (let index = 0; index < 8; index++) {
    const { number } = await optuna.ask();
    const value = index === 7 ? 10 : 1;
    verdicts.push(
      await optuna.report(number, [
        [1, value],
        [2, value],
      ]),
    );
    // Told again, as after a restart.
    expect(
      await optuna.report(number, [
        [1, value],
        [2, value],
        [3, value],
      ]),
    ).toBe(verdicts[index]);
    await optuna.tell(number, verdicts[index] ? "pruned" : "complete", value);
  }
  expect(verdicts).toEqual([...Array(7).fill(false), true]);
});

test("a Python without Optuna is named, with what to do", async () => {
  const spec = SweepSpec.parse({ command: ["x"], method: "optuna", metric: "loss", params: { a: [1] } });
  const options = { env: process.env, storage: "/dev/null", name: "test", spec, direction: "minimize" as const };
  await expect(openOptuna({ ...options, python })).rejects.toThrow(/has no Optuna. Install it there/);
  await expect(openOptuna({ ...options, python: "/no/python" })).rejects.toThrow(/cannot be started/);
});
