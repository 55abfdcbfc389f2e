/** What debug sessions tell of the runs that they start: their output, and how they ended. */
import { setTimeout as wait } from "node:timers/promises";
import type * as vscode from "vscode";
import * as z from "zod/mini";
import { tell } from "../../recorder/adopt/told";
import type { AnnouncedRun, Witness } from "../adoption/adopters";
import { type Deferred, deferred } from "../adoption/deferred";
import { type LogFile, openLogFile } from "../adoption/logFile";
import type { Log } from "../log";
import type { Shells } from "../terminals/shells";
import { markOf, type PythonDebugConfiguration } from "./configurations";

/** The parts that we read of the Debug Adapter Protocol's events. */
const Output = z.object({
  type: z.literal("event"),
  event: z.literal("output"),
  body: z.object({ category: z.optional(z.string()), output: z.string() }),
});
const Exited = z.object({
  type: z.literal("event"),
  event: z.literal("exited"),
  body: z.object({ exitCode: z.int() }),
});

const Terminated = z.object({ type: z.literal("event"), event: z.literal("terminated") });
/** What VS Code asks for when its user presses Stop or Restart; and, as a matter of form, after the end. */
const Stop = z.object({ type: z.literal("request"), command: z.enum(["terminate", "disconnect"]) });

interface Session {
  /** Whether what the run prints comes through the debugger. */
  prints: boolean;
  log: LogFile | undefined;
  /** Printed before the run was announced. */
  early: string;
  exitCode: Deferred<number | undefined>;
  over: boolean;
  stopped: boolean;
}

export interface DebugSessions extends Witness, vscode.Disposable {
  tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined;
}

const MOST_EARLY = 4 << 20;
/** A session that ended is known for so long. */
const REMEMBER_MS = 30_000;
/** How long the terminal may take to tell the rest, once the debugger has told the end. */
const REST_MS = 10_000;
/** A session that is being stopped has its last events within this time. */
const LAST_EVENTS_MS = 3_000;

export function createDebugSessions(shells: Shells, log: Log): DebugSessions {
  const sessions = new Map<string, Session>();

  function print({ category, output }: { category?: string | undefined; output: string }, session: Session): void {
    if (category !== "stdout" && category !== "stderr") return;
    if (session.log) session.log.append(output);
    else if (session.early.length < MOST_EARLY) session.early += output;
  }

  async function follow(run: AnnouncedRun, session: Session): Promise<void> {
    const shown = session.prints ? undefined : await shells.takeOutput(run);
    if (session.prints || shown) tell(run.folder, { output: "whole" });
    const exitCode = await session.exitCode.promise;
    await Promise.race([shown?.written ?? session.log?.written(), wait(REST_MS)]);
    const { stopped } = session;
    tell(run.folder, { done: true, stopped, ...(exitCode === undefined ? {} : { exitCode }) });
  }

  return {
    tracker(debugSession) {
      const configuration = debugSession.configuration as PythonDebugConfiguration;
      const mark = markOf(configuration);
      // Sessions within a session are for processes that the run started: they are part of it.
      if (!mark || debugSession.parentSession || configuration.subProcessId !== undefined) return undefined;
      const prints = configuration.redirectOutput ?? configuration.console === "internalConsole";
      const session: Session = { prints, log: undefined, early: "", exitCode: deferred(), over: false, stopped: false };
      sessions.set(mark, session);
      return {
        onDidSendMessage(message: unknown) {
          const output = Output.safeParse(message).data;
          if (output && prints) return print(output.body, session);
          const exited = Exited.safeParse(message).data;
          if (exited) session.exitCode.resolve(exited.body.exitCode);
          if (exited || Terminated.safeParse(message).success) session.over = true;
        },
        onWillReceiveMessage(message: unknown) {
          if (!session.over && Stop.safeParse(message).success) session.stopped = true;
        },
        onExit: () => session.exitCode.resolve(undefined),
        onWillStopSession() {
          // The last events are on their way.
          setTimeout(() => session.exitCode.resolve(undefined), LAST_EVENTS_MS);
          setTimeout(() => sessions.delete(mark), REMEMBER_MS);
        },
      };
    },
    async claim(run) {
      const session = sessions.get(run.start.adopt.source);
      if (!session) return run.start.adopt.source.startsWith("debug") ? "debug" : null;
      if (session.prints) {
        session.log = openLogFile(run.folder, (error) => log.error("write a run's log", error));
        session.log.append(session.early);
      }
      tell(run.folder, { watching: "debugger", by: process.pid });
      follow(run, session).catch((error) => log.error("tell how a debug session ended", error));
      return "debug";
    },
    dispose: () => sessions.clear(),
  };
}
