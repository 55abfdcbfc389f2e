import { cp } from "node:fs/promises";
import path from "node:path";
import { test as base, expect } from "./fixtures";

const mlruns = path.resolve(import.meta.dirname, "../fixtures/importers/mlflow-files/mlruns");

const test = base.extend({
  folder: async ({ folder }, use) => {
    await cp(mlruns, path.join(folder, "mlruns"), { recursive: true });
    await use(folder);
  },
});
test.use({ example: "quickstart", venv: false });

const OFFER = /has runs of another tracker \(MLflow folder\)/;

test("runs of another tracker are offered, imported, and not offered again", async ({ workbench, records }) => {
  const { notifications, experiments } = workbench;
  await experiments.open();
  await expect(notifications.with(OFFER)).toBeVisible();
  expect(await records.list()).toEqual([]);
  await notifications.press(OFFER, "Import");
  await expect(notifications.with("4 runs imported.")).toBeVisible();
  await expect.poll(async () => (await experiments.runs()).length).toBeGreaterThan(0);
  const runs = await records.list();
  expect(runs.map(({ name }) => name).sort()).toEqual(["broken", "child", "going on", "parent"]);
  const parent = await records.show("parent");
  expect(parent.metrics.loss).toMatchObject({ count: 6, min: "-Infinity", max: "Infinity" });
  await workbench.reload();
  await experiments.open();
  await expect.poll(async () => (await experiments.runs()).length).toBeGreaterThan(0);
  await expect(notifications.with(OFFER)).toHaveCount(0);
});
