import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures";
import { Workbench } from "./workbench/workbench";

test.use({ example: "quickstart", venv: false });

/** Prints a score and ends with an exit code. */
const SCORE = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--score", type=float, default=0.5)
parser.add_argument("--exit-code", type=int, default=0)
args = parser.parse_args()
print(f"score={args.score}")
raise SystemExit(args.exit_code)
`;

const FOREVER = `import itertools, time
for step in itertools.count():
    print(f"step {step} loss={1 / (step + 1):.4f}", flush=True)
    time.sleep(0.1)
`;

const FAILING = `print("reading the data")
rows = []
print(f"mean={sum(rows) / len(rows)}")
`;

test.describe("many runs", () => {
  test.use({ settings: { "modeltrail.tree.pageSize": 10 } });

  test("are loaded by pages, sorted, grouped and filtered", async ({ workbench, folder, records }) => {
    const { experiments, quickInput } = workbench;
    await writeFile(path.join(folder, "score.py"), SCORE);
    const record = (name: string, score: number, experiment: string, exitCode = 0) =>
      records.record(["python3", "score.py", `--score=${score}`, `--exit-code=${exitCode}`], { name, experiment });
    await record("broken", 0.95, "baseline", 3);
    for (let index = 0; index < 12; index++) await record(`trial-${index}`, ((index * 7) % 12) / 10, "search");
    await experiments.open();

    await expect(experiments.row("search", "12 runs")).toBeVisible();
    await expect.poll(() => experiments.runs()).toHaveLength(10);
    await experiments.row("Load more runs", "2 left").click();
    await expect.poll(() => experiments.runs()).toHaveLength(12);
    await expect(experiments.row("Load more runs")).toBeHidden();

    await workbench.runCommand("Modeltrail: Sort Runs By…");
    await quickInput.choose("score");
    const byScore = [5, 10, 3, 8, 1, 6, 11, 4, 9, 2].map((index) => `trial-${index}`);
    await expect.poll(() => experiments.runs()).toEqual(byScore);

    await workbench.runCommand("Modeltrail: Group Runs By…");
    await quickInput.choose("Nothing: one list");
    await expect.poll(() => experiments.runs()).toEqual(["trial-5", "trial-10", "broken", ...byScore.slice(2, 9)]);

    await workbench.runCommand("Modeltrail: Group Runs By…");
    await quickInput.choose("Status");
    await expect(experiments.row("finished", "12 runs")).toBeVisible();
    await expect(experiments.row("failed", "1 run")).toBeVisible();

    await experiments.pressTitle("Filter Runs…");
    await quickInput.choose("failed");
    await experiments.expand(experiments.row("failed", "1 run"));
    await expect.poll(() => experiments.runs()).toEqual(["broken"]);
    await experiments.says("Filter: failed — 1 run");
    await experiments.pressTitle("Clear Filter");
    await expect(experiments.row("finished", "12 runs")).toBeVisible();

    await experiments.pressTitle("Filter Runs…");
    await quickInput.fill("trial-1");
    await quickInput.choose("Contains “trial-1”");
    await expect.poll(() => experiments.runs()).toEqual(["trial-10", "trial-1", "trial-11"]);
    await workbench.runCommand("Modeltrail: Filter Runs…");
    await quickInput.fill("nothing like it");
    await quickInput.choose("Contains “nothing like it”");
    await experiments.says("No run matches the filter.");
    await workbench.look("filter-without-match");
    await experiments.pane.getByRole("button", { name: "Clear Filter" }).click();
    await expect(experiments.row("finished", "12 runs")).toBeVisible();
  });
});

test("a run is renamed, tagged, noted, deleted and brought back", async ({ workbench, records }) => {
  const { experiments, quickInput, notifications } = workbench;
  const { name } = await records.record(["python3", "train.py", "--epochs=3"]);
  await experiments.open();

  await quickInput.answer(() => experiments.contextMenu(experiments.run(name), "Rename…"), "the one");
  await expect(experiments.run("the one")).toBeVisible();

  await experiments.contextMenu(experiments.run("the one"), "Edit Tags…");
  await quickInput.fill("stage");
  await expect(quickInput.widget).toContainText("Write tags as key=value.");
  await quickInput.fill('stage=final owner="Ada Lovelace"');
  await quickInput.accept();
  await experiments.expand(experiments.run("the one"));
  await experiments.expand(experiments.row("Tags"));
  await expect.poll(() => experiments.read("Tags")).toEqual({ owner: "Ada Lovelace", stage: "final" });

  const editNote = () => experiments.contextMenu(experiments.run("the one"), "Edit Note…");
  await quickInput.answer(editNote, "good on *small* data");
  await workbench.hover(experiments.run("the one").locator(".label-name"), "good on *small* data");
  expect(await records.show("the one")).toMatchObject({
    note: "good on *small* data",
    tags: { owner: "Ada Lovelace", stage: "final" },
  });

  await experiments.contextMenu(experiments.run("the one"), "Delete");
  await expect(experiments.run("the one")).toBeHidden();
  await notifications.press("Deleted the run the one.", "Undo");
  await expect(experiments.run("the one")).toBeVisible();

  await experiments.contextMenu(experiments.run("the one"), "Delete");
  await expect(experiments.run("the one")).toBeHidden();
  await experiments.says("No runs yet.");
  await workbench.runCommand("Modeltrail: Restore Deleted Runs…");
  await quickInput.check("the one");
  await quickInput.accept();
  await expect(experiments.run("the one")).toBeVisible();
});

test("what changed between runs, over several files and against the working files", async ({
  workbench,
  folder,
  records,
}) => {
  const { experiments, editor, notifications } = workbench;
  const run = (name: string) => records.record(["python3", "train.py", "--epochs=2"], { name });
  await run("first");
  await run("same");
  await writeFile(path.join(folder, "train.py"), 'from model import name\nprint(f"model={name} score=1")\n');
  await writeFile(path.join(folder, "model.py"), 'name = "linear"\n');
  await run("other");
  await experiments.open();

  await experiments.tick([experiments.run("first"), experiments.run("same")]);
  await experiments.pressTitle("What Changed Between the Chosen Runs");
  await expect(notifications.with("first ↔ same: the code is the same.")).toBeVisible();

  await experiments.tick([experiments.run("same")], false);
  await experiments.tick([experiments.run("other")]);
  await experiments.pressTitle("What Changed Between the Chosen Runs");
  await expect(editor.tab(/^first ↔ other \(2 files\)/)).toHaveClass(/active/);
  await expect.poll(() => editor.changedFiles()).toEqual(["model.py A", "train.py"]);
  await workbench.look("several-files");

  await experiments.expand(experiments.run("first"));
  await experiments.expand(experiments.row("Code"));
  await experiments.press(experiments.row("train.py"), "Compare with Working File");
  await expect(editor.tab(/^train.py \(first ↔ now\)/)).toBeVisible();
  await expect
    .poll(() => editor.diff())
    .toEqual({
      original: expect.stringContaining("Tell iris species"),
      modified: expect.stringContaining("from model import name"),
    });
});

test("a run is stopped from the status bar, and another in the tree", async ({ workbench, folder, records }) => {
  const { experiments, editor, quickInput } = workbench;
  await writeFile(path.join(folder, "forever.py"), FOREVER);
  await experiments.open();
  await workbench.openFile("forever.py");
  const start = async () => {
    const known = await experiments.runs();
    await editor.titleAction("Run and Record").click();
    const name = await experiments.newRun(known);
    await experiments.untilStatus(name, "running");
    return name;
  };
  const [first, second] = [await start(), await start()];
  await workbench.hover(experiments.run(first).locator(".label-name"), `${first} — running`);
  await workbench.statusBarItem("2 runs").click();
  await expect(quickInput.entry(second)).toBeVisible();
  await workbench.look("running");
  await quickInput.pressButton(first, "Stop");
  await experiments.untilStatus(first, /, (stopped|ended by SIG\w+), /);
  await expect(workbench.statusBarItem("1 run")).toBeVisible();
  await experiments.untilStatus(second, "running");

  await experiments.press(experiments.run(second), "Stop");
  await experiments.untilStatus(second, /, (stopped|ended by SIG\w+), /);
  await expect(workbench.statusBarItem(/\d runs?/)).toBeHidden();
  expect((await records.list()).map(({ status }) => status)).toEqual(["killed", "killed"]);
});

test("a script with an unhandled exception shows as failed, with its exit code and log", async ({
  workbench,
  folder,
}) => {
  const { experiments, editor, terminal } = workbench;
  await writeFile(path.join(folder, "failing.py"), FAILING);
  await experiments.open();
  await workbench.openFile("failing.py");
  await editor.titleAction("Run and Record").click();
  const name = await experiments.newRun([]);
  await experiments.untilStatus(name, /, failed with exit code 1, /);
  await terminal.shows("ZeroDivisionError: division by zero");
  await experiments.press(experiments.run(name), "Open Log");
  await editor.shows("reading the data");
  await editor.shows("ZeroDivisionError: division by zero");
  await workbench.look("failed");
});

test.describe("a folder without git", () => {
  test.use({ git: false });

  test("with names that need care is recorded too", async ({ workbench, folder, records }) => {
    const { experiments, editor } = workbench;
    const script = "modèle d'été 模型.py";
    await writeFile(path.join(folder, script), SCORE);
    await experiments.open();
    await workbench.openFile(script);
    await editor.titleAction("Run and Record").click();
    const name = await experiments.newRun([]);
    await experiments.untilStatus(name, "finished");
    const run = await records.show(name);
    expect(run).toMatchObject({ script, metrics: { score: { last: 0.5 } }, params: { score: "0.5" } });
    await experiments.expand(experiments.run(name));
    await expect(experiments.row("Code", "no git repository")).toBeVisible();
    await experiments.expand(experiments.row("Code"));
    await workbench.look("without-git");
    await experiments.row(script).click();
    await editor.shows("parser.add_argument");
  });
});

test("each folder of a workspace has its own runs", async ({ page, server, home, folder, records }) => {
  const other = path.join(home, "other");
  await mkdir(other);
  await writeFile(path.join(other, "score.py"), SCORE);
  await records.record(["python3", "train.py", "--epochs=2"], { name: "flowers" });
  const workspace = path.join(home, "both.code-workspace");
  await writeFile(workspace, JSON.stringify({ folders: [{ path: folder }, { path: other }] }));
  const workbench = new Workbench(page, `${server.url}/?${new URLSearchParams({ workspace })}`);
  await workbench.open();
  const { experiments, editor } = workbench;
  await experiments.open();
  await expect(experiments.run("flowers")).toBeVisible();

  await workbench.openFile("score.py");
  await editor.titleAction("Run and Record").click();
  const name = await experiments.newRun(["flowers"]);
  await experiments.untilStatus(name, "finished");
  await workbench.look("two-folders");
  await expect(experiments.row("quickstart")).toHaveAttribute("aria-level", "1");
  await expect(experiments.row("other")).toHaveAttribute("aria-level", "1");
  expect((await records.list()).map((run) => run.name)).toEqual(["flowers"]);
});

test("an empty folder tells how to begin", async ({ workbench }) => {
  const { experiments, editor } = workbench;
  await experiments.open();
  await experiments.says("No runs yet.");
  await experiments.pane.getByRole("button", { name: "Get started with Modeltrail" }).click();
  await expect(workbench.walkthrough).toContainText("Get Started with Modeltrail");
  await workbench.look("walkthrough");
  await experiments.pane.getByRole("button", { name: "Create a Quickstart Script" }).click();
  await expect(editor.tab(/^quickstart.py/)).toHaveClass(/active/);
  await experiments.pane.getByRole("button", { name: "Run and Record This File" }).click();
  const name = await experiments.newRun([]);
  await experiments.untilStatus(name, "finished");
  await workbench.look("quickstart");
});

test("a window without a folder tells how to begin", async ({ page, server }) => {
  const workbench = new Workbench(page, `${server.url}/?ew=true`);
  await workbench.open();
  await workbench.experiments.open();
  await workbench.experiments.says("Open the folder of your project to see its runs.");
});

test.describe("Restricted Mode", () => {
  test.use({ trust: true });

  test("recorded runs can be browsed, and nothing is started", async ({ page, server, folder, records }) => {
    await records.record(["python3", "train.py", "--epochs=2"], { name: "earlier" });
    const workbench = new Workbench(page, `${server.url}/?${new URLSearchParams({ folder })}`);
    await workbench.open();
    const { experiments, editor, notifications } = workbench;
    await expect(workbench.statusBarItem("Restricted Mode")).toBeVisible();
    await experiments.open();
    await experiments.expand(experiments.run("earlier"));
    await experiments.row("Log").click();
    await editor.shows("epoch 2/2");
    await workbench.look("restricted");

    await workbench.openFile("train.py");
    await expect(editor.titleAction("Run and Record")).toBeHidden();
    await workbench.runCommand("Modeltrail: Get Started");
    await workbench.walkthrough.getByRole("button", { name: "Run and Record", exact: true }).click();
    await expect(
      notifications.with(/Restricted Mode: recorded runs can be browsed, but nothing is started/),
    ).toBeVisible();
    await workbench.look("restricted-run");
    expect(await records.list()).toHaveLength(1);
  });
});
