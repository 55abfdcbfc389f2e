/** The command lines that shells execute, with what they print, while VS Code's shell integration tells of them. */
import * as vscode from "vscode";
import { type Deferred, deferred } from "../adoption/deferred";
import type { Log } from "../log";
import { isOneCommand } from "./commandLine";
import { createMarkerFilter } from "./markers";
import { createOutputCut, type OutputCut } from "./outputCut";

export interface CommandLine {
  /** Process id of its shell. */
  readonly shell: number | undefined;
  readonly output: OutputCut;
  /** It has ended and all of its output was read; with its exit code, undefined when the shell did not tell. */
  readonly over: Promise<number | undefined>;
  isOneCommand(): boolean;
}

export interface CommandLines extends vscode.Disposable {
  /** Those that were being executed at a time, in ms since the epoch, the newest last. */
  at(time: number): CommandLine[];
}

interface Entry extends CommandLine {
  shell: number | undefined;
  start: number;
  end: number | undefined;
  ended: Deferred<number | undefined>;
}

/** Output that is no run's is kept for so long: it may turn out to be one's. */
const HOLD_MS = 5_000;
/** A command line that ended is known for so long. */
const REMEMBER_MS = 30_000;
/** After the end of a command, the rest of its output comes within this time. */
const REST_MS = 500;
/** News of a beginning comes a moment late. */
const SLACK_MS = 1_000;

/** `isWanted` tells of a command line whether it is worth reading what it prints. */
export function followLines(isWanted: (line: string) => boolean, log: Log): CommandLines {
  const entries = new Map<vscode.TerminalShellExecution, Entry>();

  function began({ terminal, execution }: vscode.TerminalShellExecutionStartEvent): void {
    if (!isWanted(execution.commandLine.value)) return;
    const output = createOutputCut();
    // Asked for at once: only what comes after that is given.
    const read = follow(execution.read(), output).catch((error) => log.error("read a terminal", error));
    const ended = deferred<number | undefined>();
    const timer = setInterval(() => output.flush(Date.now() - HOLD_MS), HOLD_MS / 2);
    const over = ended.promise.then(async (code) => {
      await Promise.race([read, new Promise((resolve) => setTimeout(resolve, REST_MS))]);
      clearInterval(timer);
      return code;
    });
    const entry: Entry = {
      shell: undefined,
      start: Date.now(),
      end: undefined,
      output,
      over,
      ended,
      isOneCommand: () => isOneCommand(execution.commandLine.value),
    };
    entries.set(execution, entry);
    terminal.processId.then((pid) => {
      entry.shell = pid;
    });
  }

  function ended({ execution, exitCode }: vscode.TerminalShellExecutionEndEvent): void {
    const entry = entries.get(execution);
    if (!entry) return;
    entry.end = Date.now();
    entry.ended.resolve(exitCode);
    setTimeout(() => entries.delete(execution), REMEMBER_MS);
  }

  const subscriptions = [
    vscode.window.onDidStartTerminalShellExecution(began),
    vscode.window.onDidEndTerminalShellExecution(ended),
  ];
  return {
    at: (time) =>
      [...entries.values()].filter(({ start, end = Number.POSITIVE_INFINITY }) => {
        return start - SLACK_MS <= time && time <= end;
      }),
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

async function follow(data: AsyncIterable<string>, output: OutputCut): Promise<void> {
  const withoutMarkers = createMarkerFilter();
  for await (const piece of data) output.add(withoutMarkers(piece), Date.now());
}
