/**
 * A terminal for the command on Windows, by the node-pty that an editor has with it (MODELTRAIL_NODE_PTY names its
 * folder). Not tried on a real Windows so far.
 */
import { createRequire } from "node:module";
import type { CommandEnd, CommandSpec, RunningCommand } from "./command";
import { openLog } from "./log";

/** The part of node-pty that is used. */
interface NodePty {
  spawn(
    file: string,
    args: string[],
    options: { cols: number; rows: number; cwd: string; env: NodeJS.ProcessEnv; encoding: null },
  ): {
    pid: number;
    onData(listener: (data: Buffer | string) => void): void;
    onExit(listener: (end: { exitCode: number; signal?: number }) => void): void;
    write(data: string | Buffer): void;
    resize(columns: number, rows: number): void;
  };
}

/** Throws an Error that says why there can be no terminal. */
export async function startWithNodePty(spec: CommandSpec): Promise<RunningCommand> {
  const { MODELTRAIL_NODE_PTY: folder } = process.env;
  if (!folder) throw new Error("this system gives terminals only through an editor's node-pty");
  const pty = createRequire(import.meta.filename)(folder) as NodePty;
  const log = openLog(spec.logPath, spec.onLogError);
  const [program, ...args] = spec.command;
  const size = () => [process.stdout.columns || 80, process.stdout.rows || 24] as const;
  const [cols, rows] = size();
  const child = pty.spawn(program!, args, { cols, rows, cwd: spec.cwd, env: spec.env, encoding: null });

  child.onData((data) => {
    log.append(Buffer.from(data));
    process.stdout.write(data);
  });
  const onInput = (data: Buffer) => child.write(data);
  const onResize = () => child.resize(...size());
  process.stdout.on("resize", onResize);
  const { stdin } = process;
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.on("data", onInput);
  }

  const ended = new Promise<CommandEnd>((resolve) => {
    child.onExit(({ exitCode }) => {
      process.stdout.off("resize", onResize);
      if (stdin.isTTY) {
        stdin.off("data", onInput);
        stdin.setRawMode(false);
        stdin.unref();
      }
      log.close();
      resolve({ exitCode, signal: null, lostBytes: log.lostBytes(), leftBehind: false });
    });
  });
  // Keys, Ctrl-C among them, went to the command's own console.
  const sawSignal = async () => true;
  return { pid: child.pid, output: "terminal", sawSignal, endedFor: () => 0, fifos: [], giveUp() {}, ended };
}
