import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "./fixtures";
import { gitState } from "./gitState";

test.use({
  example: "quickstart",
  venv: false,
  settings: { "workbench.colorTheme": "Default Dark Modern" },
  viewport: { width: 1280, height: 900 },
});

const LINE = "    if args.epochs < 1:";
const CHANGED = "    if args.epochs <= 0:";

test("a user gets back what a run was made of, runs it again, and knows what changed", {
  tag: "@vsix",
}, async ({ workbench, folder, home, records }) => {
  const { experiments, editor, quickInput, notifications } = workbench;
  const file = (name: string) => path.join(folder, name);
  const data = workbench.tree("Data");
  await writeFile(file("modeltrail.yaml"), "datasets:\n  iris: data/*.csv\n");
  const before = gitState(folder, ["outputs", "data"]);
  const [code, rows] = [await readFile(file("train.py"), "utf8"), await readFile(file("data/iris.csv"))];
  await experiments.open();
  await workbench.widenSideBar(420);
  await workbench.openFile("train.py");

  const first = await test.step("run, change code and data, and run again with another argument", async () => {
    await editor.titleAction("Run and Record").click();
    const name = await experiments.newRun([]);
    await experiments.untilStatus(name, "finished");
    await workbench.hidePanel();
    await editor.tab("train.py").click();
    await editor.replaceAndSave(code.replace(LINE, CHANGED));
    await writeFile(file("data/iris.csv"), `${rows}5.0,3.5,1.4,0.2,setosa\n6.0,3.0,4.5,1.5,versicolor\n`);
    await records.record(["python3", "train.py", "--epochs=120"], { name: "second" });
    await experiments.untilStatus("second", "finished");
    return name;
  });

  await test.step("see in one line what changed, and all of it in a document", async () => {
    await experiments.expand(experiments.run("second"));
    await expect(experiments.row(`Since ${first}`, /train\.py/)).toBeVisible();
    await workbench.look("since");
    await experiments.collapse(experiments.run("second"));
    await experiments.tick([experiments.run(first), experiments.run("second")]);
    await experiments.pressTitle("What Changed Between the Chosen Runs");
    await expect
      .poll(() => editor.diff())
      .toEqual({ original: expect.stringContaining(LINE), modified: expect.stringContaining(CHANGED) });
    await editor.tab(`${first} ↔ second.md`).click();
    const report = workbench.report();
    expect(await report.row("epochs")).toEqual(["200", "120"]);
    await report.says(/modified\s*train\.py/);
    await report.says("data/iris.csv");
    await workbench.picture("comparison");
    await editor.titleAction("Compare Code").click();
    await expect(editor.tab(new RegExp(`^${first} ↔ second \\(2 files\\)`))).toHaveClass(/active/);
    await expect.poll(() => editor.changedFiles()).toEqual(["iris.csv", "train.py"]);
    await editor.untilFocused();
  });

  await test.step("restore the first run to a folder, byte for byte", async () => {
    const to = path.join(home, "restored");
    await experiments.contextMenu(experiments.run(first), "Restore", "Restore Run to Folder…");
    await workbench.look("restore");
    await quickInput.fill(to);
    await quickInput.accept();
    await expect(notifications.with(`${first} is restored exactly`)).toBeVisible();
    expect(readFileSync(path.join(to, "train.py"), "utf8")).toBe(code);
    expect(readFileSync(path.join(to, "data/iris.csv")).equals(rows)).toBe(true);
    await notifications.clear();
  });

  await test.step("bring its code into the workspace through the diff editor only", async () => {
    await experiments.contextMenu(experiments.run(first), "Restore", "Bring Code into the Workspace…");
    await expect(editor.tab(new RegExp(`^${first} → workspace \\(2 files\\)`))).toHaveClass(/active/);
    await editor.untilFocused();
    expect(await readFile(file("train.py"), "utf8")).toContain(CHANGED);
    await workbench.look("bring");
    await notifications.clear();
  });

  await test.step("reproduce it, with a verdict", async () => {
    await experiments.contextMenu(experiments.run(first), "Reproduce…");
    await quickInput.choose("With the Python It Ran On");
    await expect(notifications.with(`${first} is reproduced: the same outputs and metrics.`)).toBeVisible();
    await workbench.look("reproduced");
    await notifications.press(`${first} is reproduced`, "Show Verdict");
    await workbench.hidePanel();
    const report = workbench.report();
    await report.says("The same: every output has the same content, every metric the same values.");
    expect((await report.row("outputs/metrics.json"))[0]).toBe("the same");
    await workbench.picture("verdict");
    await experiments.expand(experiments.run(first));
    await experiments.expand(experiments.row("Child runs"));
    await expect(experiments.row(/.+/, /^reproduced: the same/)).toBeVisible();
    await workbench.look("child-run");
    await experiments.collapse(experiments.run(first));
  });

  await test.step("see the versions of the data, and what differs", async () => {
    await data.open();
    await experiments.fold();
    await data.expand(data.row("iris", /^2 versions/));
    const versions = data.row(/^[0-9a-f]{8}$/);
    await expect(versions).toHaveCount(2);
    await data.expand(versions.first());
    await data.expand(data.row("Changes"));
    await data.expand(data.row("Runs"));
    await expect(data.row("second")).toBeVisible();
    await workbench.look("data");
    await data.row("data/iris.csv").click();
    const report = workbench.report();
    await report.says("150 → 152: 2 added, 150 unchanged");
    expect(await report.row("sepal_length_cm")).toEqual(["number", expect.stringMatching(/^mean 5\.8\d+ → 5\.8\d+/)]);
    await workbench.picture("table");
    await editor.titleAction("Compare as Text").click();
    await expect(editor.tab(/^iris\.csv \([0-9a-f]{8} → [0-9a-f]{8}\)/)).toHaveClass(/active/);
    await editor.untilFocused();
    await data.press(versions.first(), "What Changed Between Versions…");
    await expect(editor.tab(/^iris [0-9a-f]{8} → [0-9a-f]{8}\.md/)).toHaveClass(/active/);
    await workbench.report().says("1 file changed");
  });

  await test.step("see where a result came from", async () => {
    await data.fold();
    await experiments.open();
    await experiments.expand(experiments.run("second"));
    await experiments.expand(experiments.row("Artifacts"));
    await experiments.contextMenu(experiments.row("outputs/metrics.json"), "Show Lineage");
    const lineage = workbench.tree("Lineage");
    await expect(lineage.row("outputs/metrics.json")).toBeVisible();
    await workbench.look("lineage-shown");
    await experiments.fold();
    await lineage.expand(lineage.row("second", /^wrote it/));
    await expect(lineage.row("data/iris.csv")).toBeVisible();
    await workbench.look("lineage");
    await lineage.fold();
    await experiments.open();
  });

  await test.step("free the space of a deleted run", async () => {
    await experiments.contextMenu(experiments.run("second"), "Delete");
    await expect(experiments.run("second")).toBeHidden();
    await notifications.clear();
    await workbench.runCommand("Modeltrail: Free Space…");
    await expect(quickInput.entry("All deleted runs")).toBeVisible();
    await workbench.look("free-space");
    await quickInput.choose("All deleted runs");
    await expect(workbench.dialog).toContainText("second: deleted today");
    await workbench.look("free-space-question");
    await workbench.dialog.getByRole("button", { name: /^Free \d/ }).click();
    await expect(notifications.with(/^Freed .*: 1 run\./)).toBeVisible();
    expect((await records.list()).map(({ name }) => name)).not.toContain("second");
  });

  expect(gitState(folder, ["outputs", "data"]), "only the user's own change is there").toEqual({
    ...before,
    files: { ...before.files, "train.py": expect.not.stringMatching(`^${before.files["train.py"]}$`) },
  });
});

test("repeats, pins and scratch runs have their place in the tree, and runs are taken elsewhere", async ({
  workbench,
  folder,
  home,
  records,
}) => {
  const { experiments, quickInput, notifications } = workbench;
  const record = (name: string, ...args: string[]) =>
    records.record(["python3", "train.py", "--epochs=2", ...args], { name });
  await record("first");
  await record("again");
  await record("wrong", "--no-such-option");
  await experiments.open();
  await workbench.widenSideBar(420);

  await test.step("a repeat names the run that it repeats, and the first has mean and spread", async () => {
    await expect(experiments.row("again", /repeat of first/)).toBeVisible();
    await expect(experiments.row("first", /repeated once/)).toBeVisible();
    await experiments.expand(experiments.run("first"));
    await expect(experiments.row("Repeats", /^repeated; 2 runs: val_accuracy 0\.8\d+ ± 0/)).toBeVisible();
    await experiments.expand(experiments.row("Repeats"));
    await workbench.look("repeats");
    await experiments.collapse(experiments.run("first"));
  });

  await test.step("what is an hour old and nobody is likely to miss stands in one element, unless it is pinned", async () => {
    makeOlder(folder);
    await workbench.runCommand("Modeltrail: Refresh Runs");
    const scratch = experiments.row("Scratch runs (2)");
    await experiments.expand(scratch);
    await expect.poll(() => experiments.runs()).toEqual(["first", "wrong", "again"]);
    await workbench.look("scratch");
    await experiments.contextMenu(experiments.run("again"), "Pin");
    await expect(experiments.row("again", /pinned$/)).toBeVisible();
    await expect(experiments.row("Scratch runs (1)")).toBeVisible();
    await workbench.look("pinned");
  });

  await test.step("a run is exported, and imported where it is not", async () => {
    const file = path.join(home, "first.modeltrail.zip");
    await experiments.contextMenu(experiments.run("first"), "Share", "Export Runs…");
    await quickInput.choose("Everything");
    await expect(quickInput.input).toHaveValue(file);
    await quickInput.accept();
    await expect(notifications.with(`first exported to ${file}`)).toBeVisible();
    await notifications.clear();
    await experiments.contextMenu(experiments.run("first"), "Delete");
    await expect(experiments.run("first")).toBeHidden();
    await notifications.clear();
    await workbench.runCommand("Modeltrail: Free Space…");
    await quickInput.choose("All deleted runs");
    await workbench.dialog.getByRole("button", { name: /^Free \d/ }).click();
    await expect(notifications.with(/^Freed .*: 1 run\./)).toBeVisible();
    await workbench.runCommand("Modeltrail: Import Runs…");
    // A dialog for files shows its folder when it is ready.
    await expect(quickInput.input).toHaveValue(`${folder}/`);
    await quickInput.fill(file);
    await expect(quickInput.entry("first.modeltrail.zip")).toBeVisible();
    await quickInput.accept();
    await expect(notifications.with("first: imported.")).toBeVisible();
    await expect(experiments.run("first")).toBeVisible();
    await workbench.look("imported");
  });
});

/** As if all runs had been recorded two hours earlier. */
function makeOlder(folder: string): void {
  const database = new DatabaseSync(path.join(folder, ".modeltrail/db.sqlite"));
  const ms = 2 * 60 * 60 * 1000;
  database.prepare("UPDATE runs SET start_time = start_time - ?, end_time = end_time - ?").run(ms, ms);
  database.close();
}
