import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures";

test.use({
  example: "quickstart",
  venv: false,
  settings: { "workbench.colorTheme": "Default Dark Modern" },
  viewport: { width: 1280, height: 900 },
});

test("results stand beside the code that made them", async ({ workbench, folder, records, page }) => {
  const { editor, experiments } = workbench;
  const record = (name: string, ...args: string[]) => records.record(["python3", "train.py", ...args], { name });
  const code = await readFile(path.join(folder, "train.py"), "utf8");
  const lineOf = (text: string) => code.split("\n").findIndex((line) => line.includes(text)) + 1;
  await workbench.openFile("train.py");

  await test.step("nothing is shown before there is a run", async () => {
    await experiments.open();
    await experiments.says("No runs yet");
    await expect(editor.lens(/./)).toHaveCount(0);
  });

  await test.step("above the script and its training function stand the last and the best run", async () => {
    await record("good", "--epochs=30", "--learning-rate=0.01");
    await record("bad", "--epochs=2");
    await editor.goToLine(lineOf("rng.shuffle(train)"));
    await expect(editor.lens("2 runs")).toHaveCount(2);
    await expect(editor.lens(/^Last: 0\.\d+ val_accuracy .* worse$/)).toHaveCount(2);
    await expect(editor.lens(/Best: 0\.\d+$/)).toHaveCount(2);
    await expect(editor.lens(/Run$/)).toHaveCount(1);
    expect(await editor.note("progress = f")).toEqual({
      text: expect.stringMatching(/^last loss 0\.\d+ · val_loss/),
      isOld: false,
    });
    await workbench.picture("beside-the-code");
  });

  await test.step("behind the defaults of arguments stands what the best run used", async () => {
    await editor.goToLine(lineOf('"--learning-rate"'));
    await expect.poll(() => editor.note('"--learning-rate"')).toEqual({ text: "best run: 0.01", isOld: false });
    await expect.poll(() => editor.note('"--hidden"')).toEqual({ text: "best run: the same", isOld: false });
    await workbench.hover(editor.word("--learning-rate"), "the best run, good, used 0.01");
    await page.screenshot({ path: "test-results/pictures/lens-param.png" });
  });

  await test.step("a hover shows the series, the last runs and links", async () => {
    await editor.goToLine(lineOf("progress = f"));
    await workbench.hover(editor.word("val_accuracy="), "more counts as better");
    const hover = page.locator(".monaco-hover").filter({ hasText: "more counts as better" });
    await expect(hover.getByRole("img")).toBeVisible();
    await page.screenshot({ path: "test-results/pictures/lens-hover.png" });
    await hover.getByText("What Changed").click();
    await expect(editor.tab("good ↔ bad.md")).toBeVisible();
  });

  await test.step("what was changed since looks old", async () => {
    await editor.tab("train.py").click();
    await editor.replaceAndSave(code.replace('"--hidden", type=int, default=32', '"--hidden", type=int, default=16'));
    await editor.goToLine(lineOf("rng.shuffle(train)"));
    await expect(editor.lens(/^Last, of older code: /)).toHaveCount(2);
    await expect.poll(async () => (await editor.note("progress = f"))?.isOld).toBe(true);
    await workbench.look("lens-stale");
  });

  await test.step("a config file has what the best run used", async () => {
    await writeFile(path.join(folder, "params.json"), '{\n  "rate": 0.5,\n  "model": {\n    "depth": 3\n  }\n}\n');
    const script = ["import json", 'rate = json.load(open("params.json"))["rate"]', 'print(f"score={rate}")'];
    await writeFile(path.join(folder, "tune.py"), script.join("\n"));
    await records.record(["python3", "tune.py"], { name: "high" });
    await writeFile(path.join(folder, "params.json"), '{\n  "rate": 0.4,\n  "model": {\n    "depth": 3\n  }\n}\n');
    await records.record(["python3", "tune.py"], { name: "low" });
    await workbench.openFile("params.json");
    await expect.poll(() => editor.note('"rate"')).toEqual({ text: "best run: 0.5", isOld: false });
    await expect.poll(() => editor.note('"depth"')).toEqual({ text: "best run: the same", isOld: false });
    await workbench.look("lens-config");
  });

  await test.step("the history follows the editor, and compares the file then and now", async () => {
    await workbench.widenSideBar(420);
    const history = workbench.tree("History of This File");
    await experiments.fold();
    await history.open();
    await expect(history.row("low", /configured by it/)).toBeVisible();
    await expect(history.row("high", /configured by it/)).toBeVisible();
    await editor.tab("train.py").click();
    await expect(history.row("good", /ran it/)).toBeVisible();
    await expect(history.row("low")).toBeHidden();
    await workbench.look("history");
    await history.row("bad").click();
    const { original, modified } = await editor.diff();
    expect(original).toContain("default=32");
    expect(modified).toContain("default=16");
    await workbench.look("history-diff");
  });
});
