/** Processes of ours that go on without the one that records a run. */
import { type ChildProcess, spawn } from "node:child_process";

/** Our own command line, for processes that are to outlive us. */
export function ownProgram(): { argv: readonly string[]; env: NodeJS.ProcessEnv } {
  return { argv: [process.execPath, process.argv[1]!], env: process.env };
}

/** `modeltrail finish-run ID`, on its own. */
export function startFinisher(root: string, id: string): number | undefined {
  const child = spawn(process.execPath, [process.argv[1]!, "finish-run", id], {
    cwd: root,
    detached: true,
    stdio: "ignore",
    windowsHide: true,
  });
  child.on("error", () => {});
  child.unref();
  return child.pid;
}

/** `modeltrail stand-in`, on its own, with a channel for messages. It is no process of a run that we may be part of. */
export function startUnderstudy(root: string): ChildProcess | undefined {
  const { MODELTRAIL_RUN_ID: _, ...env } = process.env;
  const child = spawn(process.execPath, [process.argv[1]!, "stand-in"], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    windowsHide: true,
  });
  child.on("error", () => {});
  return child.pid === undefined ? undefined : child;
}
