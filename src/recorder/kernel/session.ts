/** A notebook's kernel, and the runs that are made of what it executes. */
import { randomUUID } from "node:crypto";
import { formatSize } from "../../domain/format";
import type { Notebook, NotebookCell } from "../../domain/notebook";
import { beginNotebookRun, type NotebookEnd, type NotebookRun, type NotebookRunOptions } from "../notebook/recording";
import type { BridgeEvent } from "./bridgeMessages";
import { changedVariables, kernelEnvironment, switchingCode } from "./kernelEnvironment";
import { createKernelProcess, type ExecutionEnd } from "./kernelProcess";
import type { KernelEvent } from "./protocol";
import { type ShownOutputs, shownOutputs } from "./shown";

export interface KernelSessionOptions extends Omit<NotebookRunOptions, "layout" | "session" | "passive"> {
  /** Absolute path of the Python whose kernel it is. */
  python: string;
  onEvent(event: KernelEvent): void;
  /** Whether somebody answers when a cell asks for input; a cell that asks fails otherwise. */
  canAsk: boolean;
}

export interface ExecutionRequest {
  /** Names the execution. */
  id: string;
  cell: NotebookCell;
  /** The cell's place in the notebook, from 0. */
  index: number;
  /** The notebook as it is. */
  layout: Notebook;
  /** A run begins with it. */
  newRun: boolean;
}

export type ExecutionStatus = "succeeded" | "failed" | "cancelled";

export interface KernelSession {
  /** Executes when all that was asked for before is over. Never rejects. */
  execute(request: ExecutionRequest): Promise<ExecutionStatus>;
  /** What waits is not executed any more, and what runs is interrupted. */
  interrupt(): void;
  /** Ends the kernel; the next execution starts another, and a run. */
  restart(): Promise<void>;
  input(text: string): void;
  /** The next execution begins a run. */
  newRun(): Promise<void>;
  /** The notebook as it is now. */
  layout(layout: Notebook): void;
  /** Ends the kernel and its run. */
  close(how: NotebookEnd): Promise<void>;
}

interface Execution {
  id: string;
  shown: ShownOutputs;
  /** In the run; undefined where there is none. */
  ordinal: number | undefined;
  /** What the kernel counts, once told. */
  count: number | null;
}

/** Of executions that showed more than this, displays that later cells replace are replaced in the editor alone. Bytes. */
const MOST_LATE = 1_000_000;
const MOST_REMEMBERED = 100;

export function createKernelSession(options: KernelSessionOptions): KernelSession {
  const { python, env, cwd, onEvent, canAsk } = options;
  const kernel = createKernelProcess({
    python,
    env: kernelEnvironment(env, python, null),
    onEvent: take,
    onDeath: died,
  });
  /** What the living kernel was started with, and told since. */
  let variables: Record<string, string> = {};
  let session = "";
  let run: NotebookRun | undefined;
  /** The next execution begins a run: none was begun, or the last one has ended. */
  let isOver = true;
  /** Executions of the living kernel. */
  let count = 0;
  let current: Execution | undefined;
  /** Those of this run that showed something which later ones may replace. */
  let earlier: Execution[] = [];
  let interrupts = 0;
  let last: Promise<unknown> = Promise.resolve();
  const ending: Promise<void>[] = [];

  /** Each step waits for those before. */
  function next<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = last.then(step);
    last = result.catch(() => {});
    return result;
  }

  function take(event: BridgeEvent): void {
    if (event.e === "cut") cut(event.bytes);
    else print(event);
    if (!("id" in event) || event.id === null || event.id !== current?.id) return;
    if (event.e === "began") current.count = event.count ?? null;
    if (event.e === "update" && !current.shown.has(event.displayId ?? "")) replaceEarlier(event);
    for (const shown of current.shown.take(event)) onEvent({ k: "shown", id: event.id, event: shown });
    if (event.e === "display" && event.displayId) remember(current);
  }

  /** So much came faster than it could be taken, or all at once. */
  function cut(bytes: number): void {
    run?.recording.warn(`${formatSize(bytes)} of what was shown were lost, as it came faster than it could be taken.`);
  }

  /** Into the log, where metrics are looked for. */
  function print(event: BridgeEvent): void {
    if (event.e === "stream") run?.print(event.text);
    else if (event.e === "error") run?.print(`${event.traceback.join("\n")}\n`);
  }

  function replaceEarlier(event: Extract<BridgeEvent, { e: "update" }>): void {
    const found = earlier.find(({ shown }) => shown.has(event.displayId ?? ""));
    if (!found || found.ordinal === undefined) return;
    found.shown.take(event);
    run?.outputs(found.ordinal, found.shown.contents());
  }

  function remember(execution: Execution): void {
    if (earlier.includes(execution)) return;
    earlier = [...earlier.filter(({ shown }) => shown.size <= MOST_LATE), execution].slice(-MOST_REMEMBERED);
  }

  function died(message: string): void {
    run?.recording.warn(message);
    onEvent({ k: "died", message });
    // A cell that was being executed is looked after by who waits for it.
    if (!current) void next(() => endRun("kernel-died"));
  }

  async function endRun(how: NotebookEnd): Promise<void> {
    const ended = run;
    run = undefined;
    isOver = true;
    earlier = [];
    await ended?.end(how).catch((error: Error) => onEvent({ k: "notice", message: error.message }));
  }

  /** So that there is a living kernel, whose words go to a run that the cell belongs to. Rejects with a sentence. */
  async function prepare({ layout, newRun }: ExecutionRequest): Promise<void> {
    const isFresh = kernel.pid === null;
    if (!isFresh && !newRun && !isOver) return run?.layout(layout);
    const before = run;
    if (isFresh) session = randomUUID();
    run = await begin(layout);
    isOver = false;
    earlier = [];
    const now = kernelEnvironment(env, python, run?.recording ?? null);
    const changed = changedVariables(variables, now);
    variables = now;
    if (isFresh) {
      await start(now);
    } else {
      await kernel.execute(switchingCode(changed), { id: randomUUID(), silent: true });
      if (count > 0) run?.recording.add({ gaps: [{ kind: "other", message: carriedOver(count) }] });
    }
    if (kernel.pid !== null) run?.recording.started({ pid: kernel.pid, fifos: [] });
    // Beside what follows: reading the rest of it can take long.
    if (before) ending.push(before.end("boundary").catch(() => {}));
  }

  async function begin(layout: Notebook): Promise<NotebookRun | undefined> {
    try {
      const begun = beginNotebookRun({ ...options, layout, session });
      // Its code is that of before the first cell, and MLflow's client finds somebody who listens.
      await begun.ready;
      onEvent({ k: "run", id: begun.recording.id, root: begun.recording.tracer.root });
      return begun;
    } catch (error) {
      onEvent({ k: "notice", message: `This notebook is not recorded. ${(error as Error).message}` });
      return undefined;
    }
  }

  async function start(kernelEnv: Record<string, string>): Promise<void> {
    count = 0;
    try {
      await kernel.start(kernelEnv, cwd);
    } catch (error) {
      run?.recording.warn((error as Error).message);
      run?.recording.endUnstarted({ exitCode: 1, signal: null, status: "failed" });
      run = undefined;
      isOver = true;
      throw error;
    }
  }

  async function carryOut(request: ExecutionRequest, isWanted: () => boolean): Promise<ExecutionStatus> {
    const { id, cell, index } = request;
    if (!isWanted()) return "cancelled";
    try {
      await prepare(request);
    } catch (error) {
      if (isWanted()) onEvent({ k: "died", message: (error as Error).message });
      return isWanted() ? "failed" : "cancelled";
    }
    if (!isWanted() || kernel.pid === null) return "cancelled";
    const startTime = Date.now();
    const { language, source, tags } = cell;
    const started = { cellId: cell.id, index, executionCount: null, language, source, tags, startTime };
    const execution: Execution = { id, shown: shownOutputs(id), ordinal: run?.cellStarted(started), count: null };
    current = execution;
    onEvent({ k: "began", id, time: startTime });
    count++;
    const end = await kernel.execute(source, { id, canAsk });
    current = undefined;
    for (const event of execution.shown.finish()) onEvent({ k: "shown", id, event });
    const status = end === "ok" ? "succeeded" : end === "stopped" || !isWanted() ? "cancelled" : "failed";
    await note(execution, end, status);
    return status;
  }

  /** Puts down what came of an execution. */
  async function note({ ordinal, shown, count }: Execution, end: ExecutionEnd, status: ExecutionStatus): Promise<void> {
    if (run && ordinal !== undefined) {
      run.outputs(ordinal, shown.contents());
      // One that its kernel died in is cut short by the end of its run.
      if (end !== "dead")
        run.cellEnded(ordinal, { status, endTime: Date.now(), executionCount: count, error: shown.error });
    }
    if (end === "dead") await endRun("kernel-died");
  }

  return {
    execute(request) {
      const asked = interrupts;
      return next(async () => {
        const status = await carryOut(request, () => interrupts === asked);
        onEvent({ k: "ended", id: request.id, status, time: Date.now() });
        return status;
      });
    },
    interrupt() {
      interrupts++;
      if (current) kernel.interrupt();
    },
    async restart() {
      interrupts++;
      const stopped = kernel.stop();
      await next(async () => {
        await stopped;
        await endRun("boundary");
      });
    },
    input: (text) => kernel.input(text),
    newRun: () => next(() => endRun("boundary")),
    layout: (layout) => run?.layout(layout),
    async close(how) {
      interrupts++;
      await kernel.close();
      await next(() => endRun(how));
      await Promise.all(ending);
    },
  };
}

function carriedOver(count: number): string {
  const cells = count === 1 ? "1 cell" : `${count} cells`;
  return `The kernel was not fresh: ${cells} had run in it before, whose variables these may have used. Restart the kernel first to know that a notebook works from the top.`;
}
