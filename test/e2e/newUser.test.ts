import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures";
import { gitState } from "./gitState";

test.use({
  example: "wine",
  // For the README's pictures; as high as the tree of a whole run.
  settings: { "workbench.colorTheme": "Default Dark Modern" },
  viewport: { width: 1280, height: 836 },
});

/** A line of train.py, and what it is changed into between two runs. */
const LINE = "trees = dict(max_depth=args.max_depth, random_state";
const CHANGED = 'trees = dict(max_depth=args.max_depth, max_features="sqrt", random_state';

test("a new user records a run, changes a line and an argument, runs again and sees what changed", {
  tag: "@vsix",
}, async ({ workbench, folder }) => {
  const { experiments, editor } = workbench;
  const script = path.join(folder, "train.py");
  const before = gitState(folder, ["outputs"]);
  await experiments.open();
  await workbench.widenSideBar(420);
  await workbench.openFile("train.py");

  const first = await test.step("press Run and see the run go live", async () => {
    await editor.titleAction("Run and Record").click();
    const name = await experiments.newRun([]);
    await experiments.untilStatus(name, "running");
    await expect(workbench.statusBarItem(/1 run/)).toBeVisible();
    await experiments.untilStatus(name, "finished");
    await expect(workbench.statusBarItem(/1 run/)).toBeHidden();
    await experiments.expand(experiments.run(name));
    return name;
  });

  await test.step("the run has its params, metrics, artifacts, code, data, environment and log", async () => {
    const read = (section: string) => expect.poll(() => experiments.readAndFold(section));
    await read("Params").toMatchObject({ model: "boosting", n_estimators: "1000", learning_rate: "0.005", seed: "7" });
    await read("Metrics").toMatchObject({
      accuracy: expect.stringMatching(/^0\.\d+$/),
      loss: expect.stringMatching(/min 0\.\d+, max 0\.\d+/),
      "system/memory_mb": expect.any(String),
    });
    await read("Artifacts").toMatchObject({
      "outputs/confusion_matrix.png": expect.stringMatching(/kB$/),
      "outputs/metrics.json": expect.any(String),
      "outputs/model.joblib": expect.stringMatching(/kB$/),
    });
    await read("Code").toMatchObject({ "train.py": "the script as it ran", Branch: "main", HEAD: expect.any(String) });
    await read("Data").toMatchObject({ "data/wine.csv": expect.stringMatching(/^read · .* kB$/) });
    await read("Environment").toMatchObject({
      Interpreter: expect.stringMatching(/ 3\.\d+/),
      "Imported packages": expect.stringMatching(/^\d+$/),
    });
    await expect(experiments.row("Log", / kB$/)).toBeVisible();
  });
  expect(gitState(folder, ["outputs"])).toEqual(before);

  await test.step("change a line", async () => {
    await editor.tab("train.py").click();
    await editor.replaceAndSave((await readFile(script, "utf8")).replace(LINE, CHANGED));
  });

  const second = await test.step("run again with another argument", async () => {
    await workbench.hidePanel();
    await editor.pickTitleMenu("Run or Debug", "Run With Arguments…");
    const form = workbench.runForm();
    await form.fill("--epochs", "300");
    await form.fill("--learning-rate", "0.01");
    await expect(form.commandLine).toHaveText("python train.py --epochs 300 --learning-rate 0.01");
    await workbench.picture("run-form");
    await form.run();
    return await experiments.newRun([first]);
  });

  await test.step("follow its log and its metrics while it goes on", async () => {
    await experiments.collapse(experiments.run(first));
    await experiments.expand(experiments.run(second));
    await experiments.row("Log").click();
    await expect(editor.tab(new RegExp(`^${second}.log`))).toBeVisible();
    await workbench.hidePanel();
    await editor.shows(/epoch \d+\/300 loss=/);
    await experiments.expand(experiments.row("Metrics"));
    const seen = new Set<string>();
    await expect
      .poll(async () => {
        const { loss } = await experiments.read("Metrics");
        if (loss && (await experiments.isRunning(second))) seen.add(loss);
        return seen.size;
      }, "values of a metric while the run goes on")
      .toBeGreaterThan(1);
    await workbench.picture("live-run");
    await editor.shows("Saved the model");
    await experiments.untilStatus(second, "finished");
    await experiments.collapse(experiments.row("Metrics"));
    await expect.poll(() => experiments.readAndFold("Params")).toMatchObject({ epochs: "300", learning_rate: "0.01" });
    await expect(experiments.row("Code", "main · uncommitted changes kept")).toBeVisible();
  });

  await test.step("see what changed between the two runs", async () => {
    await experiments.tick([experiments.run(first), experiments.run(second)]);
    await experiments.pressTitle("What Changed Between the Chosen Runs");
    await expect(editor.tab(new RegExp(`^train.py \\(${first} ↔ ${second}\\)`))).toBeVisible();
    await expect
      .poll(() => editor.diff())
      .toEqual({
        original: expect.stringContaining(LINE),
        modified: expect.stringContaining(CHANGED),
      });
    await workbench.picture("what-changed");
  });

  await test.step("open the picture that the run drew", async () => {
    await experiments.expand(experiments.row("Artifacts"));
    await experiments.row("outputs/confusion_matrix.png").click();
    const picture = workbench.webview().locator("img");
    await expect(picture).toBeVisible();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
    await experiments.expand(experiments.row("Params"));
    await expect.poll(() => experiments.read("Params")).toHaveProperty("val_size");
    await experiments.expand(experiments.row("Metrics"));
    await expect.poll(() => experiments.read("Metrics")).toHaveProperty("accuracy");
    await workbench.picture("recorded-run");
  });

  const after = gitState(folder, ["outputs"]);
  expect(after, "only the user's own change is there").toEqual({
    ...before,
    files: { ...before.files, "train.py": expect.not.stringMatching(`^${before.files["train.py"]}$`) },
  });
});
