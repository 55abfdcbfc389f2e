/** What shells with VS Code's shell integration tell of the runs that are started in them: output and exit code. */
import { setTimeout as wait } from "node:timers/promises";
import * as vscode from "vscode";
import { tell } from "../../recorder/adopt/told";
import type { AnnouncedRun, Witness } from "../adoption/adopters";
import { ancestorsFrom } from "../adoption/ancestors";
import { openLogFile } from "../adoption/logFile";
import type { Log } from "../log";
import { recordsAnyTerminal } from "./isRecorded";
import { type CommandLine, followLines } from "./lines";

export interface Shells extends Witness, vscode.Disposable {
  /** Only takes down what the run prints. Undefined when no shell that we know of started it. */
  takeOutput(run: AnnouncedRun): Promise<TakenOutput | undefined>;
}

export interface TakenOutput {
  /** "cut": the command line does more than this run. */
  output: "whole" | "cut";
  /** All of it is in the log. */
  written: Promise<void>;
}

/** A command line and a run that it started; `direct`: it is nothing else. */
interface Found {
  line: CommandLine;
  direct: boolean;
}

/** News of a command line may come so long after that of its run. */
const LATE_MS = 3_000;
const POLL_MS = 50;
/** Output of a line with several runs is told apart so long after it came. */
const HOLD_MS = 2_000;

export function createShells(log: Log): Shells {
  // Without the setting, only what a debugger types there concerns us.
  const lines = followLines((line) => recordsAnyTerminal() || line.includes("debugpy"), log);

  async function findLine({ start }: AnnouncedRun, ancestors: number[]): Promise<Found | undefined> {
    for (const deadline = Date.now() + LATE_MS; Date.now() < deadline; await wait(POLL_MS)) {
      const line = lines.at(start.t).findLast(({ shell }) => shell !== undefined && ancestors.includes(shell));
      if (line) return { line, direct: line.shell === start.ppid && line.isOneCommand() };
    }
    return undefined;
  }

  function write(run: AnnouncedRun, { line, direct }: Found): Promise<void> {
    const file = openLogFile(run.folder, (error) => log.error("write a run's log", error));
    line.output.give({ since: direct ? 0 : run.start.t, append: file.append });
    if (direct) line.output.release();
    return line.over
      .then(() => wait(direct ? 0 : HOLD_MS))
      .then(() => line.output.flush())
      .then(() => file.written());
  }

  async function finish(run: AnnouncedRun, ancestors: number[]): Promise<void> {
    const found = await findLine(run, ancestors);
    if (!found) return tell(run.folder, { done: true });
    tell(run.folder, { output: found.direct ? "whole" : "cut" });
    await write(run, found);
    const exitCode = await found.line.over;
    // A job in the background goes on when its command line is over.
    if (isThere(run.start.pid)) tell(run.folder, { output: "part", done: true });
    else tell(run.folder, { done: true, ...(found.direct && exitCode !== undefined ? { exitCode } : {}) });
  }

  return {
    async claim(run) {
      const ancestors = await ancestorsFrom(run.start.ppid);
      const terminal = await terminalOf(ancestors);
      if (!terminal?.shellIntegration) return terminal ? "terminal" : null;
      tell(run.folder, { watching: "shell" });
      finish(run, ancestors).catch((error) => log.error("tell how a terminal's command ended", error));
      return "terminal";
    },
    async takeOutput(run) {
      const ancestors = await ancestorsFrom(run.start.ppid);
      const found = (await terminalOf(ancestors)) && (await findLine(run, ancestors));
      return found && { output: found.direct ? "whole" : "cut", written: write(run, found) };
    },
    dispose: () => lines.dispose(),
  };
}

/** The terminal whose shell is among these processes. */
async function terminalOf(pids: number[]): Promise<vscode.Terminal | undefined> {
  for (const terminal of vscode.window.terminals) {
    const pid = await Promise.race([terminal.processId, wait(POLL_MS)]);
    if (pid && pids.includes(pid)) return terminal;
  }
  return undefined;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
