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
import type { Owner } from "./outputCut";

export interface Shells extends Witness, vscode.Disposable {
  /** Takes down what the command line of a run prints, all of it. Undefined when no shell that we know of started it. */
  takeOutput(run: AnnouncedRun): Promise<TakenOutput | undefined>;
}

export interface TakenOutput {
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
const HOLD_MS = 1_000;
/** What comes so soon after the end of a run is still its own. */
const BORDER_MS = 200;
const GONE_MS = 100;

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

  /** Resolves when all that the run printed is in its log. */
  async function write(run: AnnouncedRun, { line, direct }: Found): Promise<void> {
    const file = openLogFile(run.folder, (error) => log.error("write a run's log", error));
    const owner: Owner = { since: direct ? 0 : run.start.t, append: file.append };
    line.output.give(owner);
    if (direct) {
      line.output.release();
      await line.over;
    } else {
      // The line may go on for long after this run, with others.
      await Promise.race([line.over, untilGone(run.start.pid)]);
      owner.until = Date.now() + BORDER_MS;
      await wait(HOLD_MS);
      line.output.flush(owner.until);
    }
    await file.written();
  }

  async function finish(run: AnnouncedRun, ancestors: number[]): Promise<void> {
    const found = await findLine(run, ancestors);
    if (!found) return tell(run.folder, { done: true });
    tell(run.folder, { output: found.direct ? "whole" : "cut" });
    await write(run, found);
    // A job in the background goes on when its command line is over.
    if (isThere(run.start.pid)) return tell(run.folder, { output: "part", done: true });
    const exitCode = found.direct ? await found.line.over : undefined;
    tell(run.folder, { done: true, ...(exitCode === undefined ? {} : { exitCode }) });
  }

  return {
    async claim(run) {
      const ancestors = await ancestorsFrom(run.start.ppid);
      const terminal = await terminalOf(ancestors);
      if (!terminal?.shellIntegration) return terminal ? "terminal" : null;
      tell(run.folder, { watching: "shell", by: process.pid });
      finish(run, ancestors).catch((error) => log.error("tell how a terminal's command ended", error));
      return "terminal";
    },
    async takeOutput(run) {
      const ancestors = await ancestorsFrom(run.start.ppid);
      const found = (await terminalOf(ancestors)) && (await findLine(run, ancestors));
      return found && { written: write(run, { line: found.line, direct: true }) };
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

async function untilGone(pid: number): Promise<void> {
  while (isThere(pid)) await wait(GONE_MS);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
