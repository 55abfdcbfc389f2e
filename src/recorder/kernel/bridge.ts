/** The process that speaks with a Jupyter kernel for us: python/kernel/main.py, under the Python whose kernel it is. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pythonFolder } from "../process/pythonFolder";
import { BridgeEvent, type BridgeRequest } from "./bridgeMessages";
import { readLines } from "./lines";

export interface BridgeOptions {
  /** Absolute path of the Python. */
  python: string;
  /** Of the bridge itself; the kernel's own comes with `start`. */
  env: NodeJS.ProcessEnv;
  onEvent(event: BridgeEvent): void;
  /** The bridge is no more, whether or not it was asked; it was not able to start when `error` is there. */
  onClose(error?: Error): void;
}

export interface Bridge {
  send(request: BridgeRequest): void;
  /** Ends the kernel and the bridge. Resolves when both are gone. */
  close(): Promise<void>;
}

export function startBridge({ python, env, onEvent, onClose }: BridgeOptions): Bridge {
  // Without byte code: our folder may be one that is not to be written.
  const child = spawn(python, ["-B", join(pythonFolder("kernel"), "main.py")], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  let failure: Error | undefined;
  child.on("error", (error) => (failure = error));
  // It is gone: told by "close".
  child.stdin.on("error", () => {});
  const closed = whenClosed(child);
  readLines(child.stdout, (line) => onEvent(BridgeEvent.parse(JSON.parse(line))));
  void closed.then(() => onClose(failure));
  return {
    send: (request) => void child.stdin.write(`${JSON.stringify(request)}\n`),
    close() {
      child.stdin.end();
      return closed;
    },
  };
}

function whenClosed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}
