import assert from "node:assert/strict";
import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { logUri, recordedFileUri } from "../../src/extension/documents/uris";
import {
  cleanUp,
  hasEnded,
  internals,
  nodeOf,
  runOfScript,
  runScript,
  sectionsOf,
  startScript,
  type TestInternals,
  textOf,
  until,
  workspaceRoot,
  writeScript,
} from "./support";

const VERSIONED = [
  "from pathlib import Path",
  "value = 1",
  "Path('out.txt').write_text(str(value))",
  "print(f'value={value}')",
];

describe("documents", () => {
  let own: TestInternals;
  before(async () => {
    own = await internals();
  });
  after(cleanUp);

  it("show a log that grows while the run goes on, as a terminal shows it", async () => {
    const gate = path.join(workspaceRoot(), "gate");
    const script = await writeScript("host_log.py", [
      "import os, time",
      "print('\\x1b[31mfirst\\x1b[0m', flush=True)",
      `while not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.02)`,
      "print('10%\\r100%', flush=True)",
    ]);
    await startScript(script);
    const run = await runOfScript(own, "host_log.py");
    const document = await vscode.workspace.openTextDocument(logUri(workspaceRoot(), run));
    assert.equal(document.languageId, "log");
    await until("the log shows its first line", () => textOf(document) === "first\n");
    await appendFile(gate, "");
    await until("the log grows", () => textOf(document) === "first\n100%\n");
    await runOfScript(own, "host_log.py", hasEnded);
    await vscode.workspace.fs.delete(vscode.Uri.file(gate));
  });

  it("show only the end of a large log, and say so", async () => {
    const run = await runScript(own, "host_large.py", ["for line in range(40_000): print('line', line, 'x' * 40)"]);
    const setting = vscode.workspace.getConfiguration();
    await setting.update("modeltrail.log.maxSize", 0.1, vscode.ConfigurationTarget.Workspace);
    try {
      const document = await vscode.workspace.openTextDocument(logUri(workspaceRoot(), run));
      const text = textOf(document);
      assert.match(text, /^… The first 2\.\d MB of 2\.\d MB are not shown here\./);
      assert.ok(text.endsWith(`line 39999 ${"x".repeat(40)}\n`));
      assert.ok(text.length < 110_000);
    } finally {
      await setting.update("modeltrail.log.maxSize", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it("show a run's version of a file, which cannot be changed", async () => {
    const run = await runScript(own, "host_versions.py", VERSIONED);
    const script = await writeScript("host_versions.py", VERSIONED.with(1, "value = 2"));
    const sections = await sectionsOf(own, await nodeOf(own, run));
    const file = sections.get("Code")!.entries[0]!;
    const [version] = own.tree.getTreeItem(file).command!.arguments as [vscode.Uri];
    assert.ok(textOf(await vscode.workspace.openTextDocument(version)).includes("value = 1"));
    assert.ok((await readFile(script.fsPath, "utf8")).includes("value = 2"));
    await assert.rejects(async () => await vscode.workspace.fs.writeFile(version, new Uint8Array()));
    const stat = await vscode.workspace.fs.stat(version);
    assert.equal(stat.permissions, vscode.FilePermission.Readonly);
  });

  it("compare it with the working file, and with another run", async () => {
    const first = await runOfScript(own, "host_versions.py", hasEnded);
    const firstNode = await nodeOf(own, first);
    const file = (await sectionsOf(own, firstNode)).get("Code")!.entries[0]!;
    await vscode.commands.executeCommand("modeltrail.compareWithWorkspace", file);
    const working = await diffTab();
    assert.equal(working.modified.scheme, "file");
    assert.match(working.text.original, /value = 1/);
    assert.match(working.text.modified, /value = 2/);

    const second = await runScript(own, "host_versions.py", VERSIONED.with(1, "value = 3"));
    const nodes = [await nodeOf(own, second), await nodeOf(own, first)];
    await vscode.commands.executeCommand("modeltrail.compareRuns", nodes[0], nodes);
    const between = await diffTab((tab) => tab.label.includes("↔") && !tab.label.includes("now"));
    assert.deepEqual([between.original.scheme, between.modified.scheme], ["modeltrail-run", "modeltrail-run"]);
    assert.match(between.text.original, /value = 1/);
    assert.match(between.text.modified, /value = 3/);
  });

  it("show all files that changed since a run", async () => {
    const run = await runScript(own, "host_since.py", ["print('a=1')"]);
    await writeScript("host_since.py", ["print('a=2')"]);
    await writeScript("host_new.py", ["print('new')"]);
    const changes = await own.projects.call("codeChanges", { root: workspaceRoot(), from: run.id, to: null });
    assert.deepEqual(
      changes.filter(({ path: file }) => /^host_(since|new)\.py$/.test(file)),
      [
        { path: "host_new.py", from: null, kind: "added" },
        { path: "host_since.py", from: null, kind: "modified" },
      ],
    );
    await vscode.commands.executeCommand("modeltrail.compareRunWithWorkspace", await nodeOf(own, run));
    await until("the multi-file diff editor is open", () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some((tab) => tab.label.startsWith(`${run.name} ↔ now`)),
    );
  });

  it("show artifacts from the store, after they are gone from the disk", async () => {
    const run = await runScript(own, "host_artifact.py", ["open('kept.txt', 'w').write('kept')"]);
    await vscode.workspace.fs.delete(vscode.Uri.file(path.join(workspaceRoot(), "kept.txt")));
    const sections = await sectionsOf(own, await nodeOf(own, run));
    const artifact = sections
      .get("Artifacts")!
      .entries.find((entry) => own.tree.getTreeItem(entry).label === "kept.txt")!;
    const [uri] = own.tree.getTreeItem(artifact).command!.arguments as [vscode.Uri];
    assert.equal(path.posix.basename(uri.path), "kept.txt");
    assert.equal(textOf(await vscode.workspace.openTextDocument(uri)), "kept");
  });

  it("that no run has, or that are none of ours, are refused", async () => {
    const run = await runOfScript(own, "host_artifact.py", hasEnded);
    const root = workspaceRoot();
    const missing = recordedFileUri(root, run, { kind: "code", path: "none.py", sha256: null });
    await assert.rejects(async () => await vscode.workspace.fs.readFile(missing), /no file none\.py/);
    const unkept = recordedFileUri(root, run, { kind: "data", path: "big.bin", sha256: "0".repeat(64) });
    await assert.rejects(async () => await vscode.workspace.fs.readFile(unkept), /only its hash/);
    const foreign = vscode.Uri.parse("modeltrail-run:/x?%7B%22root%22%3A%22%2F%22%7D");
    await assert.rejects(async () => await vscode.workspace.fs.readFile(foreign));
  });
});

/** The active comparison, with the text of both sides. */
async function diffTab(isRight: (tab: vscode.Tab) => boolean = () => true) {
  const input = await until("a diff editor is active", () => {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    return tab && isRight(tab) && tab.input instanceof vscode.TabInputTextDiff ? tab.input : undefined;
  });
  const { original, modified } = input;
  const [before, after] = await Promise.all([original, modified].map((uri) => vscode.workspace.openTextDocument(uri)));
  return { original, modified, text: { original: textOf(before!), modified: textOf(after!) } };
}
