import assert from "node:assert/strict";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { RunStatus } from "../../src/domain/run";
import type { Node } from "../../src/extension/tree/nodes";
import {
  cleanUp,
  hasEnded,
  internals,
  labelOf,
  nodeOf,
  runOfScript,
  runScript,
  sectionsOf,
  startScript,
  type TestInternals,
  until,
  workspaceRoot,
  writeScript,
} from "./support";

const TRAIN = [
  "import argparse, json, pathlib",
  "parser = argparse.ArgumentParser()",
  "parser.add_argument('--lr', type=float, default=0.1)",
  "args = parser.parse_args()",
  "for epoch in range(3):",
  "    print(f'epoch {epoch} loss={1 / (epoch + 1):.4f}')",
  "pathlib.Path('model.json').write_text(json.dumps({'lr': args.lr}))",
];

describe("a run", () => {
  let own: TestInternals;
  const stop: (() => Promise<void>)[] = [];
  before(async () => {
    own = await internals();
  });
  afterEach(async () => {
    for (const end of stop.splice(0)) await end();
  });
  after(cleanUp);

  it("is recorded by the Run button, and stands in the tree with what it was made of", async () => {
    const run = await runScript(own, "host train.py", TRAIN);
    assert.equal(run.status, "finished");
    assert.equal(run.exitCode, 0);
    assert.equal(run.cwd, workspaceRoot());
    const node = await nodeOf(own, run);
    const item = own.tree.getTreeItem(node);
    assert.match(String(item.description), /^0\.3333 loss · /);
    const sections = await sectionsOf(own, node);
    assert.deepEqual([...sections.keys()].slice(0, 7), [
      "Params",
      "Metrics",
      "Artifacts",
      "Code",
      "Data",
      "Environment",
      "Log",
    ]);
    const entries = (section: string) => sections.get(section)!.entries.map((entry) => labelOf(own, entry));
    assert.deepEqual(entries("Params"), ["lr"]);
    assert.ok(entries("Metrics").includes("loss"), entries("Metrics").join());
    assert.ok(entries("Artifacts").includes("model.json"), entries("Artifacts").join());
    assert.equal(entries("Code")[0], "host train.py");
    assert.ok(entries("Environment").includes("Interpreter"), entries("Environment").join());
  });

  it("is logged by MLflow's autologging as the setting says", async () => {
    const settings = vscode.workspace.getConfiguration();
    stop.push(async () => settings.update("modeltrail.mlflow.autolog", undefined));
    const wishes: (string | undefined)[] = [];
    for (const wish of ["auto", "on", "off"]) {
      await settings.update("modeltrail.mlflow.autolog", wish);
      const request = { command: ["python3", "train.py"], cwd: workspaceRoot() };
      const definition = { type: "modeltrail", script: "train.py" };
      const { execution } = own.launcher.task(request, definition, vscode.TaskScope.Workspace, "train.py");
      wishes.push((execution as vscode.ProcessExecution).options?.env?.MODELTRAIL_AUTOLOG);
    }
    // "auto" leaves it to the variable that the person may have set for all programs.
    assert.deepEqual(wishes, [undefined, "on", "off"]);
  });

  it("changes one element of the tree while it goes on, and is stopped", async () => {
    const lines = [
      "import time",
      "step = 0",
      "while True:",
      "    step += 1",
      "    print(f'step {step} loss={step}', flush=True)",
      "    time.sleep(0.05)",
    ];
    await startScript(await writeScript("host_live.py", lines));
    const isLive = await runOfScript(own, "host_live.py", (run) => (run.metrics.loss?.last ?? 0) > 2);
    stop.push(() => own.projects.call("stop", { root: workspaceRoot(), id: isLive.id }));
    const node = await nodeOf(own, isLive);
    const refreshed: (Node[] | undefined)[] = [];
    const subscription = own.tree.onDidChangeTreeData((nodes) => refreshed.push(nodes));
    const reached = node.run.metrics.loss!.last;
    await runOfScript(own, "host_live.py", (run) => run.metrics.loss!.last > reached + 40);
    subscription.dispose();
    assert.ok(refreshed.length > 0, "the tree was told of no change");
    for (const nodes of refreshed) assert.deepEqual(nodes, [node]);
    assert.ok(node.run.metrics.loss!.last > reached);

    await vscode.commands.executeCommand("modeltrail.stop", node);
    const ended = await runOfScript(own, "host_live.py", hasEnded);
    assert.equal(ended.status, "killed" satisfies RunStatus);
  });

  it("is recorded as failed when it fails", async () => {
    const run = await runScript(own, "host_fails.py", ["import sys", "sys.exit(3)"]);
    assert.deepEqual([run.status, run.exitCode], ["failed", 3]);
  });

  it("saves what is unsaved first", async () => {
    const uri = await writeScript("host_dirty.py", ["print('old')"]);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, 1, 0), "print('fresh=1')\n");
    await vscode.workspace.applyEdit(edit);
    assert.ok(document.isDirty);
    await startScript(uri);
    const run = await runOfScript(own, "host_dirty.py", hasEnded);
    assert.equal(document.isDirty, false);
    assert.equal(run.metrics.fresh?.last, 1);
  });

  it("runs again with the same arguments, in its experiment", async () => {
    await writeScript("host_again.py", TRAIN);
    const script = vscode.Uri.file(path.join(workspaceRoot(), "host_again.py"));
    await own.launcher.run({ script, args: ["--lr", "0.5"], experiment: "again" });
    const first = await runOfScript(own, "host_again.py", hasEnded);
    await vscode.commands.executeCommand("modeltrail.runAgain", await nodeOf(own, first));
    const second = await runOfScript(own, "host_again.py", (run) => hasEnded(run) && run.id !== first.id);
    assert.deepEqual(second.command, first.command);
    assert.deepEqual([second.experiment, second.params.lr], ["again", "0.5"]);
  });

  it("is deleted, and comes back by one click", async () => {
    const run = await runScript(own, "host_delete.py", ["print('x=1')"]);
    await vscode.commands.executeCommand("modeltrail.delete", await nodeOf(own, run));
    const { root } = own.projects.all[0]!;
    const live = async () => (await own.projects.call("listRuns", { root, query: { script: "host_delete.py" } })).total;
    assert.equal(await live(), 0);
    await vscode.commands.executeCommand("notification.acceptPrimaryAction");
    await runOfScript(own, "host_delete.py", ({ id }) => id === run.id);
    assert.equal(await live(), 1);
  });

  it("is deleted by a key, while a row below it is not taken for it", async () => {
    const run = await runScript(own, "host_key.py", ["print('x=1')"]);
    await vscode.commands.executeCommand("modeltrail.experiments.focus");
    const node = await nodeOf(own, run);
    const total = async () =>
      (await own.projects.call("listRuns", { root: workspaceRoot(), query: { script: "host_key.py" } })).total;
    const [params] = await own.tree.getChildren(node);
    await own.tree.view.reveal(node, { select: true, expand: true });
    await own.tree.view.reveal(params!, { select: true });
    await until("a row below the run is selected", () => own.tree.view.selection[0]?.kind === "section");
    await vscode.commands.executeCommand("modeltrail.delete", "selection");
    assert.equal(await total(), 1);
    await own.tree.view.reveal(node, { select: true });
    await until("the run is selected", () => own.tree.view.selection[0] === node);
    await vscode.commands.executeCommand("modeltrail.delete", "selection");
    assert.equal(await total(), 0);
  });

  it("is renamed, tagged and moved, which the tree shows", async () => {
    const run = await runScript(own, "host_edit.py", ["print('x=1')"]);
    const root = workspaceRoot();
    await own.projects.call("renameRun", { root, id: run.id, name: "a better name" });
    await own.projects.call("setTags", { root, ids: [run.id], tags: { stage: "dev" } });
    await own.projects.call("setExperiment", { root, ids: [run.id], experiment: "edited" });
    const changed = await runOfScript(own, "host_edit.py", ({ experiment }) => experiment === "edited");
    const node = await until("the tree shows the new name", async () => {
      const shown = await nodeOf(own, changed);
      return labelOf(own, shown) === "a better name" && shown;
    });
    const sections = await sectionsOf(own, node);
    assert.deepEqual(
      sections.get("Tags")!.entries.map((entry) => own.tree.getTreeItem(entry).description),
      ["dev"],
    );
  });

  it("of a script outside the workspace is recorded in that script's own project", async () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "outside-")));
    stop.push(async () => rmSync(folder, { recursive: true, maxRetries: 5 }));
    await writeFile(path.join(folder, "away.py"), "print('x=1')\n");
    await startScript(vscode.Uri.file(path.join(folder, "away.py")));
    const ended = await until("the run outside has ended", async () => {
      const { runs } = await own.projects.call("listRuns", { root: folder, query: {} });
      return runs[0] && hasEnded(runs[0]) ? runs[0] : undefined;
    });
    assert.deepEqual([ended.status, ended.cwd, ended.script], ["finished", folder, "away.py"]);
    const roots = await own.tree.getChildren();
    assert.ok(
      roots.some((node) => node.kind === "project" && node.root === folder),
      "the tree has no level for it",
    );
  });

  it("is a task that tasks.json can name", async () => {
    await writeScript("host_task.py", TRAIN);
    const definition = { type: "modeltrail", script: "host_task.py", args: ["--lr", "0.7"], experiment: "tasks" };
    await vscode.workspace.getConfiguration("tasks").update("version", "2.0.0");
    await vscode.workspace.getConfiguration("tasks").update("tasks", [{ ...definition, label: "Train by task" }]);
    const [task] = (await vscode.tasks.fetchTasks({ type: "modeltrail" })).filter(
      ({ name }) => name === "Train by task",
    );
    assert.ok(task, "VS Code does not offer the task");
    await vscode.tasks.executeTask(task);
    const run = await runOfScript(own, "host_task.py", hasEnded);
    assert.deepEqual([run.params.lr, run.experiment], ["0.7", "tasks"]);
    assert.ok(existsSync(path.join(workspaceRoot(), ".vscode/tasks.json")));
  });
});
