/** Brings what one execution shows into its cell: in batches, since each change of a notebook costs the editor. */
import * as vscode from "vscode";
import type { BridgeEvent } from "../../../recorder/kernel/bridgeMessages";
import { errorOutput, outputItems, shownOutput, streamItem } from "./outputItems";

const BATCH_MS = 50;

/** Outputs that have a name by which later ones replace them, in whichever cell of the notebook they are. */
export type NamedOutputs = Map<string, vscode.NotebookCellOutput[]>;

export interface OutputWriter {
  show(event: BridgeEvent): void;
  add(output: vscode.NotebookCellOutput): void;
  /** Resolves when the cell shows everything. */
  flush(): Promise<void>;
}

/** `onError` is told what VS Code refuses: the cell was deleted, say. */
export function createOutputWriter(
  execution: vscode.NotebookCellExecution,
  named: NamedOutputs,
  onError: (error: unknown) => void,
): OutputWriter {
  let waiting: (() => Promise<void>)[] = [];
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stream: { name: "stdout" | "stderr"; output: vscode.NotebookCellOutput } | undefined;
  /** Text that waits, to be joined by more of it. */
  let text: { name: "stdout" | "stderr"; pieces: string[] } | undefined;
  let clearing = false;

  function later(step: () => Promise<void>): void {
    waiting.push(step);
    timer ??= setTimeout(() => void write(), BATCH_MS);
  }

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const steps = waiting;
    waiting = [];
    text = undefined;
    writing = writing.then(async () => {
      for (const step of steps) await step().catch(onError);
    });
    return writing;
  }

  async function append(output: vscode.NotebookCellOutput): Promise<void> {
    const isFirst = clearing;
    clearing = false;
    if (isFirst) await execution.replaceOutput(output);
    else await execution.appendOutput(output);
  }

  async function print(name: "stdout" | "stderr", printed: string): Promise<void> {
    const item = streamItem(name, printed);
    if (stream?.name === name && !clearing) return void (await execution.appendOutputItems(item, stream.output));
    stream = { name, output: new vscode.NotebookCellOutput([item], { outputType: "stream" }) };
    await append(stream.output);
  }

  function add(output: vscode.NotebookCellOutput): void {
    text = undefined;
    later(async () => {
      stream = undefined;
      await append(output);
    });
  }

  function replace(event: Extract<BridgeEvent, { e: "update" }>): void {
    text = undefined;
    later(async () => {
      for (const output of named.get(event.displayId ?? "") ?? []) {
        await execution.replaceOutputItems(outputItems(event.data), output);
      }
    });
  }

  function clear(wait: boolean): void {
    text = undefined;
    later(async () => {
      clearing = wait;
      stream = undefined;
      if (!wait) await execution.clearOutput();
    });
  }

  return {
    add,
    show(event) {
      switch (event.e) {
        case "stream": {
          if (text?.name === event.name) return void text.pieces.push(event.text);
          const joined = { name: event.name, pieces: [event.text] };
          later(() => print(joined.name, joined.pieces.join("")));
          text = joined;
          return;
        }
        case "display":
        case "result": {
          const output = shownOutput(event);
          if (event.displayId) named.set(event.displayId, [...(named.get(event.displayId) ?? []), output]);
          return add(output);
        }
        case "update":
          return replace(event);
        case "clear":
          return clear(event.wait);
        case "error":
          return add(errorOutput(event));
      }
    },
    flush: write,
  };
}
