/** Versions are exchanged and shared from VS Code while callers go on asking. */
import { symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { openStore } from "../../src/store/open";
import { stream, until } from "../deploy/callers";
import { CONSTANT_MODEL, CONSTANT_TRAINING } from "../deploy/constantModel";
import { expect, test } from "./fixtures";

test.use({ example: "wine", venv: false });

const python = process.env.MODELTRAIL_TEST_SERVE_PYTHON;
const NAME = "cellar";

test("under 200 requests/s a bad version is rolled back by itself, and a challenger shares the requests, without a failed one", async ({
  workbench,
  folder,
  records,
}) => {
  test.skip(!python, "needs MODELTRAIL_TEST_SERVE_PYTHON, a Python with what serves models");
  test.setTimeout(300_000);
  const marker = path.join(folder, "bad-luck");
  await symlink(path.resolve(python!, "../.."), path.join(folder, ".venv"), "junction");
  await writeFile(path.join(folder, "kinds.py"), CONSTANT_MODEL);
  await writeFile(path.join(folder, "constant.py"), CONSTANT_TRAINING);
  // Whoever waits while this machine is busy with something else is to get an answer, too.
  const settings = `deployments: { ${NAME}: { target: local, limits: { concurrent: 10000 } } }\n`;
  await writeFile(path.join(folder, "modeltrail.yaml"), settings);
  const train = (name: string, ...args: string[]) =>
    records.record([path.join(folder, ".venv/bin/python"), "constant.py", ...args], { name, experiment: NAME });
  await train("best", "--number", "1");
  await train("bad", "--number", "2", "--fails-with", marker);
  await train("other", "--number", "3");
  const { experiments, quickInput, notifications } = workbench;
  const deployments = workbench.tree("Deployments");
  const row = (description: RegExp) => deployments.row(NAME, description);

  await test.step("the first is deployed where one chooses", async () => {
    await experiments.open();
    await experiments.contextMenu(experiments.run("best"), "Deploy Model To…");
    await expect(quickInput.entry(NAME).first()).toContainText("this machine");
    await expect(quickInput.entry("Edit Targets…")).toBeVisible();
    await workbench.look("deploy-to");
    await quickInput.choose(NAME);
    await workbench.dialog.getByRole("button", { name: "Trust and Go On" }).click();
    await expect(notifications.with("is live with version 1")).toBeVisible({ timeout: 90_000 });
    await notifications.clear();
  });

  const store = openStore(folder, { create: false, readOnly: true });
  const url = store.deployments.get(NAME)!.served!.endpoint!;
  const callers = stream(url, 200);
  try {
    await test.step("one that fails its smoke test is rolled back, and it is told why", async () => {
      await workbench.hidePanel();
      await experiments.contextMenu(experiments.run("bad"), "Deploy Model…");
      // It is well until it has been checked, and fails when it is about to go live.
      const steps = () => store.deployments.current(NAME)?.rollout.steps ?? [];
      const isChecked = () => steps().some(({ name, state }) => name === "compatibility" && state === "done");
      await until(isChecked, "it has been checked", 90_000);
      await writeFile(marker, "");
      const told = notifications.with("Nothing that is served was changed.");
      await expect(told).toContainText(/the sample with 5\d\d/, { timeout: 90_000 });
      await notifications.press(told, "Show Deployment");
      await workbench.hidePanel();
      await experiments.fold();
      await expect(row(/^live · version 1/)).toBeVisible();
      const change = deployments.row("Deploy version 2", /^rolled back by itself · .*the sample with 5\d\d/);
      await expect(change).toBeVisible();
      await expect(deployments.row("Smoke Test", /the sample with 5\d\d/)).toBeVisible();
      await workbench.look("deploy-rolled-back");
      await notifications.clear();
    });

    await test.step("another is made challenger, and its share is set", async () => {
      await experiments.open();
      await experiments.contextMenu(experiments.run("other"), "Deploy Model To…");
      await quickInput.choose(NAME);
      await quickInput.choose("challenger");
      await quickInput.fill("20");
      await quickInput.accept();
      // The window may go meanwhile: the change goes on, and its end is told all the same.
      await until(() => store.deployments.current(NAME) !== null, "the change goes on", 90_000);
      await workbench.reload();
      await deployments.open();
      await expect(notifications.with(`${NAME} is live`)).toBeVisible({ timeout: 90_000 });
      await notifications.clear();
      await workbench.hidePanel();
      await experiments.fold();
      await deployments.contextMenu(row(/versions 1 \(80 %\), 3 \(20 %\)/), "Set Traffic…");
      await quickInput.choose("Share of the Challenger…");
      await quickInput.fill("50");
      await quickInput.accept();
      await expect(row(/versions 1 \(50 %\), 3 \(50 %\)/)).toBeVisible();
      await expect(notifications.with(`${NAME} is live`)).toBeVisible({ timeout: 90_000 });
      await notifications.clear();
      await workbench.hidePanel();
    });

    await test.step("the prediction log tells who answered what", async () => {
      const answered = callers.count();
      await until(() => callers.count() > answered + 400, "it has answered");
      await deployments.contextMenu(row(/^live/), "Show Predictions");
      const report = workbench.report();
      await report.says("Since the last change");
      const rows = report.body.locator("table").nth(1).locator("tbody tr");
      await expect(rows).toHaveText([/^\s*3\s+challenger\s/, /^\s*1\s+champion\s/]);
      const shares = await rows.locator("td:nth-child(4)").allTextContents();
      for (const share of shares) expect(Math.abs(Number.parseFloat(share) - 50)).toBeLessThan(15);
      expect(await rows.locator("td:nth-child(5)").allTextContents()).toEqual(["0", "0"]);
      await workbench.look("predictions");
      await deployments.press(deployments.row("Version 3"), "Show Predictions");
      await report.says("Newest of version 3");
      const listed = report.body.locator("table").last().locator("tbody td:nth-child(2)");
      expect([...new Set(await listed.allTextContents())]).toEqual(["3 (challenger)"]);
    });

    await test.step("the challenger takes over, and nobody has noticed anything", async () => {
      await deployments.contextMenu(row(/^live/), "Set Traffic…");
      await quickInput.choose("Make the Challenger the Champion");
      await expect(row(/^live · version 3/)).toBeVisible();
      await expect(notifications.with("is live with version 3")).toBeVisible({ timeout: 90_000 });
      await workbench.look("deploy-promoted");
      await notifications.clear();
    });
  } finally {
    store.close();
    const { answers, unanswered } = await callers.end();
    const statuses = [...new Set(answers.map(({ status }) => status))];
    const byVersion = new Set(answers.map(({ version, body }) => `${version}: ${body.predictions}`));
    expect.soft({ unanswered, statuses }).toEqual({ unanswered: 0, statuses: [200] });
    // Each answer is of the version that says so; that which failed has answered nobody.
    expect.soft([...byVersion].sort()).toEqual(["1: 1", "3: 3"]);
    await workbench.hidePanel();
    await deployments.press(row(/^live/), "Undeploy…");
    await workbench.dialog.getByRole("button", { name: "Undeploy" }).click();
    await expect(notifications.with("is not served any more")).toBeVisible({ timeout: 60_000 });
  }
});
