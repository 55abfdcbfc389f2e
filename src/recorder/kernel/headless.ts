/** A notebook from top to bottom without an editor, as a run like that of a script. */

import { cellTitle } from "../../domain/cells";
import type { Notebook, NotebookCell } from "../../domain/notebook";
import type { BridgeEvent } from "./bridgeMessages";
import type { KernelEvent } from "./protocol";
import { createKernelSession, type KernelSession, type KernelSessionOptions } from "./session";

export interface HeadlessOptions extends Omit<KernelSessionOptions, "onEvent" | "canAsk"> {
  layout: Notebook;
  /** What the cells print and show as text. */
  onOutput(name: "stdout" | "stderr", text: string): void;
  /** The `number`th of `total` cells begins. */
  onCell(title: string, number: number, total: number): void;
  /** Cuts it short: the cell that runs is interrupted. */
  signal: AbortSignal;
}

/** As nbclient has them: a cell that is left out, and one that may fail. */
const SKIPPED = "skip-execution";
const MAY_FAIL = "raises-exception";

/** Whether all cells succeeded. Everything is in the store then. */
export async function runNotebook(options: HeadlessOptions): Promise<boolean> {
  const { layout, onCell, signal } = options;
  const session = createKernelSession({ ...options, canAsk: false, onEvent: (event) => tell(event, options) });
  const interrupt = () => session.interrupt();
  signal.addEventListener("abort", interrupt);
  const cells = layout.cells.map((cell, index) => ({ cell, index })).filter(({ cell }) => isExecuted(cell));
  try {
    for (const [at, { cell, index }] of cells.entries()) {
      if (signal.aborted) return false;
      onCell(cellTitle(cell.source), at + 1, cells.length);
      if (!(await succeeds(session, layout, cell, index))) return false;
    }
    return true;
  } finally {
    signal.removeEventListener("abort", interrupt);
    await session.close(signal.aborted ? "interrupt" : "boundary");
  }
}

const isExecuted = ({ kind, source, tags }: NotebookCell) =>
  kind === "code" && source.trim() !== "" && !tags.includes(SKIPPED);

async function succeeds(session: KernelSession, layout: Notebook, cell: NotebookCell, index: number): Promise<boolean> {
  const status = await session.execute({ id: cell.id, cell, index, layout, newRun: false });
  return status === "succeeded" || (status === "failed" && cell.tags.includes(MAY_FAIL));
}

function tell(event: KernelEvent, { onOutput }: HeadlessOptions): void {
  if (event.k === "shown") tellShown(event.event, onOutput);
  else if (event.k === "died" || event.k === "notice") onOutput("stderr", `modeltrail: ${event.message}\n`);
}

function tellShown(event: BridgeEvent, onOutput: HeadlessOptions["onOutput"]): void {
  if (event.e === "stream") onOutput(event.name, event.text);
  if (event.e === "error") onOutput("stderr", `${event.traceback.join("\n")}\n`);
  if (event.e !== "result" && event.e !== "display") return;
  const text = event.data["text/plain"];
  if (typeof text === "string") onOutput("stdout", `${text}\n`);
}
