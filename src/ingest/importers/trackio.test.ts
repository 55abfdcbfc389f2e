import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { fixture, outcomes, pointsOf, testImport } from "./testImport";

test("Trackio's runs are here, and what is logged later follows", async () => {
  const location = path.join(fixture("trackio"), "wine.db");
  const { store, run } = testImport({ kind: "trackio", location });
  const { runs } = await run();
  expect(runs.map(({ name, experiment, outcome }) => [name, experiment, outcome])).toEqual([
    ["first", "wine", "imported"],
    ["second", "wine", "imported"],
  ]);
  const first = store.getRun(runs[0]!.id)!;
  expect(first).toMatchObject({ params: { lr: "0.1", "model.depth": "3" }, status: "finished" });
  expect(Object.keys(first.metrics).sort()).toEqual(["loss", "train.acc"]);
  expect(pointsOf(store, first.id, "loss").map(([step, , value]) => [step, value])).toEqual([
    [0, "1.5"],
    [1, "NaN"],
    [2, "Infinity"],
    [3, "-Infinity"],
    [4, "0.30000000000000004"],
    [5, "1e-300"],
  ]);
  const [, time] = pointsOf(store, first.id, "loss")[0]!;
  expect(Math.abs(time - first.startTime)).toBeLessThan(60_000);
  expect(outcomes(await run())).toEqual({ present: 2 });

  const writer = new DatabaseSync(location);
  const sql = "INSERT INTO metrics (run_id, run_name, timestamp, step, metrics) VALUES (?, 'first', ?, 9, ?)";
  writer.prepare(sql).run(runs[0]!.originalId, "2026-11-21T09:00:00+00:00", '{"loss": NaN, "new": 2}');
  expect(outcomes(await run())).toEqual({ updated: 1, present: 1 });
  writer.close();
  expect(pointsOf(store, first.id, "new")).toEqual([[9, Date.parse("2026-11-21T09:00:00Z"), "2"]]);
});

test("a database of another program's is refused", async () => {
  const location = path.join(fixture("mlflow-database"), "mlflow.db");
  await expect(testImport({ kind: "trackio", location }).run()).rejects.toThrow("no database of Trackio's");
});
