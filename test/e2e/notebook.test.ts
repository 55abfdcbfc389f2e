import { expect, test } from "./fixtures";

test.use({ example: "wine" });

const NOTEBOOK = "explore.ipynb";

test("a notebook on a kernel of ours is recorded as deeply as a script, and runs whole with other parameters", async ({
  workbench,
  records,
  page,
}) => {
  const { experiments } = workbench;
  await experiments.open();
  await workbench.openFile(NOTEBOOK);
  const toolbar = page.locator(".notebook-toolbar-container");
  await expect(page.locator(".kernel-label").first()).toContainText(/Modeltrail: Python 3\.\d+\.\d+ \(\.venv\)/);

  await toolbar.getByRole("button", { name: /^Run All/ }).click();
  const name = await experiments.newRun([]);
  await expect
    .poll(async () => (await records.show(name)).cells?.map(({ status }) => status))
    .toEqual(Array(4).fill("succeeded"));
  await toolbar.getByRole("button", { name: /^Restart/ }).click();
  await experiments.untilStatus(name, "finished");
  const byHand = await records.show(name);
  expect(byHand).toMatchObject({ script: NOTEBOOK, params: { max_depth: "3", trees: "60", seed: "7" }, gaps: [] });
  expect(byHand.metrics.accuracy).toMatchObject({ count: 6, lastStep: 60 });
  expect(byHand.snapshot.data).toContainEqual(expect.objectContaining({ path: "data/wine.csv", role: "read" }));
  const kept = byHand.artifacts.map(({ path }) => path);
  expect(kept).toEqual(expect.arrayContaining(["confusion.png", "executed/explore.ipynb"]));

  await workbench.runCommand("Modeltrail: Run With Arguments…");
  const form = workbench.runForm();
  await form.fill("--max_depth", "1");
  await expect(form.commandLine).toContainText("modeltrail run explore.ipynb --max_depth 1");
  await form.run();
  const other = await experiments.newRun([name]);
  await experiments.untilStatus(other, "finished");
  const whole = await records.show(other);
  expect(whole).toMatchObject({ script: NOTEBOOK, params: { max_depth: "1", trees: "60" }, exitCode: 0 });
  expect(whole.metrics.accuracy).toMatchObject({ count: 6 });
  expect(whole.cells?.map(({ cellId }) => cellId)).toEqual([
    "parameters",
    "injected-parameters",
    "data",
    "train",
    "look",
  ]);
});
