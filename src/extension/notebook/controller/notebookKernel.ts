/** One notebook on a kernel of ours: its queue of cells, and what comes back. */
import * as vscode from "vscode";
import type { BridgeEvent } from "../../../recorder/kernel/bridgeMessages";
import type { KernelEvent } from "../../../recorder/kernel/protocol";
import type { Log } from "../../log";
import type { Projects } from "../../stores/projects";
import { cellId, cellTags } from "../cellIds";
import { codeCells, placeOf, readNotebook } from "../passive/reading";
import { type KernelClient, startKernelClient } from "./kernelClient";
import { noticeOutput } from "./outputItems";
import { createOutputWriter, type NamedOutputs, type OutputWriter } from "./outputWriter";

export interface NotebookKernelOptions {
  notebook: vscode.NotebookDocument;
  controller: vscode.NotebookController;
  python: string;
  distFolder: string;
  projects: Projects;
  log: Log;
}

export interface NotebookKernel extends vscode.Disposable {
  /** In this order, after what was asked for before; when one fails, those behind it in `cells` are not executed. */
  execute(cells: readonly vscode.NotebookCell[]): void;
  interrupt(): void;
  restart(): void;
  newRun(): void;
  /** The notebook has changed or was saved. */
  layoutChanged(): void;
}

/** A cell that is to be executed, or is. */
interface Entry {
  id: string;
  cell: vscode.NotebookCell;
  execution: vscode.NotebookCellExecution;
  writer: OutputWriter;
  /** Cells that were asked for together have the same. */
  batch: object;
  newRun: boolean;
}

export function createNotebookKernel(options: NotebookKernelOptions): NotebookKernel {
  const { notebook, controller, python, distFolder, projects, log } = options;
  let client: KernelClient | undefined;
  let queue: Entry[] = [];
  let current: Entry | undefined;
  let count = 0;
  const named: NamedOutputs = new Map();

  function open(): KernelClient {
    if (client) return client;
    const place = placeOf(notebook)!;
    // Watched from now on, so that its runs are seen in the tree.
    void projects.ensure(place.cwd).catch((error) => log.error("watch the notebook's runs", error));
    client = startKernelClient({ distFolder, ...place, python, onEvent: hear, onLost: lost });
    return client;
  }

  function lost(reason: string): void {
    client = undefined;
    log.error("go on with the notebook's kernel", new Error(reason));
    const message = vscode.l10n.t("The kernel's recorder ended unexpectedly. The next cell starts another kernel.");
    void say(`${message}\n${reason}`);
    void finish("cancelled", Date.now());
  }

  /** In the cell that is being executed; else in a message. */
  async function say(message: string): Promise<void> {
    if (current) current.writer.add(noticeOutput(message));
    else void vscode.window.showWarningMessage(message.split("\n")[0]!);
  }

  function hear(event: KernelEvent): void {
    switch (event.k) {
      case "run":
        log.channel.info(`${notebook.uri.path} is run ${event.id} in ${event.root}.`);
        return;
      case "began":
        if (current?.id === event.id) begin(current, event.time);
        return;
      case "shown":
        if (current?.id === event.id) show(current, event.event);
        return;
      case "ended":
        if (current?.id === event.id) void finish(event.status, event.time);
        return;
      case "died":
        void died(event.message);
        return;
      case "notice":
        log.channel.warn(event.message);
        void vscode.window.showWarningMessage(event.message);
    }
  }

  function begin({ execution }: Entry, time: number): void {
    execution.start(time);
    void execution.clearOutput().then(undefined, report);
  }

  function show({ execution, writer }: Entry, event: BridgeEvent): void {
    if (event.e === "input") void ask(event.prompt, event.password);
    else if (event.e === "began") execution.executionOrder = event.count ?? undefined;
    else writer.show(event);
  }

  async function ask(prompt: string, password: boolean): Promise<void> {
    const title = vscode.l10n.t("A cell asks for input");
    const answer = await vscode.window.showInputBox({ title, prompt, password, ignoreFocusOut: true });
    // Who closes the question does not want the cell to wait for ever.
    if (answer === undefined) interrupt();
    else client?.send({ op: "input", text: answer });
  }

  async function died(message: string): Promise<void> {
    log.channel.warn(`${notebook.uri.path}: ${message}`);
    if (current) return say(message);
    const restart = vscode.l10n.t("Show Log");
    if ((await vscode.window.showWarningMessage(message.split("\n")[0]!, restart)) === restart) log.channel.show();
  }

  async function finish(status: "succeeded" | "failed" | "cancelled", time: number): Promise<void> {
    const entry = current;
    if (!entry) return;
    await entry.writer.flush();
    if (current !== entry) return;
    current = undefined;
    entry.execution.end(status === "succeeded", time);
    if (status !== "succeeded") drop(({ batch }) => batch === entry.batch);
    next();
  }

  function drop(which: (entry: Entry) => boolean): void {
    for (const { execution } of queue.filter(which)) execution.end(undefined);
    queue = queue.filter((entry) => !which(entry));
  }

  function next(): void {
    if (current) return;
    current = queue.shift();
    if (!current) return;
    const { id, cell, newRun } = current;
    const { index, document } = cell;
    // Deleted while it waited.
    if (index < 0) return void finish("cancelled", Date.now());
    const { languageId: language } = document;
    const source = document.getText();
    const asked = { id: cellId(cell), kind: "code" as const, language, source, tags: cellTags(cell) };
    open().send({ op: "execute", id, cell: asked, index, newRun, layout: readNotebook(notebook) });
  }

  function interrupt(): void {
    drop(() => true);
    client?.send({ op: "interrupt" });
  }

  const report = (error: unknown) => log.error("show what the cell shows", error);

  return {
    execute(cells) {
      const batch = {};
      const asked = cells.filter((cell) => cell.document.getText().trim() !== "");
      const newRun = isRunAll(notebook, asked);
      for (const [at, cell] of asked.entries()) {
        const execution = controller.createNotebookCellExecution(cell);
        const writer = createOutputWriter(execution, named, report);
        queue.push({ id: `${++count}`, cell, execution, writer, batch, newRun: newRun && at === 0 });
      }
      next();
    },
    interrupt,
    restart() {
      drop(() => true);
      named.clear();
      client?.send({ op: "restart" });
    },
    newRun: () => client?.send({ op: "newRun" }),
    layoutChanged: () => client?.send({ op: "layout", layout: readNotebook(notebook) }),
    dispose() {
      drop(() => true);
      current?.execution.end(undefined);
      current = undefined;
      client?.close();
      client = undefined;
    },
  };
}

/** Whether these are all cells that say something. */
function isRunAll(notebook: vscode.NotebookDocument, asked: readonly vscode.NotebookCell[]): boolean {
  const ids = new Set(asked.map(cellId));
  const all = codeCells(notebook);
  return all.length > 1 && all.every((id) => ids.has(id));
}
