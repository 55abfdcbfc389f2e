/** A run of a notebook, from its first cell to its end: which cells ran, in which order, and what they showed. */
import { basename, isAbsolute, relative } from "node:path";
import { type CellError, type CellExecution, type CellStatus, cellTitle } from "../../domain/cells";
import type { Notebook } from "../../domain/notebook";
import type { Gap } from "../../domain/run";
import { maskValue } from "../../domain/secrets";
import { putBytes } from "../../store/objects";
import { openLog } from "../process/log";
import { beginRecording, type Recording, type RecordingOptions } from "../recording";
import { keepExecutedNotebook } from "./executed";
import { keepLayout } from "./layout";
import { boundedError, keepOutputs, type OutputContent } from "./outputs";
import { isParameters, readParameters } from "./parameters";

export interface NotebookRunOptions extends Omit<RecordingOptions, "command"> {
  /** Absolute path; of a notebook that is in no file yet, its name. */
  notebook: string;
  /** The same for all runs between two starts of the kernel. */
  session: string;
  layout: Notebook;
  /** What the command says besides the notebook: its parameters. */
  words?: string[];
  /** The kernel was not started by us: we know only what an editor tells of it. */
  passive?: boolean;
  /** And yet it is given the tracer. */
  attached?: boolean;
}

export interface StartedCell extends Pick<CellExecution, "cellId" | "index" | "executionCount" | "language"> {
  source: string;
  tags: readonly string[];
  /** Ms since the epoch. */
  startTime: number;
}

export interface EndedCell {
  status: Exclude<CellStatus, "running">;
  /** Ms since the epoch. */
  endTime: number;
  /** What the kernel counts, when that became known only now. */
  executionCount?: number | null;
  error?: CellError | null;
}

/** How the run came to its end: another one begins, it was cut short, its kernel died, or whoever told us of it is gone. */
export type NotebookEnd = "boundary" | "interrupt" | "kernel-died" | "hangup";

/**
 * Calls may come at any speed: they are carried out one after the other, and none throws; what cannot be recorded is a
 * warning on the run.
 */
export interface NotebookRun {
  /** What records it: its environment for the kernel (`tracer`, `lead`), and `started` for the kernel's process. */
  readonly recording: Recording;
  /** Resolves when the code was taken; not before, the recording knows which environment a kernel is to have. */
  readonly ready: Promise<void>;
  /** The notebook as it is now. */
  layout(notebook: Notebook): void;
  /** Gives the ordinal by which the execution is named from now on. */
  cellStarted(cell: StartedCell): number;
  /** Text that was printed: it goes into the run's log. */
  print(text: string | Uint8Array): void;
  /** All that the execution shows by now, in place of what was said before. */
  outputs(ordinal: number, outputs: readonly OutputContent[]): void;
  cellEnded(ordinal: number, end: EndedCell): void;
  /** Resolves when all that was said is in the store. */
  settled(): Promise<void>;
  /** The executed notebook becomes an artifact, and the run is ended. Nothing is to be called afterwards. */
  end(how: NotebookEnd): Promise<void>;
}

const BLIND: Gap = {
  kind: "tracer",
  message:
    "The notebook ran on a kernel that Modeltrail did not start, so the files that it read and wrote were not seen. With the command Use Tracked Kernel they are recorded, too.",
};

const LATE: Gap = {
  kind: "tracer",
  message:
    "The notebook's kernel was given the tracer while it was running: files that it had opened before were not seen.",
};

/** Throws what `beginRecording` throws, when there can be no record. The code is being taken when this returns. */
export function beginNotebookRun(options: NotebookRunOptions): NotebookRun {
  const { notebook, session, layout, cwd, passive, attached } = options;
  const isFile = isAbsolute(notebook);
  const command = [isFile ? relative(cwd, notebook) : notebook, ...(options.words ?? [])];
  const experiment = options.experiment ?? (isFile ? undefined : basename(notebook, ".ipynb"));
  const recording = beginRecording({ ...options, experiment, command, unled: passive });
  const { store, id } = recording;
  const log = openLog(recording.logPath, (reason) => recording.warn(`The log could not be written: ${reason}.`));
  const cells = new Map<number, CellExecution>();
  let count = 0;

  /** Each step waits for those before, so that what is stored last is what was said last. */
  let last: Promise<void> = Promise.resolve();
  function next(step: () => Promise<void> | void): void {
    last = last.then(step).catch((error) => {
      recording.warn(`Something of the notebook could not be recorded: ${(error as Error).message}`);
    });
  }

  function change(ordinal: number, part: Partial<CellExecution>): void {
    const cell = { ...cells.get(ordinal)!, ...part };
    cells.set(ordinal, cell);
    recording.add({ cells: [cell] });
    recording.save();
  }

  next(() => keepLayout(store.runFolder(id), { notebook, ...layout }));
  const ready = prepare();

  /** Beside the cells, which do not wait for it. */
  async function prepare(): Promise<void> {
    try {
      if (passive) recording.add({ gaps: [attached ? LATE : BLIND] });
      await recording.takeCode(new AbortController().signal);
    } catch (error) {
      recording.warn(`The code could not be recorded: ${(error as Error).message}`);
    }
    if (passive) recording.started(null);
  }

  return {
    recording,
    ready,
    layout: (now) => next(() => keepLayout(store.runFolder(id), { notebook, ...now })),
    cellStarted({ source, tags, ...cell }) {
      const ordinal = ++count;
      next(async () => {
        const { sha256, size } = await putBytes(store.folder, Buffer.from(source));
        const started = { ...cell, source: sha256, sourceSize: size, title: cellTitle(source), session };
        if (isParameters(tags)) recording.add({ params: paramsOf(source) });
        change(ordinal, { ...started, ordinal, endTime: null, status: "running", error: null, outputs: [] });
      });
      return ordinal;
    },
    print(text) {
      // In its place between what cells did before and after.
      next(() => log.append(typeof text === "string" ? Buffer.from(text) : text));
    },
    outputs(ordinal, outputs) {
      next(async () => change(ordinal, { outputs: await keepOutputs(store.folder, outputs) }));
    },
    cellEnded(ordinal, { status, endTime, executionCount, error }) {
      const counted = executionCount === undefined ? {} : { executionCount };
      next(() => change(ordinal, { status, endTime, ...counted, error: error ? boundedError(error) : null }));
    },
    settled: () => last,
    async end(how) {
      await ready;
      next(async () => {
        recording.save();
        recording.add({ artifacts: await keepExecutedNotebook(store, id) });
      });
      await last;
      log.close();
      const end = endOf([...cells.values()], how);
      await recording.end({ ...end, lostBytes: log.lostBytes(), leftBehind: false });
    },
  };
}

function paramsOf(source: string): Record<string, string> {
  const entries = Object.entries(readParameters(source));
  return Object.fromEntries(entries.map(([name, value]) => [name, maskValue(name, value)]));
}

/**
 * A notebook ends as the cell that ran last ended: with the exit code that running it from the command line would have, or,
 * when it was cut short, by the signal that does so.
 */
function endOf(
  cells: readonly CellExecution[],
  how: NotebookEnd,
): { exitCode: number | null; signal: NodeJS.Signals | null } {
  const lastCell = cells.at(-1);
  const isRunning = cells.some(({ status }) => status === "running");
  if (isRunning) return { exitCode: null, signal: how === "hangup" ? "SIGHUP" : "SIGKILL" };
  if (how === "interrupt" || lastCell?.status === "cancelled") return { exitCode: null, signal: "SIGINT" };
  return { exitCode: lastCell?.status === "failed" ? 1 : 0, signal: null };
}
