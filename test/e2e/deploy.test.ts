import { symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { checkInAllThemes } from "./accessibility";
import { expect, test } from "./fixtures";

test.use({ example: "wine", venv: false });

const python = process.env.MODELTRAIL_TEST_SERVE_PYTHON;

/** The better model is let through, the worse one is not. */
const GATES = `gates:
  good-enough: { kind: metric, metric: accuracy, min: 0.9 }
`;

test("the best run is deployed and answers, a worse one is held back, and going back is one click", async ({
  workbench,
  folder,
  records,
}) => {
  test.skip(!python, "needs MODELTRAIL_TEST_SERVE_PYTHON, a Python with what serves models");
  test.setTimeout(300_000);
  await symlink(path.resolve(python!, "../.."), path.join(folder, ".venv"), "junction");
  await writeFile(path.join(folder, "modeltrail.yaml"), GATES);
  const train = (name: string, ...args: string[]) =>
    records.record([path.join(folder, ".venv/bin/python"), "train.py", "--epochs", "5", ...args], { name });
  await train("good", "--model", "forest", "--n-estimators", "50", "--out", "good");
  await train("bad", "--model", "forest", "--n-estimators", "1", "--max-depth", "1", "--out", "bad");
  const { experiments, quickInput, notifications } = workbench;
  const models = workbench.tree("Models");
  const deployments = workbench.tree("Deployments");

  await test.step("the best run's model is registered and deployed in one click", async () => {
    await experiments.open();
    await experiments.contextMenu(experiments.run("good"), "Deploy Model…");
    // Its pickle executes code: that is asked for once.
    await expect(workbench.dialog).toContainText("executes code");
    await workbench.look("deploy-trust");
    await workbench.dialog.getByRole("button", { name: "Trust and Go On" }).click();
    await expect(notifications.with("is live with version 1")).toBeVisible({ timeout: 90_000 });
    await workbench.look("deploy-live");
    await notifications.press("is live with version 1", "Open Try-It Page");
  });

  await test.step("the endpoint answers on the try-it page", async () => {
    const page = workbench.webview();
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("list", { name: "Predictions" })).toBeVisible();
    await expect(page.getByText("200 OK").first()).toBeVisible();
    await expect(page.getByText("version 1").first()).toBeVisible();
    await workbench.hidePanel();
    await workbench.look("try-it-answer");
    await page.getByRole("textbox", { name: /^Body/ }).fill('{"inputs": [["red"]]}');
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await checkInAllThemes(workbench, page.getByRole("heading", { name: "Tries" }), "try-it");
    await notifications.clear();
    // What was tried is there again when the page comes back.
    await workbench.openFile("modeltrail.yaml");
    await workbench.editor.tab(/^Try /).click();
    await expect(page.getByRole("heading", { name: "Tries" })).toBeVisible();
    await expect(page.getByText("200 OK").first()).toBeVisible();
  });

  await test.step("a worse one is stopped by a gate, which can be passed over for a reason only", async () => {
    await workbench.hidePanel();
    await experiments.contextMenu(experiments.run("bad"), "Deploy Model…");
    const held = notifications.with("did not pass its gates");
    await expect(held).toBeVisible({ timeout: 90_000 });
    await expect(held).toContainText("good-enough");
    await notifications.press(held, "Deploy Anyway…");
    await workbench.dialog.getByRole("button", { name: "Cancel" }).click();
    // The notification is gone by now, the change that was held back is not.
    await experiments.fold();
    await deployments.open();
    await workbench.look("deploy-held");
    await deployments.press(deployments.row("Deploy version 2", /^held back/).first(), "Deploy Anyway…");
    await workbench.dialog.getByRole("button", { name: "Deploy Anyway…" }).click();
    await expect(quickInput.widget).toContainText("audit log");
    await workbench.look("deploy-override");
    await quickInput.fill("For the tasting on Friday");
    await quickInput.accept();
    await expect(notifications.with("is live with version 2")).toBeVisible({ timeout: 90_000 });
    await notifications.clear();
    await workbench.runCommand("Modeltrail: Show Audit Log");
    const entries = workbench.report().body.locator("tr").filter({ hasText: "For the tasting on Friday" });
    await expect(entries.filter({ hasText: "gate.override" })).toContainText(", vscode");
    await workbench.look("audit-log");
  });

  await test.step("one click goes back", async () => {
    await workbench.hidePanel();
    const row = deployments.row(/wine|train/, /^live · version 2/).first();
    await expect(row).toBeVisible();
    await workbench.look("deploy-view");
    await deployments.press(row, "Roll Back");
    await expect(notifications.with("is live with version 1")).toBeVisible({ timeout: 90_000 });
    await expect(deployments.row(/wine|train/, /^live · version 1/).first()).toBeVisible();
    await models.open();
    await models.expand(models.row(/wine|train/).first());
    await expect(models.row("Version 1", /serves/)).toBeVisible();
    await workbench.look("models-view");
    await deployments.press(deployments.row(/wine|train/, /^live · version 1/).first(), "Undeploy…");
    await workbench.dialog.getByRole("button", { name: "Undeploy" }).click();
    await expect(notifications.with("is not served any more")).toBeVisible({ timeout: 60_000 });
  });
});
