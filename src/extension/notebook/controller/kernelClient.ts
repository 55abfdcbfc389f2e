/** The process that has a notebook's kernel and records it: `modeltrail kernel`. It ends both when we are gone. */
import { spawn } from "node:child_process";
import path from "node:path";
import { Uri } from "vscode";
import { readLines } from "../../../recorder/kernel/lines";
import { KernelEvent, type KernelRequest } from "../../../recorder/kernel/protocol";
import { autologEnvironment, recorderEnvironment } from "../../run/recorderTask";

export interface KernelClientOptions {
  distFolder: string;
  /** Absolute path; of a notebook that is in no file yet, its name. */
  notebook: string;
  cwd: string;
  python: string;
  onEvent(event: KernelEvent): void;
  /** It has ended, and was not asked to; `reason` for the log. */
  onLost(reason: string): void;
}

export interface KernelClient {
  send(request: KernelRequest): void;
  /** Kernel and run are ended; nothing is told any more. */
  close(): void;
}

const MOST_ERROR_TEXT = 4_000;

export function startKernelClient(options: KernelClientOptions): KernelClient {
  const { distFolder, notebook, cwd, python, onEvent, onLost } = options;
  let isOver = false;
  const words = ["kernel", `--python=${python}`, `--cwd=${cwd}`, "--", notebook];
  const child = spawn(process.execPath, [path.join(distFolder, "cli.js"), ...words], {
    cwd,
    env: { ...process.env, ...recorderEnvironment(), ...autologEnvironment(Uri.file(cwd)) },
    stdio: ["pipe", "pipe", "pipe"],
    // In a group of its own: what ends the editor is to let it end its kernel and its run.
    detached: true,
    windowsHide: true,
  });
  child.stdin.on("error", () => {});
  readLines(child.stdout, (line) => {
    if (!isOver) onEvent(KernelEvent.parse(JSON.parse(line)));
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-MOST_ERROR_TEXT);
  });
  child.once("error", (error) => lost(error.message));
  child.once("close", (code, signal) => lost(`It ended with ${signal ?? code}. ${errors}`));

  function lost(reason: string): void {
    if (isOver) return;
    isOver = true;
    onLost(reason);
  }

  return {
    send: (request) => void child.stdin.write(`${JSON.stringify(request)}\n`),
    close() {
      isOver = true;
      child.stdin.end();
    },
  };
}
