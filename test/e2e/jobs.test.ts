import { writeFile } from "node:fs/promises";
import path from "node:path";
import { SPOOLER, spoolerSettings } from "../../src/targets/command/testSpooler";
import { expect, test } from "./fixtures";

test.use({ example: "quickstart", venv: false });

test("runs wait in a queue, are cancelled, tried again and sent to a target, and the view tells how they stand", async ({
  workbench,
  page,
  home,
  folder,
  records,
}) => {
  await writeFile(path.join(home, "spooler.py"), SPOOLER);
  const box = spoolerSettings("python3", path.join(home, "spooler.py"), path.join(home, "box"));
  // JSON is YAML.
  const project = { local: { slots: 2, costPerHour: 0.5 }, targets: { box } };
  await writeFile(path.join(folder, "modeltrail.yaml"), JSON.stringify(project, null, 2));
  const { experiments, quickInput, editor } = workbench;
  const jobs = workbench.tree("Jobs");
  async function queue(): Promise<void> {
    await workbench.runCommand("Modeltrail: Add to Queue…");
    await expect(quickInput.entry("local")).toContainText("Ready");
    await quickInput.choose("local");
  }

  await test.step("the first runs at once", async () => {
    await experiments.open();
    await workbench.openFile("train.py");
    await queue();
    await expect(jobs.pane).toBeVisible();
    await jobs.open();
    await jobs.expand(jobs.row("Ended"));
    await expect(jobs.row("train.py", /^finished · .* · cost 0.00/)).toBeVisible();
  });

  await test.step("while the queue is paused, jobs wait", async () => {
    await workbench.runCommand("Modeltrail: Pause Queue");
    for (let count = 1; count <= 3; count++) {
      await queue();
      await expect(jobs.row("Queued", `${count} · paused`)).toBeVisible();
    }
    await jobs.press(jobs.row("train.py").first(), "Cancel Job");
    await expect(jobs.row("Queued", "2 · paused")).toBeVisible();
    await expect(jobs.row("train.py", /^not started/)).toBeVisible();
    await workbench.look("jobs-queued");
  });

  await test.step("and begin when it goes on", async () => {
    await workbench.runCommand("Modeltrail: Resume Queue");
    await expect(jobs.row("Ended", "4")).toBeVisible();
    await jobs.press(jobs.row("train.py", /^not started/), "Retry Job");
    await expect(jobs.row("train.py", /^finished/)).toHaveCount(4);
  });

  await test.step("on a target, what is sent is said first", async () => {
    await workbench.runCommand("Modeltrail: Run on Target…");
    await expect(quickInput.entry("box")).toContainText(/Ready · sends \d+ files of code/);
    await workbench.look("jobs-targets");
    await quickInput.choose("box");
    await expect(jobs.row("train.py", /^box · finished/)).toBeVisible();
    await workbench.look("jobs-ended");
  });

  await test.step("their logs and runs are at hand", async () => {
    await jobs.row("train.py", /^box · finished/).click();
    await editor.shows("loss");
    const runs = await records.list();
    expect(runs.map(({ status }) => status)).toEqual(Array(5).fill("finished"));
    expect(new Set(runs.map(({ metrics }) => metrics.loss?.last)).size).toBe(1);
    await expect(editor.tab("train.py")).toBeVisible();
  });
  await expect(page.locator(".notifications-toasts .codicon-error")).toHaveCount(0);
});
