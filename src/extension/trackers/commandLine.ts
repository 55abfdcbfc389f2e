/** Our own command line in a process of its own, for what reads other trackers: it says how far it is, and can be stopped at any time. */
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import * as vscode from "vscode";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { recorderEnvironment } from "../run/recorderTask";

export interface CommandOptions {
  cwd: string;
  /** Stops it, in order. */
  signal?: AbortSignal;
  /** With `--progress` among the words: so many done, of so many. */
  onProgress?: (progress: { done: number; total: number }) => void;
  /** A password must not be seen in a list of processes: it goes here, not into the words. */
  env?: Record<string, string>;
}

const Progress = z.object({ done: z.number(), total: z.number() });

/** What it said. Rejects with UserError when it did not succeed, and with CancellationError when it was stopped. */
export function runCommand(distFolder: string, words: string[], options: CommandOptions): Promise<string> {
  const { cwd, signal, onProgress, env } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(distFolder, "cli.js"), ...words], {
      cwd,
      env: { ...process.env, ...recorderEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (onProgress && line.startsWith("{")) onProgress(Progress.parse(JSON.parse(line)));
      else errors += `${line}\n`;
    });
    const stop = () => child.kill();
    signal?.addEventListener("abort", stop);
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(new vscode.CancellationError());
      // With 1, some runs could not be read; the others were.
      else if (code === 0 || (code === 1 && output !== "")) resolve(output);
      else reject(new UserError(errors.trim().replace(/^modeltrail: /, "") || `modeltrail ended with ${code}.`));
    });
  });
}
