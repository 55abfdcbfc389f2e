/** A command under record: what it is started with, what is known while it runs, and how it ended. */

import type { Channels } from "./channels";
import { startWithNodePty } from "./nodePty";
import { describeOutputs } from "./outputs";
import { startWithPipes } from "./pipes";
import { CommandRefused } from "./refused";
import { startWithTerminal } from "./terminal";

export interface CommandSpec {
  /** Program and arguments; the program is looked up in the PATH of `env`. */
  command: string[];
  /** Our own working folder, as far as Node can name it: the command inherits the folder itself. */
  cwd: string;
  /** The whole environment of the command. */
  env: NodeJS.ProcessEnv;
  /** Everything it prints is appended here before it is forwarded; null: nowhere. */
  logPath: string | null;
  /** A session of its own, so that closing the terminal does not end it. */
  ownSession: boolean;
  /** Started under nohup: the command is to ignore SIGHUP, which Node resets. */
  ignoreHangup: boolean;
  /** Told once when the log cannot be written, with the system's reason. The command goes on. */
  onLogError(reason: string): void;
}

export interface RunningCommand {
  readonly pid: number;
  /** How its output is taken: "terminal" when at least one of its streams is one. */
  readonly output: "terminal" | "pipes";
  /**
   * Whether a signal that just reached us was sent to our whole process group (Ctrl-C does that), so that the command
   * got it already.
   */
  sawSignal(signal: NodeJS.Signals): Promise<boolean>;
  /** Ms since its end was seen; 0 while it runs. What it printed may still be on its way then. */
  endedFor(): number;
  /** Named pipes that it prints to, where it does; `abandoned` settles when we take nothing from them any more. */
  readonly fifos: { path: string; abandoned: Promise<void> }[];
  /** No longer waits for a reader who takes his time: what was printed and not read by now is given up. */
  giveUp(): void;
  /** After the command ended and all that it printed is in the log and forwarded. Never rejects. */
  readonly ended: Promise<CommandEnd>;
}

/** Exit code and signal are both null when the end was not seen. */
export interface CommandEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Bytes of its output that could not be written to the log. */
  lostBytes: number;
  /** True when processes that it left behind still hold its output; what they print goes on to log and output. */
  leftBehind: boolean;
}

/**
 * Starts the command. Each of its standard streams is a terminal exactly when ours is. When that cannot be had,
 * `degraded` is told why and it gets pipes. Throws `CommandRefused` when the program cannot be started.
 */
export async function startCommand(
  spec: CommandSpec,
  channels: Channels | null,
  degraded: (reason: string) => void,
): Promise<RunningCommand> {
  const outputs = describeOutputs();
  if (outputs.some((output) => output.terminal)) {
    try {
      if (process.platform === "win32") return await startWithNodePty(spec);
      return await startWithTerminal(spec, channels);
    } catch (error) {
      if (error instanceof CommandRefused) throw error;
      degraded((error as Error).message);
    }
  }
  return startWithPipes(spec, channels, outputs);
}
