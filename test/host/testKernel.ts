/** A kernel as another extension might bring it: it executes cells one after the other, and does what they say. */
import * as vscode from "vscode";

export interface TestKernel extends vscode.Disposable {
  readonly controller: vscode.NotebookController;
  /** Counts from 1 again; what runs dies. */
  restart(): void;
  /** Lets a cell that waits go on. */
  release(): void;
}

const encoder = new TextEncoder();
const text = (mime: string, value: string) => new vscode.NotebookCellOutputItem(encoder.encode(value), mime);

/**
 * Each line of a cell is a command: `print TEXT`, `result TEXT`, `html BYTES`, `image`, `fail NAME`, `wait` (for `release`, an
 * interruption or a restart).
 */
export function createTestKernel(id: string, notebookType = "jupyter-notebook"): TestKernel {
  const controller = vscode.notebooks.createNotebookController(id, notebookType, "Test Kernel");
  controller.supportsExecutionOrder = true;
  let order = 0;
  let queue: Promise<void> = Promise.resolve();
  let interrupt = () => {};
  let go = () => {};

  controller.interruptHandler = () => interrupt();
  controller.executeHandler = (cells) => {
    // Asked for together, as a kernel with a queue does.
    const executions = cells.map((cell) => controller.createNotebookCellExecution(cell));
    for (const execution of executions) queue = queue.then(() => execute(execution));
  };

  async function execute(execution: vscode.NotebookCellExecution): Promise<void> {
    execution.executionOrder = ++order;
    execution.start(Date.now());
    await execution.clearOutput();
    try {
      for (const line of execution.cell.document.getText().split("\n")) await carryOut(execution, line);
      execution.end(true, Date.now());
    } catch (error) {
      const { name, message } = error as Error;
      const item = vscode.NotebookCellOutputItem.error({ name, message, stack: `Traceback\n${name}: ${message}` });
      // The cell may be gone.
      await Promise.resolve(execution.appendOutput(new vscode.NotebookCellOutput([item]))).catch(() => {});
      execution.end(false, Date.now());
    }
  }

  async function carryOut(execution: vscode.NotebookCellExecution, line: string): Promise<void> {
    const [word, ...rest] = line.split(" ");
    const value = rest.join(" ");
    const show = (items: vscode.NotebookCellOutputItem[], metadata?: Record<string, unknown>) =>
      execution.appendOutput(new vscode.NotebookCellOutput(items, metadata));
    if (word === "print") await show([vscode.NotebookCellOutputItem.stdout(`${value}\n`)]);
    if (word === "result") await show([text("text/plain", value)], { outputType: "execute_result" });
    if (word === "html") await show([text("text/html", "x".repeat(Number(value)))]);
    if (word === "image") await show([new vscode.NotebookCellOutputItem(new Uint8Array([1, 2, 3]), "image/png")]);
    if (word === "fail") throw Object.assign(new Error("it fails"), { name: value });
    if (word === "wait") {
      await new Promise<void>((resolve, reject) => {
        go = resolve;
        interrupt = () => reject(Object.assign(new Error(""), { name: "KeyboardInterrupt" }));
      });
    }
  }

  return {
    controller,
    release: () => go(),
    restart() {
      order = 0;
      interrupt();
    },
    dispose: () => controller.dispose(),
  };
}
