/** Notebooks on the kernel of another extension: what ran is recorded, from VS Code's events alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { CellExecution } from "../../src/domain/cells";
import type { RunSummary } from "../../src/domain/run";
import { itemsOf } from "../../src/extension/notebook/cells/cellItems";
import {
  cleanUp,
  hasEnded,
  internals,
  nodeOf,
  runOfScript,
  sectionsOf,
  type TestInternals,
  until,
  workspaceRoot,
} from "./support";
import { createTestKernel, type TestKernel } from "./testKernel";

type Source = string | { id: string; source: string; tags?: string[] };

describe("a notebook on another extension's kernel", () => {
  let own: TestInternals;
  let kernel: TestKernel;
  const written: string[] = [];

  before(async () => {
    own = await internals();
    kernel = createTestKernel("host-test-kernel");
  });
  afterEach(async () => {
    kernel.release();
    // Of a test that failed; closing all at once would ask whether to save.
    for (let left = 5; left > 0 && vscode.window.tabGroups.activeTabGroup.activeTab; left--) await close();
  });
  after(async () => {
    await cleanUp();
    kernel.dispose();
    for (const file of written) await rm(file, { force: true });
  });

  /** Writes the notebook, opens it, and gives it the test's kernel. */
  async function open(name: string, sources: Source[]): Promise<vscode.NotebookEditor> {
    const cells = sources.map((one, index) => {
      const { id, source, tags = [] } = typeof one === "string" ? { id: `cell-${index}`, source: one } : one;
      return { cell_type: "code", id, metadata: { tags }, source, execution_count: null, outputs: [] };
    });
    const file = path.join(workspaceRoot(), name);
    await writeFile(file, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    written.push(file);
    // As a person opens it: what the API opens stays open for minutes after its editor is closed.
    await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(file), "jupyter-notebook");
    return chooseKernel(await until("it is open", () => editorOf(file)));
  }

  const editorOf = (file: string) =>
    vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook.uri.fsPath === file);

  async function chooseKernel(editor: vscode.NotebookEditor): Promise<vscode.NotebookEditor> {
    await vscode.commands.executeCommand("notebook.selectKernel", {
      notebookEditor: editor,
      id: kernel.controller.id,
      extension: "modeltrail.modeltrail",
    });
    return editor;
  }

  async function execute(...indices: number[]): Promise<void> {
    for (const index of indices) {
      // One that is executing is not executed again.
      const cell = vscode.window.activeNotebookEditor!.notebook.cellAt(index);
      const before = cell.executionSummary?.timing?.endTime;
      start(index);
      await until("it has been executed", () => {
        const end = cell.executionSummary?.timing?.endTime;
        return end !== undefined && end !== before;
      });
    }
  }
  const start = (index: number) =>
    void vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: index, end: index + 1 }] });
  const executeAll = () => vscode.commands.executeCommand("notebook.execute");
  const close = () => vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");

  const cellsOf = async ({ id }: RunSummary): Promise<CellExecution[]> =>
    (await own.projects.call("listCells", { root: workspaceRoot(), id, page: {} })).cells;

  /** The newest run of the notebook once it has so many executions that have ended. */
  function runWith(
    script: string,
    count: number,
    also: (run: RunSummary) => boolean = () => true,
    within?: number,
  ): Promise<RunSummary> {
    const isThere = async () => {
      const run = await runOfScript(own, script);
      const cells = await cellsOf(run);
      return cells.length === count && cells.every(({ endTime }) => endTime !== null) && also(run) ? run : undefined;
    };
    return until(`${script} has a run with ${count} executions`, isThere, within);
  }

  async function kept(sha256: string): Promise<string> {
    const file = await own.projects.call("keptFile", { root: workspaceRoot(), sha256 });
    return readFileSync(file!, "utf8");
  }

  it("is recorded with order, sources, times, outputs and errors", async () => {
    await open("passive.ipynb", [
      { id: "params", source: "lr = 0.25", tags: ["parameters"] },
      "print loss: 0.5\nresult 42",
      "image\nfail ValueError",
    ]);
    const began = Date.now();
    // Out of order, and one twice.
    await execute(1, 0, 1, 2);
    const running = await runWith("passive.ipynb", 4);
    assert.equal(running.status, "running");
    const cells = await cellsOf(running);
    assert.deepEqual(
      cells.map(({ cellId, index, executionCount, status }) => [cellId, index, executionCount, status]),
      [
        ["cell-1", 1, 1, "succeeded"],
        ["params", 0, 2, "succeeded"],
        ["cell-1", 1, 3, "succeeded"],
        ["cell-2", 2, 4, "failed"],
      ],
    );
    assert.equal(await kept(cells[0]!.source), "print loss: 0.5\nresult 42");
    assert.deepEqual(
      cells[0]!.outputs.map(({ kind, preview }) => [kind, preview]),
      [
        ["stdout", "loss: 0.5"],
        ["result", "42"],
      ],
    );
    assert.deepEqual(cells[3]!.error, {
      name: "ValueError",
      message: "it fails",
      traceback: "Traceback\nValueError: it fails",
    });
    assert.deepEqual(cells[3]!.outputs.map(({ kind, items }) => [kind, items[0]!.size]).at(0), ["display", 3]);
    for (const { startTime, endTime } of cells) assert.ok(began <= startTime && startTime <= endTime!);

    await close();
    const run = await runOfScript(own, "passive.ipynb", hasEnded);
    assert.equal(run.id, running.id);
    assert.equal(run.status, "failed");
    assert.equal(run.params.lr, "0.25");
    assert.equal(run.metrics.loss?.last, 0.5);
    assert.ok(run.gaps.some(({ kind }) => kind === "tracer"));
    const details = await own.projects.call("getRun", { root: workspaceRoot(), id: run.id });
    const [executed] = details!.run.artifacts;
    assert.equal(executed!.path, "executed/passive.ipynb");
    assert.match(await kept(executed!.sha256), /"ename": "ValueError"/);
  });

  it("begins a run with Run All, with a new session of the kernel, and when asked to", async () => {
    await open("boundaries.ipynb", ["print a", "print b"]);
    await execute(0);
    const first = await runWith("boundaries.ipynb", 1);
    await executeAll();
    const second = await runWith("boundaries.ipynb", 2, ({ id }) => id !== first.id);
    await vscode.commands.executeCommand("modeltrail.startNewNotebookRun");
    await execute(1);
    const third = await runWith("boundaries.ipynb", 1, ({ id }) => id !== second.id);
    kernel.restart();
    await execute(1);
    const fourth = await runWith("boundaries.ipynb", 1, ({ id }) => id !== third.id);
    const sessions = await Promise.all(
      [first, second, third, fourth].map(async (run) => (await cellsOf(run))[0]!.session),
    );
    assert.equal(new Set(sessions.slice(0, 3)).size, 1);
    assert.notEqual(sessions[3], sessions[0]);
    await close();
    await runOfScript(own, "boundaries.ipynb", hasEnded);
  });

  it("keeps what an interrupted cell had printed, and the run counts as killed", async () => {
    await open("interrupted.ipynb", ["print before\nwait"]);
    start(0);
    await until(
      "the cell prints",
      async () => (await cellsOf(await runOfScript(own, "interrupted.ipynb"))).length === 1,
    );
    await vscode.commands.executeCommand("notebook.cancelExecution");
    const run = await runWith("interrupted.ipynb", 1);
    const [cell] = await cellsOf(run);
    assert.deepEqual([cell!.status, cell!.error?.name], ["cancelled", "KeyboardInterrupt"]);
    await close();
    const ended = await runOfScript(own, "interrupted.ipynb", hasEnded);
    assert.deepEqual([ended.status, ended.signal], ["killed", "SIGINT"]);
    const log = await own.projects.call("readLog", { root: workspaceRoot(), id: ended.id, limit: 1e6 });
    assert.match(log.text, /^before\n/);
  });

  it("loses nothing when it is saved, changed and closed while it runs", async () => {
    const { notebook } = await open("changing.ipynb", ["print one", "print two\nwait", "print three"]);
    await execute(0);
    await runWith("changing.ipynb", 1);
    start(1);
    await until(
      "the second cell runs",
      async () => (await cellsOf(await runOfScript(own, "changing.ipynb"))).length === 2,
    );
    // The cell above goes away, a new one comes to the top, and the file is saved.
    const edit = new vscode.WorkspaceEdit();
    const added = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, "# New", "markdown");
    edit.set(notebook.uri, [
      vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(0, 1)),
      vscode.NotebookEdit.insertCells(0, [added]),
    ]);
    await vscode.workspace.applyEdit(edit);
    await notebook.save();
    await close();
    const run = await runOfScript(own, "changing.ipynb", hasEnded);
    assert.deepEqual([run.status, run.signal], ["killed", "SIGHUP"]);
    assert.deepEqual(
      (await cellsOf(run)).map(({ cellId, status }) => [cellId, status]),
      [
        ["cell-0", "succeeded"],
        ["cell-1", "cancelled"],
      ],
    );
    const details = await own.projects.call("getRun", { root: workspaceRoot(), id: run.id });
    const executed = JSON.parse(await kept(details!.run.artifacts[0]!.sha256));
    assert.deepEqual(
      executed.cells.map((cell: { cell_type: string; source: string[] }) => [cell.cell_type, cell.source[0]]),
      [
        ["markdown", "# New"],
        ["code", "print two\n"],
        ["code", "print three"],
      ],
    );
  });

  it("keeps of 50 MB of HTML the size and the hash", async function () {
    // The bytes go to the browser and back.
    this.timeout(240_000);
    const { notebook } = await open("huge.ipynb", ["wait\nhtml 50000000", "print after"]);
    start(0);
    await until("it waits", async () => (await cellsOf(await runOfScript(own, "huge.ipynb"))).length === 1);
    start(1);
    // Behind another tab: what the test looks at is not how the browser draws it.
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: "" }));
    const tab = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .find(({ input }) => input instanceof vscode.TabInputNotebook && input.uri.path === notebook.uri.path);
    kernel.release();
    const run = await runWith("huge.ipynb", 2, undefined, 150_000);
    const [huge] = await cellsOf(run);
    const [item] = huge!.outputs[0]!.items;
    assert.deepEqual([item!.mime, item!.size, item!.kept], ["text/html", 50_000_000, false]);
    assert.match(item!.sha256, /^[0-9a-f]{64}$/);
    await vscode.window.tabGroups.close(tab!);
    await close();
    assert.equal((await runOfScript(own, "huge.ipynb", hasEnded)).status, "finished");
  });

  it("records once what two editors show, and a notebook that is in no file", async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, "print untitled", "python");
    const document = await vscode.workspace.openNotebookDocument("jupyter-notebook", new vscode.NotebookData([cell]));
    await chooseKernel(await vscode.window.showNotebookDocument(document));
    await vscode.window.showNotebookDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    await execute(0);
    const name = document.uri.path.replace(/\.ipynb$/, "");
    const runs = () => own.projects.call("listRuns", { root: workspaceRoot(), query: { experiment: name, limit: 10 } });
    const run = await until("the untitled notebook has a run", async () => {
      const [found] = (await runs()).runs;
      return found && (await cellsOf(found)).some(({ endTime }) => endTime !== null) ? found : undefined;
    });
    assert.equal((await cellsOf(run)).length, 1);
    assert.equal((await runs()).total, 1);
    await close();
    await close();
    await until("its run has ended", async () => (await runs()).runs.every(hasEnded));
  });

  it("is marked where what it shows is not what it would give now, and stands in the tree", async () => {
    const { notebook } = await open("marked.ipynb", ["print a", "print b", "fail ValueError"]);
    await execute(1, 0, 2);
    const run = await runWith("marked.ipynb", 3);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(notebook.cellAt(2).document.uri, new vscode.Position(0, 0), "print more\n");
    await vscode.workspace.applyEdit(edit);

    const last = await own.projects.call("lastCells", { root: workspaceRoot(), script: "marked.ipynb" });
    const items = (index: number) => itemsOf(notebook.cellAt(index), { ...last, root: workspaceRoot() });
    const texts = (index: number) => items(index).map(({ text }) => text);
    assert.deepEqual(texts(0), ["$(history) ran once"]);
    assert.deepEqual(texts(1), ["$(arrow-up) Ran before cell 1 above it", "$(history) ran once"]);
    assert.deepEqual(texts(2), ["$(edit) Changed since it ran", "$(history) ran once"]);

    const node = (await sectionsOf(own, await nodeOf(own, run))).get("Cells")!;
    assert.deepEqual(
      node.entries.map((entry) => own.tree.getTreeItem(entry)).map(({ label, contextValue }) => [label, contextValue]),
      [
        ["[1] print b", "cell"],
        ["[2] print a", "cell"],
        ["[3] fail ValueError", "cell"],
      ].map(([label, kind], at) => [String(label).replace(/\d/, String(last.cells.at(2 - at)!.executionCount)), kind]),
    );
    const { command } = own.tree.getTreeItem(node.entries[0]!);
    await vscode.commands.executeCommand(command!.command, ...command!.arguments!);
    const opened = await until("the source is open", () => vscode.window.activeTextEditor);
    assert.equal(opened.document.getText(), "print b");
    assert.equal(opened.document.uri.scheme, "modeltrail-run");
    await close();

    const compare = items(2)[0]!.command as vscode.Command;
    await vscode.commands.executeCommand(compare.command, ...compare.arguments!);
    const { input } = await until("the comparison is open", () => {
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
      return tab?.input instanceof vscode.TabInputTextDiff ? (tab as { input: vscode.TabInputTextDiff }) : undefined;
    });
    assert.equal(input.modified.toString(), notebook.cellAt(2).document.uri.toString());
    await close();
    await close();
    await runOfScript(own, "marked.ipynb", hasEnded);
  });

  it("is not recorded where the setting says so", async () => {
    const settings = vscode.workspace.getConfiguration("modeltrail.notebooks");
    await settings.update("record", false);
    try {
      await open("unrecorded.ipynb", ["print a"]);
      await execute(0);
      await until(
        "the cell has run",
        () => vscode.window.activeNotebookEditor?.notebook.cellAt(0).executionSummary?.success,
      );
    } finally {
      await settings.update("record", undefined);
    }
    await execute(0);
    // The first was not recorded: there is one execution.
    await runWith("unrecorded.ipynb", 1);
    await close();
    await runOfScript(own, "unrecorded.ipynb", hasEnded);
  });
});
