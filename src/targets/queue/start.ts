/** Starting what looks after the queue of a project, when nothing does. */
import { type ChildProcess, spawn } from "node:child_process";
import { storeFolder } from "../../store/locate";
import { isQueueLookedAfter } from "./lock";

export interface StartOptions {
  /** The `modeltrail` command, to be put before its arguments; default: this very process's. */
  program?: readonly string[];
  env?: NodeJS.ProcessEnv;
}

/**
 * To be called after jobs were queued, or their queue goes on: whoever looks after the queue looks once more after it has let
 * go of it. The process lives apart from us and ends when there is nothing to do.
 */
export function startQueue(root: string, options: StartOptions = {}): void {
  if (!isQueueLookedAfter(storeFolder(root).folder)) startApart(["queue", "run"], root, options).unref();
}

/** A `modeltrail` of its own session, without a terminal or anyone who reads what it says. */
export function startApart(words: readonly string[], cwd: string, options: StartOptions = {}): ChildProcess {
  const { program = [process.execPath, process.argv[1]!], env = process.env } = options;
  const child = spawn(program[0]!, [...program.slice(1), ...words], {
    cwd,
    env,
    detached: true,
    stdio: "ignore",
    windowsHide: true,
  });
  child.on("error", () => {});
  return child;
}
