import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { RunSummary } from "../../src/domain/run";
import type { Node } from "../../src/extension/data/nodes";
import {
  cleanUp,
  internals,
  labelOf,
  nodeOf,
  runScript,
  sectionsOf,
  type TestInternals,
  until,
  workspaceRoot,
} from "./support";

const DATA = "host_data.csv";
const script = (rate: string) => [
  `rows = open("${DATA}").read().splitlines()`,
  "import argparse",
  "parser = argparse.ArgumentParser()",
  `parser.add_argument("--rate", default="${rate}")`,
  "rate = parser.parse_args().rate",
  "open('host_model.txt', 'w').write(rate + str(len(rows)))",
  "print(f'rows={len(rows)}')",
];

describe("versions", () => {
  let own: TestInternals;
  let root: string;
  let first: RunSummary;
  let second: RunSummary;
  let folder: string;

  before(async () => {
    own = await internals();
    root = workspaceRoot();
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "versions-")));
    await writeFile(path.join(root, DATA), "a,b\n1,2\n");
    first = await runScript(own, "host_versions.py", script("1"));
    await writeFile(path.join(root, DATA), "a,b\n1,2\n3,4\n");
    second = await runScript(own, "host_versions.py", script("2"));
  });
  after(async () => {
    await cleanUp();
    for (const file of [DATA, "host_model.txt"]) rmSync(path.join(root, file), { force: true });
    rmSync(folder, { recursive: true });
  });

  it("of two runs are compared in a document, beside their code", async () => {
    await vscode.commands.executeCommand("modeltrail.compareRuns", ...(await selection(first, second)));
    const uri = await until("the document is open", () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      const inputs = tabs.flatMap(({ input }) => (input instanceof vscode.TabInputCustom ? [input.uri] : []));
      return inputs.find(({ scheme }) => scheme === "modeltrail-report");
    });
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /\| rate +\| 1 +\| 2 +\|/);
    assert.ok(text.includes("host_versions.py"), text);
    assert.ok(text.includes(DATA), text);
    const active = vscode.window.tabGroups.activeTabGroup.activeTab;
    // Data that git does not ignore is part of the code, too.
    assert.equal(active?.label, `${first.name} ↔ ${second.name} (2 files)`);
  });

  it("of data stand in the Data view, with what changed", async () => {
    const datasets = await own.data.getChildren();
    const versions = (await Promise.all(datasets.map((node) => own.data.getChildren(node)))).flat();
    const parts = (await Promise.all(versions.map((node) => own.data.getChildren(node)))).flat();
    const changes = parts.filter((node) => node.kind === "part" && node.part === "changes");
    const changed = (await Promise.all(changes.map((node) => own.data.getChildren(node)))).flat();
    const isOurs = (node: Node) =>
      node.kind === "change" && node.change.path === DATA && node.change.kind === "changed";
    const change = changed.find(isOurs);
    assert.ok(change, "the changed file is there");
    await vscode.commands.executeCommand("modeltrail.compareDataText", change);
    const active = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(active?.input instanceof vscode.TabInputTextDiff);
    const { original, modified } = active.input;
    const read = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();
    assert.deepEqual([await read(original), await read(modified)], ["a,b\n1,2\n", "a,b\n1,2\n3,4\n"]);
  });

  it("are restored by a chore, exactly", async () => {
    const to = path.join(folder, "back");
    const report = await own.chores.run("Restoring…", "restoreRun", { root, id: first.id, to });
    assert.deepEqual(report.problems, []);
    assert.equal(readFileSync(path.join(report.project, DATA), "utf8"), "a,b\n1,2\n");
    assert.match(readFileSync(path.join(report.project, "host_versions.py"), "utf8"), /default="1"/);
  });

  it("are restored into a git worktree of their own", async () => {
    const to = path.join(folder, "worktree");
    const report = await own.chores.run("Restoring…", "restoreWorktree", { root, id: first.id, to });
    const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
    assert.ok(git("worktree", "list").includes(to));
    assert.match(readFileSync(path.join(report.project, "host_versions.py"), "utf8"), /default="1"/);
    git("worktree", "remove", "--force", to);
  });

  it("of a file that is gone are written back, where another is nothing is", async () => {
    const model = path.join(root, "host_model.txt");
    const sections = await sectionsOf(own, await nodeOf(own, first));
    const artifact = sections.get("Artifacts")!.entries.find((node) => labelOf(own, node) === "host_model.txt");
    void vscode.commands.executeCommand("modeltrail.restoreFile", artifact);
    await until("the two are shown", () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff && input.modified.fsPath === model;
    });
    assert.equal(readFileSync(model, "utf8"), "23");
    rmSync(model);
    void vscode.commands.executeCommand("modeltrail.restoreFile", artifact);
    await until("the file is back", () => existsSync(model));
    assert.equal(readFileSync(model, "utf8"), "12");
    await vscode.commands.executeCommand("notifications.clearAll");
  });

  it("are not restored over something, and the sentence that says so arrives", async () => {
    const argument = { root, id: first.id, to: root };
    await assert.rejects(own.chores.run("Restoring…", "restoreRun", argument), { name: "UserError" });
  });

  it("of a result lead to what it was made from", async () => {
    await own.lineage.show({ root, title: "host_model.txt", of: { path: "host_model.txt" } });
    const [subject] = await own.lineage.getChildren();
    const [up, down] = await own.lineage.getChildren(subject);
    const writers = await own.lineage.getChildren(up);
    assert.deepEqual(
      writers.map((node) => node.kind === "run" && node.run.id),
      [second.id],
    );
    const files = await own.lineage.getChildren(writers[0]);
    assert.ok(files.some((node) => node.kind === "file" && node.entry.file.path === DATA));
    assert.deepEqual(
      (await own.lineage.getChildren(down)).map(({ kind }) => kind),
      ["note"],
    );
  });

  it("are pinned, and say so", async () => {
    await vscode.commands.executeCommand("modeltrail.pin", await nodeOf(own, first));
    const node = await nodeOf(own, first);
    await until("the tree knows that the run is pinned", () => node.run.pinned);
    assert.match(own.tree.getTreeItem(node).contextValue ?? "", /\.pinned$/);
    await vscode.commands.executeCommand("modeltrail.unpin", node);
    await until("the tree knows that the run is not pinned", () => !node.run.pinned);
  });

  /** As a menu hands over several rows. */
  async function selection(...runs: RunSummary[]): Promise<unknown[]> {
    const nodes = await Promise.all(runs.map((run) => nodeOf(own, run)));
    return [nodes[0], nodes];
  }
});
