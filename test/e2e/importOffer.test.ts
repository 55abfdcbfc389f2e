import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { createMlflowServer } from "../../src/ingest/mlflow/server";
import { openStore } from "../../src/store/open";
import { test as base, expect } from "./fixtures";

const mlruns = path.resolve(import.meta.dirname, "../fixtures/importers/mlflow-files/mlruns");

interface Fixtures {
  /** The address of an MLflow server that has no runs. */
  mlflow: string;
}

const test = base.extend<Fixtures>({
  folder: async ({ folder }, use) => {
    await cp(mlruns, path.join(folder, "mlruns"), { recursive: true });
    await use(folder);
  },
  mlflow: async ({ home }, use) => {
    const elsewhere = path.join(home, "elsewhere");
    await mkdir(elsewhere);
    const store = openStore(elsewhere);
    const server = createMlflowServer({ store, secret: "5ec2e7", artifacts: "http" });
    await use(await server.listen());
    server.http.closeAllConnections();
    await server.close();
    store.close();
  },
});
test.use({ example: "quickstart", venv: false });

const OFFER = /has runs of another tracker \(MLflow folder\)/;

test("runs of another tracker are offered, imported, not offered again, and sent to a server", async ({
  workbench,
  records,
  mlflow,
}) => {
  const { notifications, experiments, quickInput } = workbench;
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

  await workbench.runCommand("Modeltrail: Import Runs From…");
  await expect(quickInput.entry("MLflow Server…")).toBeVisible();
  await workbench.look("import from");
  await quickInput.choose("MLflow folder");
  await expect(notifications.with("0 runs imported, 4 here already.")).toBeVisible();

  await experiments.expand(experiments.row("wine / quality"));
  const send = () => experiments.contextMenu(experiments.run("parent"), "Share", "Send Runs to MLflow…");
  await quickInput.answer(send, mlflow);
  await expect(notifications.with(/^2 runs sent to http:\/\/127\.0\.0\.1:\d+\/t\/\*\*\*/)).toBeVisible();
  await workbench.look("sent");
});
