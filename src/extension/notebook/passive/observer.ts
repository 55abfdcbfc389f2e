/**
 * Makes of VS Code's events what the recorder is told of a notebook. An execution shows as: its summary is emptied when it is
 * asked for, gets a number when the kernel has begun with it, and times and success at its end; each may be told twice. The
 * numbers count up as long as the kernel lives.
 */
import type { Notebook } from "../../../domain/notebook";
import { errorIn, type ObservedCell, type ObservedOutput, type ObservedSummary, type Told } from "./observed";
import { createStreamReader, type StreamReader } from "./streams";

/** Cells that are asked for within this time were asked for together. */
const BURST_MS = 1_000;
/** While a cell runs, what it shows is told no more often than this, and only when it is little. */
const SHOW_EVERY_MS = 1_000;
const LITTLE_BYTES = 1 << 20;

export interface ObserverOptions {
  tell(message: Told): void;
  /** The notebook as it is now. */
  read(): { notebook: Notebook; codeCells: readonly string[]; place: { notebook: string; cwd: string } };
  /** A name that no other session has. */
  newSession(): string;
  now(): number;
}

export interface Observer {
  summaryChanged(cell: ObservedCell, summary: ObservedSummary): void;
  outputsChanged(cell: ObservedCell): void;
  /** Cells, their texts or tags are others. */
  layoutChanged(): void;
  /** The notebook was saved, or is about to be closed: how it stands is told now. */
  tellLayout(): void;
  cellRemoved(cell: ObservedCell): void;
  /** What is executed next begins a new run. */
  newRun(): void;
  /**
   * Begins a run at once, of a kernel that is going to have the tracer; until the kernel starts anew, only this begins another:
   * what Run All executes first is under way before the kernel could be told of a new run.
   */
  attach(): void;
  isAttached(): boolean;
  /** The notebook is given to another kernel: what is executed next begins a session. */
  newKernel(): void;
  /** The recorder is gone; what is executed next begins a run with another one. */
  recorderLost(): void;
}

interface Running {
  key: number;
  order: number | null;
  reader: StreamReader;
}

interface Seen {
  /** The text when the execution was asked for; null when none is. */
  pending: string | null;
  running: Running | null;
  /** The last execution that has ended. */
  ended: { execution: Running; summary: ObservedSummary; outputs: number } | null;
  shownAt: number;
}

export function createObserver({ tell, read, newSession, now }: ObserverOptions): Observer {
  const cells = new Map<string, Seen>();
  let session = newSession();
  let hasRun = false;
  let isAttached = false;
  let keys = 0;
  let lastOrder = 0;
  let layoutIsNew = true;
  /** Cells that were asked for together, as Run All does. */
  let burst = { ids: new Set<string>(), at: 0, isUsed: false };

  function seenOf({ id }: ObservedCell): Seen {
    const seen = cells.get(id) ?? { pending: null, running: null, ended: null, shownAt: 0 };
    cells.set(id, seen);
    return seen;
  }

  function ask(cell: ObservedCell, seen: Seen): void {
    // Its end was never told.
    if (seen.running) end(cell, seen, {}, "cancelled");
    seen.pending = cell.source;
    // All are asked for before the first begins.
    if (burst.isUsed || now() - burst.at > BURST_MS) burst = { ids: new Set(), at: now(), isUsed: false };
    burst.ids.add(cell.id);
    burst.at = now();
  }

  function start(cell: ObservedCell, seen: Seen, order: number | null, startTime: number): void {
    if (order !== null && order <= lastOrder) restart();
    if (order !== null) lastOrder = order;
    if (!hasRun || (!isAttached && isRunAll(cell))) begin();
    burst.isUsed = true;
    const execution: Running = { key: ++keys, order, reader: createStreamReader() };
    seen.running = execution;
    seen.shownAt = startTime;
    const { id, index, language, tags } = cell;
    const source = seen.pending ?? cell.source;
    seen.pending = null;
    tell({ e: "start", key: keys, cellId: id, index, language, source, tags, executionCount: order, startTime });
  }

  function isRunAll({ id }: ObservedCell): boolean {
    if (burst.isUsed || !burst.ids.has(id)) return false;
    const { codeCells } = read();
    return codeCells.length > 1 && codeCells.every((one) => burst.ids.has(one));
  }

  /** Numbers began anew: what still ran has died with its kernel. */
  function restart(): void {
    session = newSession();
    lastOrder = 0;
    isAttached = false;
    for (const seen of cells.values()) seen.running = null;
    if (hasRun) tell({ e: "finish", how: "kernel-died" });
    hasRun = false;
  }

  function begin(): void {
    const { notebook, place } = read();
    tell({ e: "begin", ...place, session, layout: notebook, attached: isAttached });
    hasRun = true;
    layoutIsNew = false;
  }

  function end(cell: ObservedCell, seen: Seen, summary: ObservedSummary, cut?: "cancelled"): void {
    const execution = seen.running!;
    const { outputs } = cell;
    const error = errorIn(outputs);
    print(execution, outputs);
    const said = finalText(outputs, error?.traceback ?? "");
    if (said !== "") tell({ e: "print", key: execution.key, text: said });
    if (outputs.length > 0) tell({ e: "outputs", key: execution.key, outputs });
    const status = cut ?? statusOf(summary, error?.name);
    const executionCount = summary.executionOrder ?? execution.order;
    const endTime = summary.timing?.endTime ?? now();
    tell({ e: "end", key: execution.key, status, endTime, executionCount, error });
    seen.running = null;
    seen.ended = { execution, summary, outputs: outputs.length };
    tellLayout();
  }

  function tellLayout(): void {
    if (layoutIsNew && hasRun) tell({ e: "layout", layout: read().notebook });
    layoutIsNew = false;
  }

  function print({ key, reader }: Running, outputs: readonly ObservedOutput[]): void {
    const text = reader.read(outputs);
    if (text !== "") tell({ e: "print", key, text });
  }

  return {
    summaryChanged(cell, summary) {
      const seen = seenOf(cell);
      const { executionOrder: order = null, timing, success } = summary;
      if (timing === undefined && success === undefined) {
        if (order === null) return ask(cell, seen);
        if (seen.running) seen.running.order = order;
        else if (seen.pending !== null) start(cell, seen, order, now());
        return;
      }
      if (!seen.running && isSame(seen.ended?.summary, summary)) return;
      if (!seen.running) start(cell, seen, order, timing?.startTime ?? now());
      end(cell, seen, summary);
    },
    outputsChanged(cell) {
      const seen = seenOf(cell);
      const { outputs } = cell;
      // A kernel that does not count: what it shows tells that it has begun.
      if (!seen.running && seen.pending !== null && outputs.length > 0) start(cell, seen, null, now());
      const execution = seen.running ?? seen.ended?.execution;
      if (!execution) return;
      // Someone cleared the outputs: the run showed them all the same.
      if (!seen.running && outputs.length < seen.ended!.outputs) return;
      print(execution, outputs);
      const isDue = now() - seen.shownAt >= SHOW_EVERY_MS && sizeOf(outputs) <= LITTLE_BYTES;
      if (!isDue) return;
      seen.shownAt = now();
      tell({ e: "outputs", key: execution.key, outputs });
    },
    layoutChanged() {
      layoutIsNew = true;
    },
    tellLayout,
    cellRemoved(cell) {
      const seen = cells.get(cell.id);
      if (seen?.running) end(cell, seen, {}, "cancelled");
      cells.delete(cell.id);
    },
    newRun() {
      hasRun = false;
      isAttached = false;
    },
    attach() {
      isAttached = true;
      begin();
    },
    isAttached: () => isAttached,
    newKernel() {
      restart();
    },
    recorderLost() {
      hasRun = false;
      isAttached = false;
      for (const seen of cells.values()) {
        seen.running = null;
        seen.ended = null;
      }
    },
  };
}

/** What kernels of Python raise where the user interrupts. */
function statusOf({ success }: ObservedSummary, error: string | undefined): "succeeded" | "failed" | "cancelled" {
  if (success === true) return "succeeded";
  return success === undefined || error === "KeyboardInterrupt" ? "cancelled" : "failed";
}

function isSame(before: ObservedSummary | undefined, { executionOrder, timing }: ObservedSummary): boolean {
  if (!before) return false;
  const isSameTime = before.timing?.startTime === timing?.startTime && before.timing?.endTime === timing?.endTime;
  return isSameTime && before.executionOrder === executionOrder;
}

/** Results in words, and the traceback: what a script would have printed. */
function finalText(outputs: readonly ObservedOutput[], traceback: string): string {
  const results = outputs
    .filter(({ kind }) => kind === "result")
    .flatMap(({ items }) => items.find(({ mime }) => mime === "text/plain") ?? [])
    .map(({ data }) => new TextDecoder().decode(data));
  return [...results, traceback]
    .filter((text) => text !== "")
    .map((text) => `${text}\n`)
    .join("");
}

const sizeOf = (outputs: readonly ObservedOutput[]) =>
  outputs.flatMap(({ items }) => items).reduce((sum, { data }) => sum + data.byteLength, 0);
