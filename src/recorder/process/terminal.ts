/** Starting the command with terminals where ours are: a small Python program makes and serves them, as Node cannot. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { constants as os } from "node:os";
import { join } from "node:path";
import { isatty } from "node:tty";
import { isAlive, processIdentity } from "../../store/process";
import { now } from "../clock";
import type { Channels } from "./channels";
import type { CommandEnd, CommandSpec, RunningCommand } from "./command";
import { findPython } from "./findPython";
import { pythonFolder } from "./pythonFolder";
import { CommandRefused, describeError, errorName } from "./refused";
import { hasPending } from "./witness";

/** A signal that went to our whole group is reported by the helper within this time. */
const REPORT_MS = 50;
const POLL_MS = 200;

/** Throws `CommandRefused`, or an Error that says why there can be no terminal. */
export async function startWithTerminal(spec: CommandSpec, channels: Channels | null): Promise<RunningCommand> {
  const python = findPython(spec.env, spec.command);
  if (!python) throw new Error("no python3 was found that could make a terminal");
  if (!channels) throw new Error("named pipes could not be made");

  writeFileSync(join(channels.folder, "config"), helperConfig(spec), { mode: 0o600 });
  const control = openControl(channels.path("control"));
  const program = join(pythonFolder("pty"), "terminal.py");
  // It is no process of the run: see runProcesses.ts.
  const { MODELTRAIL_RUN_ID: _, ...env } = spec.env;
  const helper = spawn(python, ["-I", "-S", program, channels.folder, "--", ...spec.command], {
    env,
    stdio: "inherit",
  });
  const gone = new Promise<void>((resolve) => {
    helper.once("error", () => resolve());
    helper.once("exit", () => resolve());
  });
  void gone.then(control.noMoreWriters);

  const seen: { signal: number; at: number }[] = [];
  return new Promise((resolve, reject) => {
    let pid = 0;
    let end: Partial<CommandEnd> = {};
    let endedAt: number | undefined;
    let finish: (end: CommandEnd) => void;
    const ended = new Promise<CommandEnd>((done) => {
      finish = done;
    });

    control.onLine((word, numbers) => {
      control.noMoreWriters();
      if (word === "pid") {
        pid = numbers[0]!;
        resolve({
          pid,
          output: "terminal",
          // The helper takes what is printed, whether we live or not.
          fifos: [],
          sawSignal: (signal) => sawSignal(seen, helper, signal),
          endedFor: () => (endedAt === undefined ? 0 : now() - endedAt),
          giveUp: () => helper.kill("SIGKILL"),
          ended,
        });
      } else if (word === "refused") reject(new CommandRefused(spec.command[0]!, errorName(numbers[0]!)));
      else if (word === "signal") seen.push({ signal: numbers[0]!, at: now() });
      else if (word === "log") spec.onLogError(describeError(errorName(numbers[0]!)));
      else if (word === "exit") {
        endedAt = now();
        end = { ...end, ...readExit(numbers) };
      } else if (word === "end") end = { ...end, lostBytes: numbers[0]!, leftBehind: numbers[1] === 1 };
    });
    control.onClose(() => {
      helper.unref();
      if (pid === 0) reject(new Error(`${python} could not make a terminal`));
      else
        void (end.exitCode === undefined ? untilGone(pid) : Promise.resolve()).then(() =>
          finish({ ...UNSEEN, ...end }),
        );
    });
  });
}

/** The helper does not have the one; the other, Python sets in its own environment when it finds the "C" locale. */
const BY_VALUE = new Set(["MODELTRAIL_RUN_ID", "LC_CTYPE"]);

/** The fields that python/pty/terminal.py reads. */
function helperConfig(spec: CommandSpec): string {
  const terminals = [1, 2].filter((descriptor) => isatty(descriptor));
  const variables = Object.keys(spec.env).filter((name) => spec.env[name] !== undefined);
  const environment = variables.map((name) => (BY_VALUE.has(name) ? `${name}=${spec.env[name]}` : name));
  const ignored = spec.ignoreHangup ? String(os.signals.SIGHUP) : "";
  const fields = [spec.logPath ?? "", terminals.join(" "), spec.ownSession ? "session" : "", ignored, ...environment];
  return fields.map((field) => `${field}\0`).join("");
}

/** Reads the lines of a FIFO, whose writing end we hold open until someone else does. */
function openControl(path: string) {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writer: number | null = openSync(path, constants.O_WRONLY);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  return {
    noMoreWriters() {
      if (writer !== null) closeSync(writer);
      writer = null;
    },
    onLine(listener: (word: string, numbers: number[]) => void) {
      let rest = "";
      socket.on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
          const [word = "", ...numbers] = line.split(" ");
          listener(word, numbers.map(Number));
        }
      });
    },
    onClose(listener: () => void) {
      socket.once("close", listener);
    },
  };
}

function readExit([code, signal]: number[]): Pick<CommandEnd, "exitCode" | "signal"> {
  return signal ? { exitCode: null, signal: signalName(signal) } : { exitCode: code!, signal: null };
}

/** Real-time signals have no names in Node. */
function signalName(number: number): NodeJS.Signals {
  const known = Object.entries(os.signals).find(([, value]) => value === number);
  return (known?.[0] ?? `SIG${number}`) as NodeJS.Signals;
}

async function sawSignal(
  seen: { signal: number; at: number }[],
  helper: ChildProcess,
  signal: NodeJS.Signals,
): Promise<boolean> {
  const arrived = now();
  while (now() - arrived < REPORT_MS) {
    const report = seen.findIndex((one) => one.signal === os.signals[signal] && one.at >= arrived - REPORT_MS);
    if (report >= 0) {
      seen.splice(0, report + 1);
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return hasPending(helper.pid!, signal) ?? false;
}

const UNSEEN: CommandEnd = { exitCode: null, signal: null, lostBytes: 0, leftBehind: false };

/** Someone killed the helper: the command is no child of ours, so all that can be seen is that it is gone. */
async function untilGone(pid: number): Promise<void> {
  const identity = processIdentity(pid);
  while (identity.startToken && isAlive(identity)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
